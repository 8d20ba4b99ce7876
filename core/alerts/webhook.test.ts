import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isPublicAddress } from './addresses.ts'
import { isSigned, openReceiver, type Receiver } from './test-alerts.ts'
import { webhookSecret, webhookSender } from './webhook.ts'

const SECRET = 's'.repeat(32)
const NOW = Date.UTC(2026, 5, 17, 12)

let receiver: Receiver
beforeEach(async () => {
  receiver = await openReceiver()
})
afterEach(() => receiver.close())

const allowed = { secret: SECRET, privateHosts: ['127.0.0.1', 'hooks.test'] }
const message = (url: string) => ({
  id: 'm1',
  project: 'p',
  url,
  body: '{"type":"test","ü":"\\u0000"}',
})
const send = (url: string, options = {}) =>
  webhookSender({ ...allowed, ...options }).send(message(url), NOW)

describe('a webhook', () => {
  it('carries a signature that its project’s secret proves, and no other', async () => {
    expect(await send(receiver.url)).toEqual({ ok: true, status: 200 })
    const [received] = receiver.received
    if (!received) throw new Error('nothing came')
    expect(received.headers['webhook-timestamp']).toBe(String(NOW / 1000))
    expect(received.text).toBe(message('').body)
    expect(isSigned(received, webhookSecret(SECRET, 'p'))).toBe(true)
    expect(isSigned(received, webhookSecret(SECRET, 'q'))).toBe(false)
    expect(isSigned({ ...received, text: `${received.text} ` }, webhookSecret(SECRET, 'p'))).toBe(
      false,
    )
  })

  it.each([
    [204, { ok: true, status: 204 }],
    [500, { ok: false, status: 500, final: false }],
    [404, { ok: false, status: 404, final: false }],
    [410, { ok: false, status: 410, final: true }],
  ])('tells what the receiver answered: %i', async (status, outcome) => {
    receiver.status = status
    expect(await send(receiver.url)).toMatchObject(outcome)
  })

  it('follows no redirect', async () => {
    const target = await openReceiver()
    receiver.status = 302
    receiver.location = target.url
    expect(await send(receiver.url)).toMatchObject({ ok: false, status: 302 })
    expect(target.received).toEqual([])
    await target.close()
  })

  it('waits for an answer for so long only', async () => {
    receiver.status = null
    const outcome = await send(receiver.url, { timeoutMs: 100 })
    expect(outcome).toMatchObject({ ok: false, status: null, final: false })
  })

  it('says that nobody listens, and not who else does', async () => {
    await receiver.close()
    const problem = 'the receiver cannot be reached (ECONNREFUSED)'
    expect(await send(receiver.url)).toMatchObject({ ok: false, problem })
    receiver = await openReceiver()
  })

  const port = () => new URL(receiver.url).port
  it.each([
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
    'http://0x7f.1',
    'http://0',
    'http://169.254.169.254',
  ])('reaches nothing of our own at %s', async (origin) => {
    const outcome = await send(`${origin}:${port()}/hook`, { privateHosts: [], timeoutMs: 2_000 })
    expect(outcome).toMatchObject({
      ok: false,
      problem: expect.stringContaining('is not on the open internet'),
    })
    expect(receiver.received).toEqual([])
  })

  it('judges a name by every address that it has, unless it is one of ours', async () => {
    const url = `http://hooks.test:${port()}/hook`
    const resolve = async () => ['93.184.216.34', '127.0.0.1']
    const outcome = await send(url, { privateHosts: [], resolve })
    expect(outcome).toMatchObject({ ok: false, problem: 'hooks.test is not on the open internet' })
    expect(await send(url, { privateHosts: [], resolve: async () => [] })).toMatchObject({
      ok: false,
    })
    expect(receiver.received).toEqual([])
  })
})

describe('an address', () => {
  it.each(['1.1.1.1', '93.184.216.34', '172.15.0.1', '172.32.0.1', '2606:4700::1111'])(
    'of the open internet is public: %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )
  it.each([
    ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '127.9.9.9'],
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fd00::1', 'ff02::1'],
    ...['::ffff:8.8.8.8', '64:ff9b::808:808', '2002:7f00:1::', '2001:db8::1', 'name', ''],
  ])('is not public: %s', (address) => expect(isPublicAddress(address)).toBe(false))
})
