import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import {
  FETCH_BYTES,
  FETCH_BYTES_OF_ALL,
  FETCH_MIN_BYTES,
  heartbeatMs,
  type KafkaLogOptions,
} from './kafka.ts'
import { standingText } from './kafka-record.ts'
import { joinAgain, whileBeating } from './kafkajs-heartbeat.ts'
import { toRecords } from './kafkajs-record.ts'
import type { PartitionHandler, ReadOptions, Subscription } from './log.ts'
import { PartitionCalls, type Standing } from './partition-calls.ts'
import { orAborted, retryUntil } from './retry.ts'

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
/** Before a new beginning after an error that the client would end for. */
const RESTART_MS = 1_000
const LEAVE_TIMEOUT_MS = 3_000

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
  /** Settles when no call is under way. */
  giving: Promise<unknown>
  end: AbortController
  /** Another generation has come: a standing kept now would be kept in its name. */
  over: boolean
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
  readonly #joined = Promise.withResolvers<void>()
  /** How a call of the generation at hand keeps a standing; the client gives it to each of them. */
  #commit: EachBatchPayload['commitOffsetsIfNecessary'] | null = null

  constructor(deps: GroupDeps) {
    this.#deps = deps
    // Rejects before someone waits for it, when the client ends at once.
    this.#joined.promise.catch(() => {})
    const { client, group, options, read } = deps
    this.#consumer = client.consumer({
      groupId: group,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.sessionTimeoutMs * 2,
      heartbeatInterval: heartbeatMs(options),
      minBytes: FETCH_MIN_BYTES,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES_OF_ALL,
      maxWaitTimeInMs: read.lingerMs,
      // Nobody writes to this topic in transactions; one left open must not stop the reading.
      readUncommitted: true,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        // A broker that is away for an hour is no reason to end; but else it goes on after disconnect().
        restartOnFailure: async () => !this.#left.signal.aborted,
      },
    })
  }

  async join(): Promise<void> {
    const { topic } = this.#deps.options
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#generationCame(payload.memberAssignment[topic] ?? [])
    })
    this.#consumer.on(CRASH, ({ payload }) => {
      // It would end here, for an error of its own, too; at first that is for the caller to know.
      if (!payload.restart) void this.#startAgain(payload.error)
    })
    try {
      await this.#start()
      await this.#joined.promise
    } catch (error) {
      await this.leave()
      throw error
    }
  }

  async leave(): Promise<void> {
    this.#left.abort()
    this.#generation.abort()
    for (const { end } of this.#owned.values()) end.abort()
    const disconnected = this.#consumer.disconnect().catch(() => {})
    await this.#changing
    await this.#disown()
    // A broker that does not answer: the group will miss us by itself.
    await Promise.race([disconnected, sleep(LEAVE_TIMEOUT_MS, undefined, { ref: false })])
  }

  async #start(): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [this.#deps.options.topic], fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
      eachBatch: (payload) => this.#take(payload),
    })
  }

  async #startAgain(error: Error): Promise<void> {
    this.#joined.reject(error)
    await sleep(RESTART_MS, undefined, { signal: this.#left.signal }).catch(() => {})
    await retryUntil(this.#left.signal, () => this.#start())
  }

  #generationCame(partitions: readonly number[]): void {
    // It was about to start again when it was told to stop, and did.
    if (this.#left.signal.aborted) return void this.#consumer.disconnect().catch(() => {})
    this.#generation.abort()
    this.#generation = new AbortController()
    const { signal } = this.#generation
    for (const ownership of this.#owned.values()) {
      ownership.over = true
      ownership.end.abort()
    }
    this.#changing = this.#changing.then(() => this.#own(partitions, signal))
    void this.#changing.then(this.#joined.resolve)
  }

  // Every generation anew, also for partitions that stay: another member may have had them in between.
  async #own(partitions: readonly number[], signal: AbortSignal): Promise<void> {
    await this.#disown()
    const standings = await this.#standings(signal)
    if (!standings) return
    for (const partition of partitions) {
      this.#begin(partition, standings.get(partition) ?? null)
    }
  }

  #standings(signal: AbortSignal): Promise<Map<number, Standing> | null> {
    return retryUntil(signal, () => orAborted(signal, this.#deps.standings()))
  }

  async #disown(): Promise<void> {
    const owned = [...this.#owned]
    this.#owned.clear()
    await Promise.all(owned.map(([partition, ownership]) => this.#end(partition, ownership)))
  }

  async #end(partition: number, { start, giving, end }: Ownership): Promise<void> {
    end.abort()
    await start
    // The client can join again, for a leader that moved, while a call of another leader is under way.
    await giving.catch(() => {})
    await this.#deps.handler.revoked(partition).catch((error: unknown) => {
      this.#deps.options.logger.log('warn', 'kafka_revoke', { partition, error })
    })
  }

  #begin(partition: number, standing: Standing | null): void {
    const { handler, read } = this.#deps
    const calls = new PartitionCalls({
      partition,
      handler,
      standing,
      keep: (standing) => this.#keep(ownership, partition, standing),
      maxRecords: read.maxRecords,
    })
    const end = new AbortController()
    const start = calls.start(end.signal).then((offset) => {
      // What the client has fetched meanwhile began elsewhere.
      if (offset !== null) this.#seek(partition, offset)
      return offset
    })
    const giving = Promise.resolve()
    const ownership: Ownership = { calls, start, giving, end, over: false }
    this.#owned.set(partition, ownership)
  }

  #seek(partition: number, offset: number): void {
    const { topic } = this.#deps.options
    try {
      this.#consumer.seek({ topic, partition, offset: String(offset) })
    } catch {
      // It has stopped; all begins anew when it has joined again.
    }
  }

  // Only the generation at hand may: Kafka refuses a member that was replaced meanwhile.
  async #keep({ over }: Ownership, partition: number, standing: Standing): Promise<void> {
    const { topic } = this.#deps.options
    if (over || !this.#commit) throw new Error('the partition is not ours any more')
    const place = { partition, offset: String(standing.next), metadata: standingText(standing) }
    await this.#commit({ topics: [{ topic, partitions: [place] }] })
  }

  // The client rejoins only when this has ended, but for a leader that moved.
  #take(payload: EachBatchPayload): Promise<void> {
    const giveUp = () => {
      for (const { end } of this.#owned.values()) end.abort()
    }
    return whileBeating(payload, heartbeatMs(this.#deps.options), giveUp, async () => {
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
    if (!last || ownership.end.signal.aborted) return
    const giving = ownership.calls.give(toRecords(batch.messages), ownership.end.signal)
    ownership.giving = giving
    try {
      if (await giving) resolveOffset(last.offset)
    } catch (error) {
      // What was kept is not known: the next generation reads it back, and goes on from there.
      throw joinAgain(error)
    }
  }
}
