import {
  type Admin,
  type Broker,
  ConnectionPool,
  FetchIsolationLevels,
  fetchV12,
  findErrorBy,
  IS_CONTROL,
  type KafkaRecord,
  ListOffsetTimestamps,
  type RecordsBatch,
} from '@platformatic/kafka'
import { FETCH_MIN_BYTES, type KafkaLogOptions } from './kafka.ts'
import { toStoredRecord } from './kafka-record.ts'
import type { StoredRecord } from './log.ts'
import { CLIENT_ID, CONNECT_TIMEOUT_MS } from './platformatic-coordinator.ts'

const REQUEST_TIMEOUT_MS = 10_000
/** No session: each request says all that it wants. */
const NO_SESSION = { id: 0, epoch: -1 }
/** Set by the broker when the batch has its own time of arrival, and not the sender's. */
const IS_LOG_APPEND_TIME = 1 << 3

export interface FetcherDeps {
  admin: Admin
  options: KafkaLogOptions
  partition: number
  lingerMs: number
  maxBytes: number
}

export interface Fetched {
  records: StoredRecord[]
  /** Where the next fetch begins. */
  next: number
}

/**
 * Reads one partition from its leader. Over a connection of its own: a broker answers the requests of
 * a connection one after the other, so a partition that waits for records would hold up the others.
 */
export class PartitionFetcher {
  readonly #deps: FetcherDeps
  readonly #pool: ConnectionPool
  #leader: Broker | null = null

  constructor(deps: FetcherDeps) {
    this.#deps = deps
    this.#pool = new ConnectionPool(CLIENT_ID, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: deps.lingerMs + REQUEST_TIMEOUT_MS,
    })
  }

  get partition(): number {
    return this.#deps.partition
  }

  /** Rejects when the leader does not answer, or has moved: the next call looks for it. */
  async fetch(offset: number): Promise<Fetched> {
    try {
      this.#leader ??= await this.#findLeader()
      return toFetched(await this.#ask(this.#leader, offset), offset)
    } catch (error) {
      if (error instanceof Error && findErrorBy(error, 'apiId', 'OFFSET_OUT_OF_RANGE')) {
        return { records: [], next: await this.#earliest() }
      }
      this.#leader = null
      throw error
    }
  }

  /** Also ends the fetch that is under way. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #ask(leader: Broker, offset: number): Promise<RecordsBatch[]> {
    const { options, partition, lingerMs, maxBytes } = this.#deps
    const wanted = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: -1,
      partitionMaxBytes: maxBytes,
    }
    const answer = await fetchV12.api.async(
      await this.#pool.get(leader),
      lingerMs,
      FETCH_MIN_BYTES,
      maxBytes,
      // Nobody writes to this topic in transactions; one left open must not stop the reading.
      FetchIsolationLevels.READ_UNCOMMITTED,
      NO_SESSION.id,
      NO_SESSION.epoch,
      // In this version of the request the id is the name.
      [{ topicId: options.topic, partitions: [wanted] }],
      [],
      '',
    )
    return answer.responses[0]?.partitions[0]?.records ?? []
  }

  async #findLeader(): Promise<Broker> {
    const { admin, options, partition } = this.#deps
    const { topic } = options
    const { topics, brokers } = await admin.metadata({ topics: [topic], forceUpdate: true })
    const broker = brokers.get(topics.get(topic)?.partitions[partition]?.leader ?? -1)
    if (!broker) throw new Error(`partition ${partition} of ${topic} has no leader`)
    return broker
  }

  async #earliest(): Promise<number> {
    const { admin, options, partition } = this.#deps
    const wanted = { partitionIndex: partition, timestamp: ListOffsetTimestamps.EARLIEST }
    const [topic] = await admin.listOffsets({
      topics: [{ name: options.topic, partitions: [wanted] }],
    })
    const offset = topic?.partitions[0]?.offset
    if (offset === undefined) throw new Error(`partition ${partition} has no start`)
    return Number(offset)
  }
}

// A batch is handed over whole, also when only its end was asked for.
function toFetched(batches: readonly RecordsBatch[], offset: number): Fetched {
  const records: StoredRecord[] = []
  let next = offset
  for (const batch of batches) {
    const first = Number(batch.firstOffset)
    next = Math.max(next, first + batch.lastOffsetDelta + 1)
    if (batch.attributes & IS_CONTROL) continue
    for (const record of batch.records) {
      if (first + record.offsetDelta >= offset) records.push(toRecord(batch, record))
    }
  }
  return { records, next }
}

function toRecord(batch: RecordsBatch, record: KafkaRecord): StoredRecord {
  const { attributes, firstOffset, firstTimestamp, maxTimestamp } = batch
  const timestamp =
    attributes & IS_LOG_APPEND_TIME ? maxTimestamp : firstTimestamp + record.timestampDelta
  const headers = new Map(record.headers.map(([name, text]) => [String(name), text]))
  return toStoredRecord({
    offset: Number(firstOffset) + record.offsetDelta,
    timestamp: Number(timestamp),
    key: record.key?.toString() ?? '',
    value: record.value?.toString() ?? '',
    header: (name) => headers.get(name)?.toString() ?? null,
  })
}
