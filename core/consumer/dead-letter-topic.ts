import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, LogRecord } from '../log/log.ts'
import type { Logger } from '../shared/logger.ts'
import type { ConsumerMetrics } from './metrics.ts'

export interface DeadLetterTopicDeps {
  /** Opens the topic, and makes it when it is missing. */
  open(): Promise<Pick<EventLog, 'append' | 'close'>>
  logger: Logger
  metrics: Pick<ConsumerMetrics, 'deadLetterCopies'>
  /** A partition is held up by no more than this. @default 2_000 */
  waitMs?: number
}

const DEFAULT_WAIT_MS = 2_000

/**
 * Copies of dead letters for whoever wants to be told of them. The table is the truth: what does not get
 * here in time, or at all, is there all the same.
 */
export class DeadLetterTopic {
  readonly #deps: DeadLetterTopicDeps
  readonly #waitMs: number
  #log: Promise<Pick<EventLog, 'append' | 'close'>> | null = null
  /** An append outlasted its wait and is still under way. */
  #late = false

  constructor(deps: DeadLetterTopicDeps) {
    this.#deps = deps
    this.#waitMs = deps.waitMs ?? DEFAULT_WAIT_MS
  }

  /** Appends letters that the table holds. Never rejects, and never takes long. */
  async append(letters: readonly LogRecord[]): Promise<void> {
    if (letters.length === 0) return
    const { logger, metrics } = this.#deps
    try {
      // Each of many calls would wait its whole time for a topic that hangs.
      if (this.#late) throw new Error('an earlier append is still under way')
      await this.#inTime(this.#open().then((log) => log.append(letters)))
      metrics.deadLetterCopies.inc({ outcome: 'appended' }, letters.length)
    } catch (error) {
      metrics.deadLetterCopies.inc({ outcome: 'failed' }, letters.length)
      logger.log('warn', 'dead_letter_copy_failed', { letters: letters.length, error })
    }
  }

  /** Makes the topic before there is a letter. Resolves whether that works or not. */
  async prepare(): Promise<void> {
    await this.#open().catch((error: unknown) => {
      this.#deps.logger.log('warn', 'dead_letter_topic_unavailable', { error })
    })
  }

  /** Does not wait long for a topic that does not answer. */
  async close(): Promise<void> {
    const closing = this.#log?.then((log) => log.close()).catch(() => {})
    await Promise.race([closing, sleep(this.#waitMs, undefined, { ref: false })])
  }

  #open(): Promise<Pick<EventLog, 'append' | 'close'>> {
    this.#log ??= this.#deps.open().catch((error: unknown) => {
      this.#log = null
      throw error
    })
    return this.#log
  }

  async #inTime(appended: Promise<void>): Promise<void> {
    const waited = new AbortController()
    const tooLate = sleep(this.#waitMs, 'late' as const, { signal: waited.signal })
    tooLate.catch(() => {})
    const outcome = await Promise.race([appended, tooLate]).finally(() => waited.abort())
    if (outcome !== 'late') return
    this.#late = true
    const ended = () => {
      this.#late = false
    }
    appended.then(ended, ended)
    throw new Error(`not appended in ${this.#waitMs} ms`)
  }
}
