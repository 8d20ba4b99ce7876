/** An e-mail as it waits to be sent: for people to read. */
export interface Letter {
  subject: string
  /** RFC 3339. */
  date: string
  text: string
  html: string
}
