import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogRecord } from '../log/log.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { DeadLetterTopic } from './dead-letter-topic.ts'
import { letterId, replayShard } from './dead-letters.ts'
import { consumerMetrics } from './metrics.ts'
import { NEVER, poisoned, record, testConsumer } from './test-consumer.ts'

const LOG = { id: 'cluster/topic' }
const REPLAY = replayShard('0123456789abcdef')
const HOUR_MS = 3_600_000

let store: ChdbStore
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-dead-letters-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
})
afterEach(() => store.close())

const letters = (columns: string) =>
  store.query<Record<string, unknown>>({
    text: `SELECT ${columns} FROM dead_letters ORDER BY log_offset`,
  })
const storedOffsets = async () => {
  const rows = await store.query<{ log_offset: string }>({
    text: 'SELECT log_offset FROM events ORDER BY log_offset',
  })
  return rows.map(({ log_offset }) => Number(log_offset))
}
const restarted = async (options: Parameters<typeof testConsumer>[0] = { log: LOG, store }) => {
  const consumer = testConsumer(options)
  await consumer.assigned(0, 1_000)
  return consumer
}

describe('a dead letter', () => {
  it('belongs to no project when its key names none', async () => {
    const consumer = await restarted()
    await consumer.handle(0, [{ ...poisoned(record(0)), key: 'default' }], NEVER)
    expect(await letters('project_id, record_key')).toEqual([
      { project_id: '', record_key: 'default' },
    ])
  })

  it('stays one when its record comes again after a restart', async () => {
    const poison = poisoned(record(0))
    await (await restarted()).handle(0, [poison], NEVER)
    await (await restarted()).handle(0, [{ ...poison, offset: 1, seq: 2 }], NEVER)
    expect(await letters('log_offset')).toHaveLength(1)
  })

  it('is replayed also when the consumer was killed between keeping it and the commit', async () => {
    const poison = poisoned(record(0))
    await (await restarted()).handle(0, [poison], NEVER)
    const consumer = testConsumer({ log: LOG, store })
    expect(await consumer.assigned(0, 0)).toBe(0)
    await consumer.handle(0, [poison], NEVER)
    const copy = { ...poison, offset: 1, seq: 2 }
    const replay = record(2, { uuid: 0, shard: REPLAY, seq: 1, idx: 0 })
    await consumer.handle(0, [copy, replay], NEVER)
    expect(await letters('log_offset')).toHaveLength(1)
    expect(await storedOffsets()).toEqual([2])
  })

  it('is a new one when its replay dies, and nothing behind it waits', async () => {
    const poison = poisoned(record(0))
    const consumer = await restarted()
    await consumer.handle(0, [poison], NEVER)
    const replay = { ...poison, shard: REPLAY, seq: 1, idx: 0 }
    await consumer.handle(0, [{ ...replay, offset: 1 }, record(2)], NEVER)
    expect(await letters('shard, toUInt32(log_offset) AS at')).toMatchObject([
      { at: 0 },
      { at: 1, shard: REPLAY },
    ])
    expect(await storedOffsets()).toEqual([2])
  })

  it('is stored once by two replays, also when its edge had it for days and the consumer restarts', async () => {
    const long = { uuid: 0, received_at: Date.now() - 100 * HOUR_MS }
    await (await restarted()).handle(0, [poisoned(record(0, long))], NEVER)
    const replay = (offset: number, digit: string) =>
      record(offset, { ...long, shard: replayShard(digit.repeat(16)), idx: 0 })
    await (await restarted()).handle(0, [replay(1, 'a')], NEVER)
    await (await restarted()).handle(0, [replay(2, 'b')], NEVER)
    // The sender's own retry.
    await (await restarted()).handle(0, [record(3, { uuid: 0, seq: 9 })], NEVER)
    expect(await storedOffsets()).toEqual([1])
  })
})

describe('the topic of dead letters', () => {
  const topicOf = (append: (records: readonly LogRecord[]) => Promise<void>, waitMs = 50) => {
    const metrics = consumerMetrics(createMetrics())
    const open = async () => ({ append, close: async () => {} })
    const topic = new DeadLetterTopic({ open, logger: silentLogger, metrics, waitMs })
    const copies = async () => {
      const { values } = await metrics.deadLetterCopies.get()
      return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]))
    }
    return { topic, copies }
  }

  it('gets a copy of what the table holds, under the key of its record', async () => {
    const copies: LogRecord[] = []
    let held = -1
    const { topic } = topicOf(async (records) => {
      held = (await letters('1')).length
      copies.push(...records)
    })
    const poison = poisoned(record(7))
    const consumer = await restarted({ log: LOG, store, deadLetterTopic: topic })
    await consumer.handle(0, [record(6), poison], NEVER)
    expect(held).toBe(1)
    const { key, uuid } = poison
    expect(copies).toMatchObject([{ key, uuid }])
    const id = letterId({ log_id: LOG.id, log_partition: 0, log_offset: 7 })
    const { value: copied } = copies[0] ?? { value: '{}' }
    expect(JSON.parse(copied)).toMatchObject({ id, record: poison.value, project_id: 'default' })
    expect(id).toMatch(/^[0-9a-f]{8}-0-7$/)
  })

  it.each([
    ['fails', () => Promise.reject(new Error('no broker'))],
    ['hangs', () => new Promise<void>(() => {})],
  ])('holds nothing up when it %s', async (_, append) => {
    const { topic, copies } = topicOf(append)
    const consumer = await restarted({ log: LOG, store, deadLetterTopic: topic })
    for (const offset of [0, 2, 4]) {
      await consumer.handle(0, [poisoned(record(offset)), record(offset + 1)], NEVER)
    }
    expect(await letters('1')).toHaveLength(3)
    expect(await storedOffsets()).toEqual([1, 3, 5])
    expect(await copies()).toEqual({ appended: 0, failed: 3 })
  })

  it('is waited for once while it hangs, and used again when it answers', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { topic, copies } = topicOf(() => promise, 200)
    const started = Date.now()
    for (let i = 0; i < 10; i++) await topic.append([poisoned(record(i))])
    expect(Date.now() - started).toBeLessThan(1_000)
    resolve()
    await setImmediate()
    await topic.append([poisoned(record(10))])
    expect(await copies()).toEqual({ failed: 10, appended: 1 })
  })

  it('is opened again after it could not be', async () => {
    let opened = 0
    const metrics = consumerMetrics(createMetrics())
    const open = async () => {
      if (opened++ === 0) throw new Error('not yet')
      return { append: async () => {}, close: async () => {} }
    }
    const topic = new DeadLetterTopic({ open, logger: silentLogger, metrics })
    await topic.prepare()
    await topic.append([record(0)])
    const { values } = await metrics.deadLetterCopies.get()
    expect(values).toMatchObject([
      { labels: { outcome: 'appended' }, value: 1 },
      { labels: { outcome: 'failed' }, value: 0 },
    ])
  })
})
