import type {
  EventLog,
  LogRecord,
  PartitionProgress,
  PartitionState,
  StoredRecord,
} from '../../log/log.ts'
import { partitionOf } from '../../log/murmur2.ts'
import type { Standing } from '../../log/partition-calls.ts'
import type { World } from './world.ts'

export interface SimLogOptions {
  id: string
  partitions: number
  /** Forgets which shard a record came from: to prove that the fence is needed. */
  scrambleShards: boolean
}

/** A log in memory whose appends can be torn between partitions, and whose answers can get lost. */
export class SimLog implements EventLog {
  readonly id: string
  readonly records: StoredRecord[][]
  /** What the consumer group's members left for one another. */
  readonly standings: (Standing | null)[]
  /** Takes nothing any more. */
  sealed = false
  #world: World
  #scrambleShards: boolean

  constructor(world: World, { id, partitions, scrambleShards }: SimLogOptions) {
    this.id = id
    this.records = Array.from({ length: partitions }, () => [])
    this.standings = Array.from({ length: partitions }, () => null)
    this.#world = world
    this.#scrambleShards = scrambleShards
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    await this.#world.stepOutside()
    if (this.sealed) throw new Error('the log is sealed')
    if (this.#world.fault(0.05)) throw new Error('the log is away')
    const copy = this.#world.random.int(0, 1_000_000)
    for (const [partition, list] of this.records.entries()) {
      if (partition > 0 && this.#world.fault(0.05)) throw new Error('one partition failed')
      for (const record of records) {
        if (partitionOf(record.key, this.records.length) !== partition) continue
        const shard = this.#scrambleShards ? `${record.shard}-${copy}` : record.shard
        list.push({ ...record, shard, offset: list.length, appendedAt: this.#world.now })
      }
    }
    if (this.#world.fault(0.05)) throw new Error('the acknowledgement was lost')
  }

  async partitions(): Promise<PartitionState[]> {
    return this.records.map((list, partition) => ({ partition, start: 0, end: list.length }))
  }

  async progress(): Promise<PartitionProgress[]> {
    return this.standings.flatMap((standing, partition) =>
      standing ? { partition, ...standing } : [],
    )
  }

  /** The simulation reads the partitions itself, so that it can crash at every step. */
  subscribe(): never {
    throw new Error('not simulated')
  }

  async close(): Promise<void> {}
}
