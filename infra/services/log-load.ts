import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, LogRecord, PartitionHandler, StoredRecord } from '../../core/log/log.ts'

export const LOAD_READ = { maxRecords: 2_000, lingerMs: 50 }
/** Records of one append. */
const BATCH = 20
const RETRY_MS = 200
/** What the store would take. */
const CALL_MS = 20
const COME_AND_GO_MS = 10_000

export interface Writers {
  /** Appends that were acknowledged, of all writers. */
  readonly acknowledged: number
  /** Appends that were refused, and made again. */
  readonly refused: number
  /** Ends when each has its last append acknowledged; resolves with how many each has. */
  stop(): Promise<number[]>
}

/** As the edge appends: each writer one batch after the other, each until it is acknowledged. */
export function startWriters(log: EventLog, count: number): Writers {
  const state = { acknowledged: 0, refused: 0 }
  let stopped = false
  const accept = () => Boolean(++state.acknowledged)
  const refuse = () => !++state.refused
  const write = async (writer: number): Promise<number> => {
    for (let seq = 1; ; seq++) {
      const batch = Array.from({ length: BATCH }, (_, idx) => toRecord(writer, seq, idx))
      while (!(await log.append(batch).then(accept, refuse))) await sleep(RETRY_MS)
      if (stopped) return seq
    }
  }
  const ends = Array.from({ length: count }, (_, writer) => write(writer))
  const stop = () => {
    stopped = true
    return Promise.all(ends)
  }
  return Object.assign(state, { stop })
}

/** The records of one writer are of one key, so of one partition. */
function toRecord(writer: number, seq: number, idx: number): LogRecord {
  const shard = shardOf(writer)
  return { key: shard, value: '{}', uuid: `${writer}-${seq}-${idx}`, shard, seq, idx }
}

const shardOf = (writer: number) => `writer:${writer}@0`

/** Members of one group, one by each log, that leave it and join it again, each at its own pace. */
export async function comeAndGo(
  logs: readonly EventLog[],
  handler: PartitionHandler,
): Promise<void> {
  const until = Date.now() + COME_AND_GO_MS
  const member = async (log: EventLog, index: number) => {
    while (Date.now() < until) {
      const subscription = await log.subscribe('group', handler, LOAD_READ)
      await sleep(700 * (index + 1))
      await subscription.close()
    }
  }
  await Promise.all(logs.map(member))
}

/** Reads as the consumer does, and remembers what must not have happened. */
export class Reader {
  readonly owned = new Set<number>()
  /** Records that came again: the consumer's fence drops them. */
  copies = 0
  calls = 0
  readonly faults: string[] = []
  /** How many records of each shard came, in their order. */
  readonly #counts = new Map<string, number>()
  /** Which call had an offset of a partition. */
  readonly #callOf = new Map<string, string>()
  readonly #busy = new Set<number>()

  readonly handler: PartitionHandler = {
    assigned: async (partition, committed) => {
      if (this.owned.has(partition)) this.faults.push(`${partition} is assigned twice`)
      this.owned.add(partition)
      return committed ?? 0
    },
    handle: async (partition, records) => {
      if (!this.owned.has(partition)) this.faults.push(`${partition} is not assigned`)
      if (this.#busy.has(partition)) this.faults.push(`calls of ${partition} overlap`)
      this.#busy.add(partition)
      await sleep(CALL_MS)
      this.#take(partition, records)
      this.#busy.delete(partition)
    },
    revoked: async (partition) => {
      if (this.#busy.has(partition)) this.faults.push(`${partition} is revoked in a call`)
      this.owned.delete(partition)
    },
  }

  /** The last batch that came whole, of each writer. */
  seqs(writers: number): number[] {
    return Array.from({ length: writers }, (_, writer) =>
      Math.floor((this.#counts.get(shardOf(writer)) ?? 0) / BATCH),
    )
  }

  #take(partition: number, records: readonly StoredRecord[]): void {
    this.calls++
    const call = `${records[0]?.offset} to ${records.at(-1)?.offset}`
    for (const { offset, shard, seq, idx } of records) {
      const before = this.#callOf.get(`${partition}/${offset}`) ?? call
      if (before !== call) this.faults.push(`${partition}: ${call} after ${before}`)
      this.#callOf.set(`${partition}/${offset}`, call)
      const count = this.#counts.get(shard) ?? 0
      const place = (seq - 1) * BATCH + idx
      if (place > count) this.faults.push(`${shard}: ${count} to ${place} are missing`)
      if (place < count) this.copies++
      else this.#counts.set(shard, place + 1)
    }
  }
}
