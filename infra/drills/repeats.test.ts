import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BATCH_PATH, batchHeaders } from '@headwater/schemas/batch'
import { encodeFrame } from '@headwater/schemas/record'
import { RECORD_DEFAULTS } from '@headwater/schemas/record-json'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drillConfig } from './config.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { untilDrained } from './drained.ts'
import { askStore } from './stored.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const { retryAfterMs } = drillConfig()
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ partitions: 2 })
})
afterAll(() => deployment.stop())

it('stores a batch once that a client posts five times', async () => {
  const events = makeEvents(40)
  for (let i = 0; i < 5; i++) expect(await capture(events)).toBe(200)
  remember(events.map(({ uuid }) => uuid))
  expect(await copies(events)).toEqual(events.map(() => 1))
})

it('stores a batch once that an edge posts five times, also around a restart of the consumer', async () => {
  const uuids = Array.from({ length: 30 }, () => randomUUID())
  for (let i = 0; i < 3; i++) expect(await postToBridge(uuids)).toBe(200)
  remember(uuids)
  await untilDrained(deployment)
  deployment.kill('consumer-1')
  for (let i = 0; i < 2; i++) expect(await postToBridge(uuids)).toBe(200)
  expect(await copies(uuids.map((uuid) => ({ uuid })))).toEqual(uuids.map(() => 1))
})

it('stores an event once that a client sends again an hour later', async () => {
  const events = makeEvents(20)
  expect(await capture(events)).toBe(200)
  remember(events.map(({ uuid }) => uuid))
  await underLoad(deployment, ledger, 'between a request and its retry', async () => {
    await sleep(retryAfterMs / 2)
    deployment.kill('consumer-1')
    await sleep(retryAfterMs / 2)
  })
  expect(await capture(events)).toBe(200)
  expect(await copies(events)).toEqual(events.map(() => 1))
})

it('stores the same uuid in two projects as two events', async () => {
  const events = makeEvents(1)
  const key = { project_id: 'other', epoch: 1 }
  const other = await signWriteKey(deployment.env.WRITE_KEY_SECRET ?? '', key)
  expect(await capture(events)).toBe(200)
  expect(await capture(events, other)).toBe(200)
  expect(await copies(events)).toEqual([2])
})

/** What the drills of this file stored beside its load. */
function remember(uuids: readonly string[]): void {
  for (const uuid of uuids) ledger.acknowledged.add(uuid)
}

function makeEvents(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    uuid: randomUUID(),
    event: 'repeated',
    distinct_id: `person-${i % 7}`,
    timestamp: new Date().toISOString(),
  }))
}

async function capture(batch: unknown[], writeKey = deployment.writeKey): Promise<number> {
  const response = await fetch(`${deployment.url('edge')}/batch`, {
    method: 'POST',
    body: JSON.stringify({ api_key: writeKey, batch }),
  })
  return response.status
}

async function postToBridge(uuids: string[]): Promise<number> {
  const now = Date.now()
  const frames = uuids.map((uuid, i) => {
    const person = { project_id: 'default', event: 'repeated', distinct_id: `person-${i % 7}` }
    const times = { timestamp: now, received_at: now }
    return encodeFrame({ ...RECORD_DEFAULTS, ...person, ...times, uuid, properties: {} })
  })
  const body = new TextEncoder().encode(frames.join(''))
  const id = { shard: `local:9@${'b'.repeat(16)}`, seq: 1 }
  const secret = deployment.env.BRIDGE_SECRET ?? ''
  const headers = await batchHeaders(secret, id, frames.length, body, now)
  const init = { method: 'POST', headers, body }
  return (await fetch(`${deployment.url('bridge')}${BATCH_PATH}`, init)).status
}

async function copies(events: readonly { uuid: string }[]): Promise<number[]> {
  await untilDrained(deployment)
  const list = events.map(({ uuid }) => `'${uuid}'`).join(',')
  const rows = await askStore<{ uuid: string; copies: string }>(
    deployment.clickhouse.url,
    `SELECT toString(uuid) AS uuid, count() AS copies FROM events WHERE uuid IN (${list}) GROUP BY uuid`,
  )
  const found = new Map(rows.map((row) => [row.uuid, Number(row.copies)]))
  return events.map(({ uuid }) => found.get(uuid) ?? 0)
}
