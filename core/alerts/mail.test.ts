import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../shared/test-certificate.ts'
import type { Message } from './channels.ts'
import { type MailOptions, mailSender, noMailSender } from './mail.ts'
import { type MailReceiver, openMailReceiver } from './test-mail.ts'

const NOW = Date.UTC(2026, 5, 17, 12)
/** Stands for this machine, too, but is no address of it: so are others treated. */
const ELSEWHERE = '0.0.0.0'
const login = { user: 'us', password: 'open sesame' }

let certificate: { key: string; cert: string }
beforeAll(() => {
  certificate = makeCertificate(1, `IP:${ELSEWHERE}`)
})

let receiver: MailReceiver
const open = async (options: Parameters<typeof openMailReceiver>[0] = {}) => {
  receiver = await openMailReceiver(options)
}
afterEach(() => receiver.close())
const encrypted = () => ({ ...certificate, disabledCommands: [] })

const senderTo = (server: object = {}, more: Partial<MailOptions> = {}) =>
  mailSender({
    server: { host: '127.0.0.1', port: receiver.port, secure: false, ...server },
    from: { name: 'Our “numbers”', address: 'alerts@example.com' },
    timeoutMs: 5_000,
    ...more,
  })
const letter = {
  subject: 'Grüße, 7 \u{1f600}',
  date: '2026-06-17T12:00:00.000Z',
  text: 'Grüße\n.\nend',
  html: '<p>Grüße</p>',
}
const message = (to = 'ann@example.com', id = 'm1'): Message => ({
  ...{ id, project: 'p', url: `mailto:${to}`, body: JSON.stringify(letter) },
})
const send = (...options: Parameters<typeof senderTo>) => senderTo(...options).send(message(), NOW)

describe('an e-mail', () => {
  it('comes as text and as HTML, from us, to one address', async () => {
    await open()
    expect(await send()).toEqual({ ok: true, status: 250 })
    const [mail] = receiver.received
    expect(mail).toMatchObject({
      from: 'alerts@example.com',
      to: ['ann@example.com'],
      encrypted: false,
      user: null,
    })
    expect(mail?.text.trimEnd()).toBe('Grüße\r\n.\r\nend')
    expect(mail?.html.trimEnd()).toBe(letter.html)
    expect(Object.fromEntries(mail?.headers ?? [])).toEqual({
      from: 'Our “numbers” <alerts@example.com>',
      to: 'ann@example.com',
      subject: letter.subject,
      date: 'Wed, 17 Jun 2026 12:00:00 +0000',
      'message-id': '<m1@example.com>',
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'mime-version': '1.0',
      'content-type': expect.stringContaining('multipart/alternative'),
    })
  })

  it('finds this machine by its name', async () => {
    await open()
    expect(await send({ host: 'localhost' })).toEqual({ ok: true, status: 250 })
  })

  it('is the same to the byte on every try', async () => {
    await open()
    receiver.answers.message = 451
    expect(await send()).toMatchObject({ ok: false })
    receiver.answers.message = 250
    expect(await send()).toMatchObject({ ok: true })
    const [first, second] = receiver.received
    expect(first?.raw).toBeTruthy()
    expect(second?.raw).toBe(first?.raw)
  })

  it.each([
    ['recipient', 450, false, 'the mail server answered 450 to RCPT TO'],
    ['recipient', 550, true, 'the mail server answered 550 to RCPT TO'],
    ['recipient', 530, false, 'the mail server answered 530 to RCPT TO'],
    ['message', 421, false, 'the mail server answered 421 to DATA'],
    ['message', 451, false, 'the mail server answered 451 to DATA'],
    ['message', 554, true, 'the mail server answered 554 to DATA'],
  ] as const)('whose %s is answered %i is given up: %s', async (what, code, final, problem) => {
    await open()
    receiver.answers[what] = code
    expect(await send()).toEqual({ ok: false, status: code, final, problem })
  })

  it('waits for an answer for so long only', async () => {
    await open()
    receiver.answers.message = null
    const outcome = await send({}, { timeoutMs: 300 })
    const problem = 'the mail server did not answer in 300 ms'
    expect(outcome).toEqual({ ok: false, status: null, final: false, problem })
  })

  it('says that nobody listens, and not who else does', async () => {
    await open()
    await receiver.close()
    const outcome = await send()
    const problem = 'the mail server cannot be reached (ECONNREFUSED)'
    expect(outcome).toEqual({ ok: false, status: null, final: false, problem })
  })

  it('takes its turn: few connections at once, and the rest is not lost', async () => {
    await open()
    const sender = senderTo()
    const all = Array.from({ length: 20 }, (_, i) => message(`p${i}@example.com`, `m${i}`))
    const outcomes = await Promise.all(all.map((one) => sender.send(one, NOW)))
    expect(outcomes).toEqual(all.map(() => ({ ok: true, status: 250 })))
    expect(new Set(receiver.received.flatMap(({ to }) => to)).size).toBe(20)
    expect(receiver.most).toBeLessThanOrEqual(5)
  })

  it('holds nobody up longer than its own time, also while it waits for its turn', async () => {
    await open()
    receiver.answers.recipient = null
    const sender = senderTo({}, { timeoutMs: 300 })
    const started = performance.now()
    const all = Array.from({ length: 20 }, (_, i) =>
      sender.send(message('a@example.com', `${i}`), NOW),
    )
    expect((await Promise.all(all)).every(({ ok }) => !ok)).toBe(true)
    expect(performance.now() - started).toBeLessThan(2_000)
    receiver.answers.recipient = 250
    expect(await sender.send(message(), NOW)).toMatchObject({ ok: true })
  })

  it('stays where it is while there is no mail server', async () => {
    await open()
    const outcome = await noMailSender.send(message(), NOW)
    expect(outcome).toMatchObject({ ok: false, final: false })
    expect(outcome).toHaveProperty('problem', expect.stringContaining('SMTP_URL'))
  })
})

describe('a mail server', () => {
  it('is spoken to encrypted when it offers that', async () => {
    await open(encrypted())
    expect(await send({ host: ELSEWHERE }, { ca: certificate.cert })).toMatchObject({ ok: true })
    expect(receiver.received).toMatchObject([{ encrypted: true, user: null }])
  })

  it('is spoken to encrypted from the first byte when its address says so', async () => {
    await open({ ...certificate, secure: true })
    const to = { host: ELSEWHERE, secure: true, login }
    expect(await send(to, { ca: certificate.cert })).toMatchObject({ ok: true })
    expect(receiver.received).toMatchObject([{ encrypted: true, user: 'us' }])
  })

  it.each([false, true])(
    'whose certificate nobody vouches for is told nothing, unless it is on this machine (%s)',
    async (secure) => {
      await open({ ...encrypted(), secure })
      const refused = await send({ host: ELSEWHERE, secure, login })
      const problem = 'the mail server cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)'
      expect(refused).toEqual({ ok: false, status: null, final: false, problem })
      expect([receiver.received, receiver.logins]).toEqual([[], []])
      expect(await send({ secure, login })).toMatchObject({ ok: true })
      expect(receiver.received).toMatchObject([{ encrypted: true, user: 'us' }])
    },
  )

  it('is shown the password when the connection is encrypted', async () => {
    await open(encrypted())
    const outcome = await send({ host: ELSEWHERE, login }, { ca: certificate.cert })
    expect(outcome).toMatchObject({ ok: true })
    expect(receiver.logins).toEqual(['us open sesame'])
  })

  it('elsewhere is never shown a password that others could read', async () => {
    await open({ allowInsecureAuth: true })
    const outcome = await send({ host: ELSEWHERE, login })
    expect(outcome).toMatchObject({ ok: false, final: false })
    expect(outcome).toHaveProperty('problem', expect.stringContaining('encrypted'))
    expect([receiver.logins, receiver.received]).toEqual([[], []])
    // The same server, on this machine.
    expect(await send({ login })).toMatchObject({ ok: true })
    expect(receiver.logins).toEqual(['us open sesame'])
  })

  it('that does not take the password can be told another one meanwhile', async () => {
    await open({ allowInsecureAuth: true })
    const outcome = await send({ login: { user: 'us', password: 'wrong' } })
    const problem = 'the mail server answered 535 to AUTH PLAIN'
    expect(outcome).toEqual({ ok: false, status: 535, final: false, problem })
    expect(receiver.received).toEqual([])
  })

  it('that wants a password and is not given one can be told it meanwhile', async () => {
    await open({ authOptional: false })
    expect(await send()).toMatchObject({ ok: false, status: 530, final: false })
  })
})
