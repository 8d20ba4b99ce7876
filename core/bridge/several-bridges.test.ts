import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../infra/random.ts'
import { Fence } from '../consumer/fence.ts'
import { openSqliteLog, type SqliteLog } from '../log/sqlite.ts'
import { openBridge, sendBatch, type TestBatch } from './test-bridge.ts'

const PARTITIONS = 4
const BATCHES = 60
const folder = mkdtempSync(join(tmpdir(), 'headwater-bridges-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Several bridges behind one address: each has its own connection to the log, and which of them a try
// meets is chance.
it.each([1, 2, 3])(
  'any of several bridges may get any try of a batch: nothing is lost, doubled or out of order (seed %i)',
  async (seed) => {
    const random = seededRandom(seed)
    const logs = [openLog(seed), openLog(seed), openLog(seed)] as const
    const bridges = logs.map((log) => openBridge({ log }))
    const shards = ['local:0', 'local:1'].map((name) => batchesOf(name, random))
    // As a shard does it: the next batch only after this one was acknowledged.
    const sendAll = async (batches: readonly TestBatch[]) => {
      const late: TestBatch[] = []
      for (const batch of batches) {
        // A try whose answer gets lost, and one that is held up and arrives after later batches.
        if (random.next() < 0.3) await sendBatch(random.pick(bridges), batch)
        if (random.next() < 0.3) late.push(batch)
        expect((await sendBatch(random.pick(bridges), batch)).status).toBe(200)
        const delayed = random.next() < 0.3 ? late.shift() : undefined
        if (delayed) await sendBatch(random.pick(bridges), delayed)
      }
    }
    await Promise.all(shards.map(sendAll))
    const sent = placesByKey(shards.flat().flatMap(recordsOf))
    expect(placesByKey(behindFence(logs[0]))).toEqual(sent)
    for (const log of logs) await log.close()
  },
)

interface Place {
  key: string
  shard: string
  seq: number
  idx: number
}

function openLog(seed: number): SqliteLog {
  const path = join(folder, `${seed}.sqlite`)
  return openSqliteLog({ path, partitions: PARTITIONS, clock: () => 0 })
}

/** A person always meets the same shard. */
function batchesOf(name: string, random: Random): TestBatch[] {
  return Array.from({ length: BATCHES }, (_, i) => ({
    shard: `${name}@${'0'.repeat(16)}`,
    seq: i + 1,
    keys: Array.from(
      { length: random.int(1, 20) },
      () => `default:${name}-person-${random.int(1, 12)}`,
    ),
  }))
}

function recordsOf({ shard, seq, keys }: TestBatch): Place[] {
  return keys.map((key, idx) => ({ key, shard, seq, idx }))
}

/** What the consumer lets through of the log. */
function behindFence(log: SqliteLog): Place[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    const fence = new Fence()
    return log.read(partition, 0, Number.MAX_SAFE_INTEGER).filter((record) => {
      const isRepeat = fence.isRepeat(record.shard, record)
      fence.pass(record.shard, record)
      return !isRepeat
    })
  }).flat()
}

function placesByKey(records: readonly Place[]): Map<string, string[]> {
  const places = new Map<string, string[]>()
  for (const { key, shard, seq, idx } of records) {
    places.set(key, [...(places.get(key) ?? []), `${shard} ${seq} ${idx}`])
  }
  return places
}
