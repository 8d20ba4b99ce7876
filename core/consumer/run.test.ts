import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteLog, type SqliteLog } from '../log/sqlite.ts'
import { jsonLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { type EventStore, StoreError } from '../store/store.ts'
import { consumerMetrics } from './metrics.ts'
import { NEVER, record, SHARD, testConsumer } from './test-consumer.ts'

let store: ChdbStore
let log: SqliteLog
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-consumer-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  log = openSqliteLog({ path: join(folder, 'log.sqlite'), partitions: 1, clock: Date.now })
})
afterEach(async () => {
  await store.close()
  await log.close()
})

it('writes one row per record, with the place it came from', async () => {
  const consumer = newConsumer()
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0), record(1)], NEVER)
  const rows = await store.query({
    text: `SELECT distinct_id, log_id, log_offset, shard, seq, idx FROM events ORDER BY log_offset`,
  })
  expect(rows).toEqual([
    { distinct_id: 'ann', log_id: log.id, log_offset: '0', shard: SHARD, seq: '1', idx: 0 },
    { distinct_id: 'ann', log_id: log.id, log_offset: '1', shard: SHARD, seq: '1', idx: 1 },
  ])
})

it('skips a batch that the edge sent twice, also after a restart', async () => {
  const first = newConsumer()
  await first.assigned(0, null)
  await first.handle(0, [record(0), record(1)], NEVER)
  await first.handle(0, [record(2, { idx: 0, uuid: 9 }), record(3, { idx: 1, uuid: 8 })], NEVER)
  const second = newConsumer()
  expect(await second.assigned(0, 4)).toBe(2)
  await second.handle(0, [record(4, { idx: 0, uuid: 7 })], NEVER)
  expect(await storedOffsets()).toEqual([0, 1])
})

it('skips a retry of the sender under the same uuid, also after a restart, but not in another project', async () => {
  const first = newConsumer()
  await first.assigned(0, null)
  await first.handle(0, [record(0), record(1, { seq: 2, idx: 0, uuid: 0 })], NEVER)
  const second = newConsumer()
  await second.assigned(0, 2)
  await second.handle(0, [record(2, { seq: 3, idx: 0, uuid: 0 })], NEVER)
  await second.handle(0, [record(3, { seq: 4, idx: 0, uuid: 0, project: 'other' })], NEVER)
  expect(await storedOffsets()).toEqual([0, 3])
})

it('completes an insert that was cut in half, and stores nothing of it twice', async () => {
  const first = newConsumer()
  await first.assigned(0, null)
  // The later offset made it to disk, the earlier one did not: its month was written last.
  await first.handle(0, [record(5)], NEVER)
  const second = newConsumer()
  expect(await second.assigned(0, 3)).toBe(3)
  await second.handle(
    0,
    [3, 4, 5, 6].map((offset) => record(offset)),
    NEVER,
  )
  expect(await storedOffsets()).toEqual([3, 4, 5, 6])
})

it('starts where the store stands when the store is older than the commit', async () => {
  const consumer = newConsumer()
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0)], NEVER)
  expect(await newConsumer().assigned(0, 1_000)).toBe(1)
})

it('takes the rows of another log for strangers', async () => {
  const consumer = newConsumer()
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0)], NEVER)
  await log.close()
  log = openSqliteLog({ path: ':memory:', partitions: 1, clock: Date.now })
  const other = newConsumer()
  expect(await other.assigned(0, null)).toBe(0)
  await other.handle(0, [record(0, { seq: 2, uuid: 50 })], NEVER)
  expect(await storedOffsets()).toEqual([0, 0])
})

it('refuses a log that was made anew under its name, and stores and skips nothing of it', async () => {
  const consumer = newConsumer()
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0), record(1)], NEVER)
  const other = newConsumer()
  expect(await other.assigned(0, null)).toBe(0)
  const anew = record(0, { seq: 2, uuid: 50 })
  await expect(other.handle(0, [anew], NEVER)).rejects.toThrow(/made anew .*KAFKA_TOPIC/)
  expect(await storedOffsets()).toEqual([0, 1])
})

it('makes a dead letter of what the store refuses and stores everything around it', async () => {
  const consumer = newConsumer()
  await consumer.assigned(0, null)
  const records = Array.from({ length: 40 }, (_, i) => record(i))
  const poison = records[17]
  if (!poison) throw new Error('no record')
  poison.value = poison.value.replace('"n":17', `"n":${'9'.repeat(30)}`)
  await consumer.handle(0, records, NEVER)
  const expected = records.map(({ offset }) => offset).filter((offset) => offset !== 17)
  expect(await storedOffsets()).toEqual(expected)
  const dead = await store.query<{ log_offset: string; error: string; record: string }>({
    text: 'SELECT log_offset, error, record FROM dead_letters',
  })
  expect(dead).toHaveLength(1)
  expect(dead[0]).toMatchObject({ log_offset: '17', record: poison.value })
  expect(dead[0]?.error).not.toBe('')
})

it('tries again until the store is back, and stores once', async () => {
  let failures = 3
  const flaky: Pick<EventStore, 'insert'> = {
    async insert(...args) {
      // The answer of a try that was stored is lost, too.
      if (failures === 1) await store.insert(...args)
      if (failures-- > 0) throw new StoreError('unavailable', 'away')
      return store.insert(...args)
    },
  }
  const consumer = testConsumer({ log, store, inserts: flaky })
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0), record(1)], NEVER)
  expect(await storedOffsets()).toEqual([0, 1])
})

it('counts what it stores and how long that takes, and leaves one record of it', async () => {
  const registry = createMetrics()
  const lines: string[] = []
  const logger = jsonLogger('consumer', 'info', (line) => lines.push(line))
  const consumer = testConsumer({ log, store, logger, metrics: consumerMetrics(registry) })
  await consumer.assigned(0, null)
  await consumer.handle(0, [record(0), record(1), record(2, { idx: 1 })], NEVER)
  const text = await registry.metrics()
  expect(text).toMatch(/^headwater_consumer_rows_total 2$/m)
  expect(text).toMatch(/^headwater_consumer_row_bytes_total [1-9]\d+$/m)
  expect(text).toMatch(/^headwater_consumer_skipped_total\{kind="repeat"\} 1$/m)
  expect(text).toMatch(/^headwater_consumer_insert_seconds_count 1$/m)
  expect(text).toMatch(/^headwater_consumer_freshness_seconds_count 1$/m)
  const inserts = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'insert')
  expect(inserts).toMatchObject([{ partition: 0, rows: 2, retries: 0, skipped: { repeat: 1 } }])
})

const newConsumer = () => testConsumer({ log, store })

async function storedOffsets(): Promise<number[]> {
  const rows = await store.query<{ log_offset: string }>({
    text: 'SELECT log_offset FROM events ORDER BY log_offset',
  })
  return rows.map((row) => Number(row.log_offset))
}
