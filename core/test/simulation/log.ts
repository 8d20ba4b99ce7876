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

const PARTITIONS = 2

/** A log in memory whose appends can be torn between partitions, and whose answers can get lost. */
export class SimLog implements EventLog {
  readonly id = 'sim-log'
  readonly records: StoredRecord[][] = Array.from({ length: PARTITIONS }, () => [])
  /** What the consumer group's members left for one another. */
  readonly standings: (Standing | null)[] = Array.from({ length: PARTITIONS }, () => null)
  #world: World
  /** Forgets which shard a record came from: to prove that the fence is needed. */
  #scrambleShards: boolean

  constructor(world: World, scrambleShards: boolean) {
    this.#world = world
    this.#scrambleShards = scrambleShards
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    await this.#world.stepOutside()
    if (this.#world.fault(0.05)) throw new Error('the log is away')
    const copy = this.#world.random.int(0, 1_000_000)
    for (let partition = 0; partition < PARTITIONS; partition++) {
      if (partition > 0 && this.#world.fault(0.05)) throw new Error('one partition failed')
      const list = this.records[partition] ?? []
      for (const record of records) {
        if (partitionOf(record.key, PARTITIONS) !== partition) continue
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
