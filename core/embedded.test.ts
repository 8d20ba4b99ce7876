import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batchHeaders } from '@headwater/schemas/batch'
import { type EventRecord, encodeFrame } from '@headwater/schemas/record'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReceiver } from './alerts/test-alerts.ts'
import { type MailReceiver, openMailReceiver } from './alerts/test-mail.ts'
import { type CoreProcess, freePort, SECRETS, startCore } from './core-process.ts'
import { sampleRow } from './store/sample-row.ts'

const EVENTS = 50
const SHARD = `local:0@${'a'.repeat(16)}`

let folder: string
let env: Record<string, string>
let core: CoreProcess
let mailbox: MailReceiver
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-embedded-'))
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const [AUTH_PORT = '', QUERY_PORT = '', BRIDGE_PORT = ''] = ports
  env = { ...SECRETS, DATA_DIR: folder, AUTH_PORT, QUERY_PORT, BRIDGE_PORT, LOG_LEVEL: 'warn' }
  env.WEBHOOK_PRIVATE_HOSTS = '127.0.0.1'
  mailbox = await openMailReceiver({ allowInsecureAuth: true })
  env.SMTP_URL = `smtp://us:open%20sesame@127.0.0.1:${mailbox.port}`
  env.MAIL_FROM = 'Our numbers <alerts@example.com>'
  core = await startCore('all', env)
})
afterAll(async () => {
  core.child.kill('SIGKILL')
  await core.exit
  await mailbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** How long a core that was just started may take: the machine may have much else to do. */
const RESTARTED_MS = 20_000

describe('the embedded core', () => {
  it('shows a batch that the bridge acknowledged in the trend within 5 s', async () => {
    expect(await sendBatch(1)).toEqual({ acknowledged: EVENTS })
    await expect.poll(trendTotal, { timeout: 5_000, interval: 100 }).toBe(EVENTS)
  })

  it('shows it once after a kill, also when the batch is sent again', async () => {
    core.child.kill('SIGKILL')
    await core.exit
    core = await startCore('all', env)
    expect(await trendTotal()).toBe(EVENTS)
    await sendBatch(1)
    await sendBatch(2)
    await expect.poll(trendTotal, { timeout: RESTARTED_MS, interval: 100 }).toBe(2 * EVENTS)
  })

  it('keeps what was acknowledged a moment before a kill', async () => {
    await sendBatch(3)
    core.child.kill('SIGKILL')
    await core.exit
    core = await startCore('all', env)
    await expect.poll(trendTotal, { timeout: RESTARTED_MS, interval: 100 }).toBe(3 * EVENTS)
  })

  it('keeps a saved insight over a kill, in the database of the users', async () => {
    const url = `${core.urls.query}/api/insights?project=default`
    const query = { kind: 'stickiness', project: 'default', series: [{ event: '*' }] }
    const body = JSON.stringify({ name: 'kept', query })
    const headers = { 'content-type': 'application/json' }
    const { id } = await (await fetch(url, { method: 'POST', headers, body })).json()
    core.child.kill('SIGKILL')
    await core.exit
    core = await startCore('all', env)
    expect(await (await fetch(url)).json()).toMatchObject({ items: [{ id, name: 'kept' }] })
  })

  it('tells of a number that crossed a limit', async () => {
    const receiver = await openReceiver()
    const post = async (path: string, body: object) => {
      const url = `${core.urls.query}/api/${path}?project=default`
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      return response.json()
    }
    const series = [{ event: 'never happens' }]
    const query = { kind: 'trends', project: 'default', series, interval: 'hour', date_from: '-3h' }
    const insight = await post('insights', { name: 'none', query })
    const condition = { type: 'below', threshold: 1 }
    const channels = [
      { type: 'webhook', url: receiver.url },
      { type: 'email', to: ['ann@example.com', 'bob@example.com'] },
    ]
    const notice = { condition, channels, every: 'hour' }
    const alert = await post('alerts', { name: 'none', insight: insight.id, ...notice })
    // The process that was killed before may have been looking: its lease ends first.
    await expect.poll(() => receiver.received.length, { timeout: 70_000, interval: 200 }).toBe(1)
    expect(receiver.received[0]?.body).toMatchObject({
      type: 'alert.firing',
      data: { alert: { id: alert.id }, value: 0 },
    })
    await receiver.close()
    await expect.poll(() => mailbox.received.length, { timeout: 30_000, interval: 200 }).toBe(2)
    expect(mailbox.received.flatMap(({ to }) => to).sort()).toEqual([
      'ann@example.com',
      'bob@example.com',
    ])
    for (const mail of mailbox.received) {
      expect(mail.headers.get('from')).toBe('Our numbers <alerts@example.com>')
      expect(mail.headers.get('subject')).toBe('Firing: none, 0 events')
      expect(mail.text).toContain('Complete until: ')
      expect(mail.user).toBe('us')
    }
    expect(core.output()).not.toContain('sesame')
  }, 180_000)

  it('says how far persons are behind the store, and is complete when they are not', async () => {
    const lag = async () => {
      const text = await (await fetch(`${core.urls.query}/_metrics`)).text()
      return text.match(/^headwater_identity_lag_.*$/gm)
    }
    const upToDate = ['headwater_identity_lag_seconds 0', 'headwater_identity_lag_events 0']
    await expect.poll(lag, { timeout: 10_000, interval: 200 }).toEqual(upToDate)
    const freshness = await fetch(`${core.urls.query}/api/freshness?project=default`)
    const { complete_until } = await freshness.json()
    expect(Date.now() - Date.parse(complete_until)).toBeLessThan(10_000)
  })

  it('is healthy at every door', async () => {
    for (const url of Object.values(core.urls)) {
      expect(await (await fetch(`${url}/_health`)).json()).toMatchObject({ status: 'ok' })
    }
  })

  it('knows the projects of the auth service, and no other', async () => {
    const { status } = await fetch(`${core.urls.query}/api/trends?project=nowhere&event=*`)
    expect(status).toBe(404)
  })

  it('refuses a second process on the same folder', async () => {
    const second = startCore('all', { ...env, AUTH_PORT: '0', QUERY_PORT: '0', BRIDGE_PORT: '0' })
    await expect(second).rejects.toThrow(`another process uses the folder ${folder}`)
  })

  it('drains on SIGTERM within 10 s and ends with code 0', async () => {
    await sendBatch(4)
    const started = Date.now()
    core.child.kill('SIGTERM')
    expect(await core.exit).toMatchObject({ code: 0, signal: null })
    expect(Date.now() - started).toBeLessThan(10_000)
    core = await startCore('all', env)
    await expect.poll(trendTotal, { timeout: RESTARTED_MS, interval: 100 }).toBe(4 * EVENTS)
  })
})

async function sendBatch(seq: number): Promise<unknown> {
  const frames = Array.from({ length: EVENTS }, (_, i) => encodeFrame(sample(seq, i)))
  const body = new TextEncoder().encode(frames.join(''))
  const id = { shard: SHARD, seq }
  const headers = await batchHeaders(SECRETS.BRIDGE_SECRET, id, EVENTS, body, Date.now())
  const response = await fetch(`${core.urls.bridge}/v1/batches`, { method: 'POST', headers, body })
  return response.json()
}

async function trendTotal(): Promise<number> {
  const question = 'project=default&event=main_test&date_from=-7d&measure=total'
  const response = await fetch(`${core.urls.query}/api/trends?${question}`)
  const result = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(result))
  return result.series[0]?.total ?? 0
}

// Of the last hour, so that it is never a matter of the date when the test runs; the same bytes for
// the same numbers, as a buffer sends them.
const RECEIVED_AT = Date.now() - 3_600_000

function sample(batch: number, index: number): EventRecord {
  const { log_id, log_partition, log_offset, shard, seq, idx, ...record } = sampleRow({
    uuid: `00000000-0000-4000-8000-${String(batch).padStart(6, '0')}${String(index).padStart(6, '0')}`,
    event: 'main_test',
    distinct_id: `person ${index % 7}`,
    timestamp: RECEIVED_AT + index,
    received_at: RECEIVED_AT,
  })
  return record
}
