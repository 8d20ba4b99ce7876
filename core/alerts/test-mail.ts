// For tests: a mail server that answers as it is told, and keeps what it was sent.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail {
  from: string
  to: string[]
  /** As it came. */
  raw: string
  /** Decoded, by their names in lower case. */
  headers: Map<string, string>
  text: string
  html: string
  encrypted: boolean
  user: string | null
}

export interface MailReceiver {
  port: number
  received: ReceivedMail[]
  /** Every user and password that it was shown. */
  logins: string[]
  /** What it answers from now on to a recipient, and to a message; null: nothing at all. */
  answers: { recipient: number | null; message: number | null }
  /** Addresses that it does not know. */
  unknown: Set<string>
  /** The most connections that were open at one time. */
  most: number
  close(): Promise<void>
}

/** @param options Besides those of a server without encryption that takes every login, or none. */
export async function openMailReceiver(options: SMTPServerOptions = {}): Promise<MailReceiver> {
  let open = 0
  const refusal = (code: number) =>
    Object.assign(new Error('no, says mx1.internal (10.1.2.3)'), { responseCode: code })
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...options,
    onConnect(_, callback) {
      open++
      receiver.most = Math.max(receiver.most, open)
      callback()
    },
    onClose() {
      open--
    },
    onAuth({ username, password }, _, callback) {
      receiver.logins.push(`${username} ${password}`)
      if (password === 'wrong') callback(refusal(535))
      else callback(null, { user: username })
    },
    onRcptTo({ address }, _session, callback) {
      const recipient = receiver.unknown.has(address) ? 550 : receiver.answers.recipient
      if (recipient === null) return
      callback(recipient < 300 ? null : refusal(recipient))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        receiver.received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          ...parseMail(Buffer.concat(chunks).toString('latin1')),
          encrypted: session.secure,
          user: session.user || null,
        })
        const { message } = receiver.answers
        if (message === null) return
        callback(message < 300 ? null : refusal(message))
      })
    },
  })
  // A client that goes away in the middle is none of the server's faults.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const receiver: MailReceiver = {
    port: (server.server.address() as AddressInfo).port,
    received: [],
    logins: [],
    answers: { recipient: 250, message: 250 },
    unknown: new Set(),
    most: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return receiver
}

function parseMail(raw: string) {
  const { headers, body } = splitMail(raw)
  const type = headers.get('content-type') ?? ''
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1]
  if (boundary === undefined) throw new Error(`not in parts: ${raw}`)
  const parts = body.split(`--${boundary}`).slice(1, -1).map(splitMail)
  const [text = '', html = ''] = ['text/plain', 'text/html'].map((wanted) => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(wanted))
    return part ? decode(part.body, part.headers.get('content-transfer-encoding') ?? '') : ''
  })
  return { raw, headers, text, html }
}

function splitMail(raw: string): { headers: Map<string, string>; body: string } {
  const [head = '', ...rest] = raw.replace(/^\r\n/, '').split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).trim()
    return [line.slice(0, colon).toLowerCase(), decodeWords(value)]
  })
  return { headers: new Map(headers), body: rest.join('\r\n\r\n') }
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString()
  return unquote(body.replace(/=\r\n/g, ''))
}

// Words of a header that are not plain ASCII; those of one text follow each other.
const decodeWords = (value: string): string =>
  value.replace(/\?=\s+=\?/g, '?==?').replace(/=\?UTF-8\?([QB])\?(.*?)\?=/gi, (_, kind, word) => {
    if (/b/i.test(kind)) return Buffer.from(word, 'base64').toString()
    return unquote(word.replaceAll('_', ' '))
  })

function unquote(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
