import { gzipSync } from 'node:zlib'
import { batchHeaders } from '@headwater/schemas/batch'
import { MAX_BATCH_BYTES } from '@headwater/schemas/limits'
import { expect, it } from 'vitest'
import type { LogRecord } from '../log/log.ts'
import { jsonLogger, silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { type BridgeDeps, createBridgeApp } from './app.ts'

const SECRET = 'a secret that is long enough for a test'
const NOW = 1_763_900_000_000
const ID = { shard: 'local:0@0123456789abcdef', seq: 7 }
const TWO = '"default:ann"\tu-1\t{"n":1}\n"default:bob"\tu-2\t{"n":2}\n'

it('puts every frame of a batch on the log, with its place in the batch', async () => {
  const { app, appended } = newBridge()
  const response = await app.request('/v1/batches', await signed(TWO))
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ acknowledged: 2 })
  expect(appended).toEqual([
    { key: 'default:ann', uuid: 'u-1', value: '{"n":1}', ...ID, idx: 0 },
    { key: 'default:bob', uuid: 'u-2', value: '{"n":2}', ...ID, idx: 1 },
  ])
})

it('unpacks a batch that is gzip of several members', async () => {
  const { app, appended } = newBridge()
  const [first = '', second = ''] = TWO.split(/(?<=\n)/)
  const body = Buffer.concat([gzipSync(first), gzipSync(second)])
  const response = await app.request('/v1/batches', await signed(body))
  expect(await response.json()).toEqual({ acknowledged: 2 })
  expect(appended.map(({ value }) => value)).toEqual(['{"n":1}', '{"n":2}'])
})

it.each([
  ['cut off', gzipSync(TWO).subarray(0, 30)],
  ['larger than a batch when unpacked', gzipSync('x'.repeat(MAX_BATCH_BYTES + 1))],
])('refuses gzip that is %s as malformed', async (_what, body) => {
  const { app, appended } = newBridge()
  const response = await app.request('/v1/batches', await signed(body))
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'malformed_batch' } })
  expect(appended).toEqual([])
})

it('does not acknowledge what the log did not take', async () => {
  const { app } = newBridge(() => Promise.reject(new Error('disk full')))
  const response = await app.request('/v1/batches', await signed(TWO))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await response.text()).not.toContain('disk full')
})

it('refuses a batch whose body, shard or number was changed after signing', async () => {
  const { app, appended } = newBridge()
  const good = await signed(TWO)
  const changes = [
    { ...good, body: TWO.replace('ann', 'eve') },
    { ...good, headers: { ...good.headers, 'x-headwater-seq': '8' } },
    { ...good, headers: { ...good.headers, 'x-headwater-shard': 'local:1@0123456789abcdef' } },
  ]
  for (const change of changes) {
    const response = await app.request('/v1/batches', change)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_signature' } })
  }
  expect(appended).toEqual([])
})

it('takes what the previous secret has signed, while there is one', async () => {
  const previous = 'a secret that was used until yesterday'
  const old = await signed(TWO, NOW, previous)
  expect((await newBridge().app.request('/v1/batches', old)).status).toBe(401)
  const { app } = newBridge(undefined, { previousSecret: previous })
  expect((await app.request('/v1/batches', old)).status).toBe(200)
  expect((await app.request('/v1/batches', await signed(TWO))).status).toBe(200)
  const wrong = await signed(TWO, NOW, 'a secret that nobody has told us about')
  expect((await app.request('/v1/batches', wrong)).status).toBe(401)
})

it('leaves one record of every batch: its size and how long the log took', async () => {
  const lines: string[] = []
  const logger = jsonLogger('bridge', 'debug', (line) => lines.push(line))
  await newBridge(undefined, { logger }).app.request('/v1/batches', await signed(TWO))
  const failing = newBridge(() => Promise.reject(new Error('away')), { logger })
  await failing.app.request('/v1/batches', await signed(TWO))
  const facts = { ...ID, records: 2, bytes: TWO.length, duration_ms: expect.any(Number) }
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'batch', level: 'debug', ...facts },
    { event: 'append_failed', level: 'error', ...facts, error: { message: 'away' } },
  ])
})

it.each([-301_000, 301_000])('refuses a signature that is %i ms off', async (offMs) => {
  const { app } = newBridge()
  const response = await app.request('/v1/batches', await signed(TWO, NOW + offMs))
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ error: { code: 'expired' } })
})

it('names what is missing, malformed or too big', async () => {
  const { app } = newBridge()
  const unsigned = await app.request('/v1/batches', { method: 'POST', body: TWO })
  expect(unsigned.status).toBe(400)
  const malformed = await app.request('/v1/batches', await signed('no frame at all\n'))
  expect(malformed.status).toBe(400)
  expect(await malformed.json()).toMatchObject({ error: { code: 'malformed_batch' } })
  const big = await app.request('/v1/batches', await signed('x'.repeat(MAX_BATCH_BYTES + 1)))
  expect(big.status).toBe(413)
  expect((await app.request('/elsewhere')).status).toBe(404)
})

it('counts batches and records for Prometheus', async () => {
  const { app } = newBridge()
  await app.request('/v1/batches', await signed(TWO))
  const metrics = await (await app.request('/_metrics')).text()
  expect(metrics).toContain('headwater_bridge_records_total 2')
  expect(metrics).toContain('headwater_bridge_batches_total{outcome="acknowledged"} 1')
})

function newBridge(append?: () => Promise<void>, more: Partial<BridgeDeps> = {}) {
  const appended: LogRecord[] = []
  const keep = async (records: readonly LogRecord[]) => {
    appended.push(...records)
  }
  const log = {
    id: 'log',
    append: append ?? keep,
    partitions: async () => [],
    progress: async () => [],
    subscribe: () => Promise.reject(new Error('not here')),
    close: async () => {},
  }
  const app = createBridgeApp({
    log,
    secret: SECRET,
    clock: () => NOW,
    logger: silentLogger,
    metrics: createMetrics(),
    ...more,
  })
  return { app, appended }
}

async function signed(content: string | Uint8Array, time = NOW, secret = SECRET) {
  const body = Uint8Array.from(Buffer.from(content))
  const headers = await batchHeaders(secret, ID, 2, body, time)
  return { method: 'POST', body, headers }
}
