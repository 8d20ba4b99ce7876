import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StoredRecord } from '../log/log.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { NEVER, poisoned, record, testConsumer } from './test-consumer.ts'

// The log before: what came over it is stored. The log after: what an edge and a sender send again.
const BEFORE = { id: 'cluster/events' }
const AFTER = { id: 'cluster/events.2' }
const OTHER_SHARD = 'local:1@0123456789abcdef'

let store: ChdbStore
beforeEach(async () => {
  store = await openChdbStore({ path: mkdtempSync(join(tmpdir(), 'headwater-new-log-')) })
  await store.migrate()
})
afterEach(() => store.close())

it('stores of a batch that was appended in half only what is missing', async () => {
  await consume(BEFORE, [record(0, { seq: 6 }), record(1, { seq: 7, idx: 0 })])
  await consume(AFTER, [
    record(0, { seq: 7, idx: 0, uuid: 1 }),
    record(1, { seq: 7, idx: 1, uuid: 2 }),
    record(2, { seq: 8, idx: 0, uuid: 3 }),
  ])
  expect(await storedUuids()).toEqual([0, 1, 2, 3])
})

it('knows the batch by its numbers, however many uuids came between', async () => {
  await consume(BEFORE, [record(0, { seq: 7, idx: 0 })])
  const many = Array.from({ length: 20 }, (_, i) =>
    record(i + 1, { shard: OTHER_SHARD, uuid: 100 + i }),
  )
  await consume(BEFORE, many)
  await consume(AFTER, [record(0, { seq: 7, idx: 0, uuid: 0 })], { windowSize: 4 })
  expect(await storedUuids()).toHaveLength(21)
})

it('skips it in whatever partition it is now, and after a restart', async () => {
  await consume(BEFORE, [record(0, { seq: 7, idx: 0 }), record(1, { seq: 7, idx: 1 })])
  const consumer = testConsumer({ log: AFTER, store })
  await consumer.assigned(5, null)
  await consumer.handle(5, [record(0, { seq: 7, idx: 1, uuid: 1 })], NEVER)
  const next = testConsumer({ log: AFTER, store })
  await next.assigned(5, 1)
  await next.handle(5, [record(1, { seq: 7, idx: 1, uuid: 1 })], NEVER)
  expect(await storedUuids()).toEqual([0, 1])
})

it('takes nothing for a repeat that is not stored: an older batch is not lost', async () => {
  await consume(BEFORE, [record(0, { seq: 9, idx: 0 })])
  await consume(AFTER, [record(0, { seq: 8, idx: 0, uuid: 50 })])
  expect(await storedUuids()).toEqual([0, 50])
})

it('skips the retry of a sender whose first try came over the log before', async () => {
  await consume(BEFORE, [record(0, { seq: 7, idx: 0 })])
  await consume(AFTER, [record(0, { shard: OTHER_SHARD, seq: 1, idx: 0, uuid: 0 })])
  expect(await storedUuids()).toEqual([0])
})

it('knows a dead letter of the log before, and takes its replay', async () => {
  const poison = poisoned(record(0, { seq: 7, idx: 0 }))
  await consume(BEFORE, [poison])
  await consume(AFTER, [{ ...poison }, record(1, { shard: 'replay@1', seq: 1, uuid: 0 })])
  expect(await storedUuids()).toEqual([0])
  const letters = await store.query({ text: 'SELECT log_id FROM dead_letters' })
  expect(letters).toEqual([{ log_id: BEFORE.id }])
})

it('takes what others put on the new log for new, whatever its offset', async () => {
  const foreign = (uuid: number) => ({ ...record(0, { shard: 'foreign', seq: 0, uuid }) })
  const nameless = { ...poisoned(foreign(0)), uuid: 'no uuid 0' }
  await consume(BEFORE, [nameless, { ...foreign(1), offset: 1, seq: 1 }])
  await consume(AFTER, [nameless, { ...foreign(2), offset: 1, seq: 1 }])
  expect(await storedUuids()).toEqual([1, 2])
  expect(await store.query({ text: 'SELECT 1 FROM dead_letters' })).toHaveLength(2)
})

it('works the other way round, too, when the bridges turn back', async () => {
  await consume(BEFORE, [record(0, { seq: 7, idx: 0 })])
  await consume(AFTER, [record(0, { seq: 8, idx: 0, uuid: 1 })])
  const consumer = testConsumer({ log: BEFORE, store })
  expect(await consumer.assigned(0, 1)).toBe(1)
  await consumer.handle(0, [record(1, { seq: 8, idx: 0, uuid: 1 })], NEVER)
  await consumer.handle(0, [record(2, { seq: 8, idx: 1, uuid: 2 })], NEVER)
  expect(await storedUuids()).toEqual([0, 1, 2])
})

async function consume(
  log: { id: string },
  records: StoredRecord[],
  options: { windowSize?: number } = {},
): Promise<void> {
  const consumer = testConsumer({ log, store, ...options })
  await consumer.assigned(0, null)
  await consumer.handle(0, records, NEVER)
}

async function storedUuids(): Promise<number[]> {
  const rows = await store.query<{ uuid: string }>({
    text: 'SELECT toString(uuid) AS uuid FROM events',
  })
  return rows.map(({ uuid }) => Number(uuid.slice(-12))).sort((a, b) => a - b)
}
