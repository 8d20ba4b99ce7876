import { setTimeout as sleep } from 'node:timers/promises'
import { heartbeatV4, offsetCommitV8 } from '@platformatic/kafka'
import { heartbeatMs, type KafkaLogOptions } from './kafka.ts'
import { standingText } from './kafka-record.ts'
import type { Standing } from './partition-calls.ts'
import { type Coordinator, refusalOf } from './platformatic-coordinator.ts'
import { orAborted } from './retry.ts'

export interface GenerationDeps {
  coordinator: Coordinator
  options: KafkaLogOptions
  group: string
  id: number
  memberId: string
  partitions: readonly number[]
}

const RETRY_MS = 200

/** What a member has of its group until the partitions are dealt out again. */
export class Generation {
  readonly #deps: GenerationDeps
  readonly #lost = new AbortController()
  readonly #over = new AbortController()
  readonly #beats: Promise<void>

  constructor(deps: GenerationDeps) {
    this.#deps = deps
    this.#beats = this.#beat()
  }

  get partitions(): readonly number[] {
    return this.#deps.partitions
  }

  /** Ends when the partitions are dealt out again, or may have been. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  lose(): void {
    this.#lost.abort()
  }

  /**
   * Kept under this generation, which is what Kafka checks: one that was replaced is refused. The same
   * is asked until there is an answer, because another plan after an unanswered one would be a guess.
   */
  async keep(partition: number, standing: Standing): Promise<void> {
    for (;;) {
      try {
        return await this.#commit(partition, standing)
      } catch (error) {
        if (refusalOf(error)) this.lose()
        if (this.lost.aborted) throw error
        this.#warn('kafka_commit', error)
        await sleep(RETRY_MS, undefined, { signal: this.lost }).catch(() => {})
      }
    }
  }

  /** To be called when no call is under way any more: from now on the group misses us. */
  async end(): Promise<void> {
    this.lose()
    this.#over.abort()
    await this.#beats
  }

  async #commit(partition: number, standing: Standing): Promise<void> {
    const { coordinator, options, group, id, memberId } = this.#deps
    const place = {
      partitionIndex: partition,
      committedOffset: BigInt(standing.next),
      committedLeaderEpoch: -1,
      committedMetadata: standingText(standing),
    }
    const topics = [{ name: options.topic, partitions: [place] }]
    await coordinator.ask(offsetCommitV8.api, group, id, memberId, null, topics)
  }

  // Also while the last calls end: who waits for the others to come back is not to be missed.
  async #beat(): Promise<void> {
    const { coordinator, options, group, id, memberId } = this.#deps
    let heardAt = Date.now()
    let waitMs = heartbeatMs(options)
    for (;;) {
      await sleep(waitMs, undefined, { signal: this.#over.signal }).catch(() => {})
      if (this.#over.signal.aborted) return
      try {
        await orAborted(this.#over.signal, coordinator.ask(heartbeatV4.api, group, id, memberId))
        heardAt = Date.now()
        waitMs = heartbeatMs(options)
      } catch (error) {
        if (this.#over.signal.aborted) return
        const refusal = refusalOf(error)
        if (refusal === 'REBALANCE_IN_PROGRESS') heardAt = Date.now()
        else this.#warn('kafka_heartbeat', error)
        if (refusal || Date.now() - heardAt > options.sessionTimeoutMs) this.lose()
        waitMs = refusal ? heartbeatMs(options) : RETRY_MS
      }
    }
  }

  #warn(event: string, error: unknown): void {
    this.#deps.options.logger.log('warn', event, { group: this.#deps.group, error: String(error) })
  }
}
