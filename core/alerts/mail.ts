import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { ProjectGate } from '../query/project-gate.ts'
import type { Mailbox, MailServer } from '../shared/mail-server.ts'
import type { Message, Sender, Sent } from './channels.ts'
import type { Letter } from './letter.ts'

/** For everything: a turn, name, connection, answer. */
const TIMEOUT_MS = 20_000
/** At one time: mail servers refuse a client that opens many. */
const MAX_CONNECTIONS = 5
/** What the server says of us, not of the message: it can be mended while the message waits. */
const ABOUT_US = [503, 530, 534, 535, 538]
/** What the server was answering when its answer is about the message. */
const ABOUT_THE_MESSAGE = ['MAIL FROM', 'RCPT TO', 'DATA']

export interface MailOptions {
  server: MailServer
  from: Mailbox
  /** @default 20 s */
  timeoutMs?: number
  /** Certificate, PEM, of whoever vouches for the server. @default those that Node trusts */
  ca?: string
}

/**
 * Sends each message to one address over SMTP, encrypted when the server offers it. A password goes to no
 * other machine unless it is; certificates are checked, except on this machine.
 */
export function mailSender({ server, from, timeoutMs = TIMEOUT_MS, ca }: MailOptions): Sender {
  const { host, port, secure, login } = server
  const isOurs = isLoopback(host)
  const transport = createTransport({
    host,
    port,
    secure,
    ...(login && { auth: { user: login.user, pass: login.password } }),
    // Not "when it is offered": whoever stands in between could take the offer out.
    requireTLS: login !== undefined && !isOurs,
    tls: { rejectUnauthorized: !isOurs, ...(ca && { ca }) },
    // It reads files and addresses for whoever hands it an object in place of text.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const gate = new ProjectGate({
    maxRunning: MAX_CONNECTIONS,
    maxWaiting: Number.POSITIVE_INFINITY,
  })
  const domain = from.address.split('@').at(-1)
  return {
    async send(message) {
      const signal = AbortSignal.timeout(timeoutMs)
      const mail = {
        ...mailOf(message),
        from,
        // A receiver drops what has the id of a message that it holds already.
        messageId: `<${message.id}@${domain}>`,
        envelope: { from: from.address, to: [addressOf(message)] },
        signal,
      }
      try {
        const { response } = await gate.run(host, () => transport.sendMail(mail), signal)
        return { ok: true, status: Number.parseInt(response, 10) }
      } catch (error) {
        if (signal.aborted) return late(timeoutMs)
        return failed(error as SmtpError)
      }
    },
  }
}

/** Of a service that was told of no mail server. */
export const noMailSender: Sender = {
  async send() {
    const problem = 'this service sends no e-mail: it was started without SMTP_URL'
    return { ok: false, status: null, problem, final: false }
  },
}

const addressOf = ({ url }: Message): string => url.replace(/^mailto:/, '')

function mailOf(message: Message) {
  const { subject, date, text, html } = JSON.parse(message.body) as Letter
  return {
    to: { name: '', address: addressOf(message) },
    subject,
    date: new Date(date),
    text: asMail(text),
    html: asMail(html),
    // The same bytes on every try.
    baseBoundary: message.id,
    // Nobody's absence is to be answered to a machine.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    xMailer: false as const,
  }
}

// However it is encoded, a line of mail ends so.
const asMail = (text: string): string => text.replace(/\r?\n/g, '\r\n')

interface SmtpError {
  code?: string
  /** Of what the code says in general. */
  originalCode?: string
  responseCode?: number
  command?: string
}

const late = (timeoutMs: number): Sent => ({
  ok: false,
  status: null,
  problem: `the mail server did not answer in ${timeoutMs} ms`,
  final: false,
})

// Never the server's own words: they can name what stands on our networks.
function failed({ code = 'no code', responseCode, command = '', ...error }: SmtpError): Sent {
  const status = responseCode || null
  if (code === 'ETLS') {
    const problem = 'the mail server could not be spoken to encrypted (ETLS)'
    return { ok: false, status, problem, final: false }
  }
  if (!status) {
    const problem = `the mail server cannot be reached (${error.originalCode ?? code})`
    return { ok: false, status: null, problem, final: false }
  }
  const problem = `the mail server answered ${status}${command && ` to ${command}`}`
  const isAboutIt = ABOUT_THE_MESSAGE.includes(command) && !ABOUT_US.includes(status)
  return { ok: false, status, problem, final: isAboutIt && status >= 500 }
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return /^(localhost|::1)$/i.test(host)
}
