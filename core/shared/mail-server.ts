// What SMTP_URL and MAIL_FROM mean.
import { EmailAddress } from '@headwater/schemas/insights/email'

/** Where mail is handed over. */
export interface MailServer {
  host: string
  port: number
  /** Encrypted from the first byte; else once the server offers it. */
  secure: boolean
  /** @default none: nothing is proved */
  login?: { user: string; password: string }
}

/** Who mail is from. */
export interface Mailbox {
  name: string
  address: string
}

const DEFAULT_PORTS: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 }

/** What the configuration says of mail; undefined when it names no server. */
export function readMail(config: { SMTP_URL: string; MAIL_FROM: string }) {
  const [server, from] = [parseMailServer(config.SMTP_URL), parseMailbox(config.MAIL_FROM)]
  return server && from ? { server, from } : undefined
}

/** Null when it is no address of a mail server, or holds more than one. */
export function parseMailServer(text: string): MailServer | null {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text)
  const defaultPort = DEFAULT_PORTS[protocol]
  const host = hostname.replace(/^\[|\]$/g, '')
  if (defaultPort === undefined || !/^[\w.:-]+$/.test(host) || port === '0') return null
  if (!/^\/?$/.test(pathname) || search !== '' || hash !== '') return null
  if ((username === '') !== (password === '')) return null
  const server = { host, port: Number(port) || defaultPort, secure: protocol === 'smtps:' }
  if (username === '') return server
  try {
    const login = { user: decodeURIComponent(username), password: decodeURIComponent(password) }
    return { ...server, login }
  } catch {
    // A bare % in it.
    return null
  }
}

/** `ann@example.com` or `Ann <ann@example.com>`; null when it is neither. */
export function parseMailbox(text: string): Mailbox | null {
  const [, name = '', inBrackets] = /^([^<>"\p{Cc}]{1,100}) <([^<>]+)>$/u.exec(text) ?? []
  const address = inBrackets ?? text
  return EmailAddress.safeParse(address).success ? { name: name.trim(), address } : null
}
