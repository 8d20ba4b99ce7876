import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { FETCH_BYTES, FETCH_MIN_BYTES, heartbeatMs, type KafkaLogOptions } from './kafka.ts'
import { standingText, toStoredRecord } from './kafka-record.ts'
import type { PartitionHandler, ReadOptions, StoredRecord, Subscription } from './log.ts'
import { PartitionCalls, type Standing } from './partition-calls.ts'
import { retryUntil } from './retry.ts'

export interface GroupDeps {
  client: Kafka
  options: KafkaLogOptions
  group: string
  handler: PartitionHandler
  read: ReadOptions
  standings(): Promise<Map<number, Standing>>
}

/** More than any consumer has: partitions must not wait for one another. */
const CONCURRENT_PARTITIONS = 256
const LEFT = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])

/** Joins a consumer group of Kafka. Resolves when the group has given this member its partitions. */
export async function joinKafkaJsGroup(deps: GroupDeps): Promise<Subscription> {
  const member = new GroupMember(deps)
  await member.join()
  return { close: () => member.leave() }
}

/** A partition for as long as one generation of the group gives it to this member. */
interface Ownership {
  calls: PartitionCalls
  /** Where to read from; null: it ended before the handler could say so. */
  start: Promise<number | null>
  end: AbortController
}

class GroupMember {
  readonly #deps: GroupDeps
  readonly #consumer: Consumer
  readonly #owned = new Map<number, Ownership>()
  /** Partitions change hands one generation after the other. */
  #changing: Promise<void> = Promise.resolve()
  /** Ends with the generation at hand. */
  #generation = new AbortController()
  readonly #left = new AbortController()
  /** How a call of the generation at hand keeps a standing; the client gives it to each of them. */
  #commit: EachBatchPayload['commitOffsetsIfNecessary'] | null = null

  constructor(deps: GroupDeps) {
    this.#deps = deps
    const { client, group, options, read } = deps
    this.#consumer = client.consumer({
      groupId: group,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.sessionTimeoutMs * 2,
      heartbeatInterval: heartbeatMs(options),
      minBytes: FETCH_MIN_BYTES,
      maxBytesPerPartition: FETCH_BYTES,
      maxWaitTimeInMs: read.lingerMs,
      allowAutoTopicCreation: false,
      // A broker that is away for an hour is no reason to end.
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => true },
    })
  }

  async join(): Promise<void> {
    const { topic } = this.#deps.options
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    const joined = new Promise<void>((resolve, reject) => {
      this.#consumer.on(GROUP_JOIN, ({ payload }) => {
        this.#generation.abort()
        this.#generation = new AbortController()
        const { signal } = this.#generation
        const partitions = payload.memberAssignment[topic] ?? []
        this.#changing = this.#changing.then(() => this.#own(partitions, signal))
        this.#changing.then(resolve, reject)
      })
      this.#consumer.on(CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error)
      })
    })
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.#take(payload),
    })
    await joined
  }

  async leave(): Promise<void> {
    this.#left.abort()
    this.#generation.abort()
    for (const { end } of this.#owned.values()) end.abort()
    await this.#consumer.disconnect()
    await this.#changing
    await this.#disown()
  }

  // Every generation anew, also for partitions that stay: another member may have had them in between.
  async #own(partitions: readonly number[], signal: AbortSignal): Promise<void> {
    await this.#disown()
    const standings = await retryUntil(signal, () => this.#deps.standings())
    if (!standings) return
    for (const partition of partitions) {
      this.#owned.set(partition, this.#begin(partition, standings.get(partition) ?? null))
    }
  }

  #seek(partition: number, offset: number): void {
    const { topic } = this.#deps.options
    this.#consumer.seek({ topic, partition, offset: String(offset) })
  }

  async #disown(): Promise<void> {
    const owned = [...this.#owned]
    this.#owned.clear()
    await Promise.all(
      owned.map(async ([partition, { end, start }]) => {
        end.abort()
        await start
        await this.#deps.handler.revoked(partition)
      }),
    )
  }

  #begin(partition: number, standing: Standing | null): Ownership {
    const { handler, read } = this.#deps
    const end = new AbortController()
    const calls = new PartitionCalls({
      partition,
      handler,
      standing,
      keep: (standing) => this.#keep(partition, standing),
      maxRecords: read.maxRecords,
    })
    const start = calls.start(end.signal).then((offset) => {
      // Else the client reads from what was committed, or from the beginning.
      if (offset !== null && offset !== (standing?.next ?? 0)) this.#seek(partition, offset)
      return offset
    })
    return { calls, start, end }
  }

  // Only the generation at hand may: Kafka refuses a member that was replaced meanwhile.
  async #keep(partition: number, standing: Standing): Promise<void> {
    const { topic } = this.#deps.options
    if (!this.#commit) throw new Error('no call is under way')
    const place = { partition, offset: String(standing.next), metadata: standingText(standing) }
    await this.#commit({ topics: [{ topic, partitions: [place] }] })
  }

  // The client rejoins only when this has ended: no call outlives the generation that it was made in.
  #take(payload: EachBatchPayload): Promise<void> {
    return this.#whileBeating(payload, async () => {
      this.#commit = payload.commitOffsetsIfNecessary
      await this.#changing
      const ownership = this.#owned.get(payload.batch.partition)
      if (ownership) await this.#give(ownership, payload)
    })
  }

  async #give(ownership: Ownership, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, isStale } = payload
    // Stale: it was fetched before the seek.
    if ((await ownership.start) === null || isStale()) return
    const last = batch.messages.at(-1)
    if (!last) return
    try {
      const handled = await ownership.calls.give(toRecords(batch.messages), ownership.end.signal)
      if (handled) resolveOffset(last.offset)
    } catch (error) {
      // What was kept is not known: read it back, and go on from there.
      await this.#beginAgain(batch.partition, ownership)
      throw error
    }
  }

  async #beginAgain(partition: number, ownership: Ownership): Promise<void> {
    const standings = await retryUntil(ownership.end.signal, () => this.#deps.standings())
    if (!standings || this.#owned.get(partition) !== ownership) return
    this.#owned.set(partition, this.#begin(partition, standings.get(partition) ?? null))
  }

  /** Keeps the membership alive during a long call; ends the call when the membership is gone. */
  async #whileBeating({ heartbeat }: EachBatchPayload, work: () => Promise<void>): Promise<void> {
    let lost: Error | null = null
    const beat = () =>
      heartbeat().catch((error: Error & { type?: string }) => {
        // Anything else is a broker that may come back; the group decides whether it was too long.
        if (!LEFT.has(error.type ?? '')) return
        lost = error
        for (const { end } of this.#owned.values()) end.abort()
      })
    const timer = setInterval(beat, heartbeatMs(this.#deps.options))
    try {
      await work()
    } finally {
      clearInterval(timer)
    }
    // Told to the client, so that it joins again.
    if (lost) throw lost
  }
}

function toRecords(messages: readonly KafkaMessage[]): StoredRecord[] {
  return messages.map(({ offset, timestamp, key, value, headers }) =>
    toStoredRecord({
      offset: Number(offset),
      timestamp: Number(timestamp),
      key: key?.toString() ?? '',
      value: value?.toString() ?? '',
      header: (name) => headers?.[name]?.toString() ?? null,
    }),
  )
}
