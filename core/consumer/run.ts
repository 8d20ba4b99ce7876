// Stage 5 of 8: consumer. In: records from the log. Out: rows in the store, dead letters.
// Promise: each accepted event becomes one row; what can never succeed becomes a visible dead letter.
import type { EventLog, PartitionHandler, StoredRecord } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { EventStore } from '../store/store.ts'
import type { Fence } from './fence.ts'
import type { Handled } from './freshness.ts'
import { type Candidate, insertAll } from './insert.ts'
import type { ConsumerMetrics } from './metrics.ts'
import { type Place, type PlaceReader, recoverPlace } from './place.ts'
import { UuidWindow } from './uuid-window.ts'

export interface ConsumerDeps {
  log: EventLog
  store: Pick<EventStore, 'insert'>
  /** Reads back from the store what was stored. */
  places: PlaceReader
  clock: Clock
  sleep(ms: number): Promise<void>
  logger: Logger
  metrics: ConsumerMetrics
  /** Uuids remembered per partition. */
  windowSize: number
  /** How far back a repeat can come, ms: the log's retention. */
  repeatsMs: number
}

interface Skips {
  stored: number
  repeat: number
  duplicate: number
}

/** What is to be stored of one call's records, and what the place becomes when it is. */
interface Selection {
  candidates: Candidate[]
  skips: Skips
  fence: Fence
  fresh: ReadonlySet<string>
}

/** Moves records to rows exactly once; its only memory beyond the store is a cache of the store. */
export class Consumer implements PartitionHandler {
  #deps: ConsumerDeps
  #places = new Map<number, Place>()
  /** How far each partition has come, also of partitions that left. */
  readonly handled = new Map<number, Handled>()
  #stopped = false

  constructor(deps: ConsumerDeps) {
    this.#deps = deps
  }

  /** Lets a call that waits for a store which is away give up. */
  stop(): void {
    this.#stopped = true
  }

  async assigned(partition: number, committed: number | null): Promise<number> {
    const { log, places, clock, windowSize, repeatsMs, logger } = this.#deps
    const since = clock() - repeatsMs
    try {
      const options = { logId: log.id, partition, committed, windowSize, since }
      const place = await recoverPlace(places, options)
      this.#places.set(partition, place)
      this.handled.set(partition, { next: place.start, lastAppendedAt: null })
      const { start, stored } = place
      logger.log('info', 'assigned', { partition, committed, start, already_stored: stored.size })
      return place.start
    } catch (error) {
      logger.log('error', 'assign_failed', { partition, error })
      throw error
    }
  }

  async handle(partition: number, records: readonly StoredRecord[]): Promise<void> {
    const place = this.#places.get(partition)
    if (!place) throw new Error(`partition ${partition} is not assigned`)
    const { store, logger, metrics, clock, sleep } = this.#deps
    const started = clock()
    const selection = this.#select(partition, place, records)
    const { candidates, skips } = selection
    const report = await insertAll(
      {
        store,
        onRetry: (error) => {
          metrics.retries.inc()
          logger.log('warn', 'insert_retry', { partition, error })
        },
        isStopped: () => this.#stopped,
        sleep,
      },
      candidates,
    )
    this.#pass(partition, place, records, selection)
    metrics.rows.inc(report.rows)
    metrics.deadLetters.inc(report.deadLetters.length)
    for (const [kind, count] of Object.entries(skips)) metrics.skipped.inc({ kind }, count)
    for (const { candidate, error } of report.deadLetters) {
      logger.log('error', 'dead_letter', { partition, offset: candidate.record.offset, error })
    }
    const oldest = records[0]?.appendedAt ?? started
    logger.log('info', 'insert', {
      partition,
      rows: report.rows,
      bytes: report.bytes,
      dead_letters: report.deadLetters.length,
      skipped: skips,
      duration_ms: clock() - started,
      freshness_ms: clock() - oldest,
    })
  }

  async revoked(partition: number): Promise<void> {
    this.#places.delete(partition)
  }

  // Judges on drafts: a call that fails must leave fence and window as they were.
  #select(partition: number, place: Place, records: readonly StoredRecord[]): Selection {
    const fence = place.fence.copy()
    const fresh = new Set<string>()
    const candidates: Candidate[] = []
    const skips: Skips = { stored: 0, repeat: 0, duplicate: 0 }
    for (const record of records) {
      const project = record.key.slice(0, record.key.indexOf(':'))
      const key = UuidWindow.key(project, record.uuid)
      if (place.stored.has(record.offset)) {
        skips.stored++
        fence.pass(record.shard, record)
        fresh.add(key)
      } else if (fence.isRepeat(record.shard, record)) {
        skips.repeat++
      } else {
        fence.pass(record.shard, record)
        if (place.window.has(key) || fresh.has(key)) {
          skips.duplicate++
          continue
        }
        fresh.add(key)
        candidates.push({ record, partition, logId: this.#deps.log.id, project })
      }
    }
    return { candidates, skips, fence, fresh }
  }

  // Only once everything is stored do the drafts become the place.
  #pass(
    partition: number,
    place: Place,
    records: readonly StoredRecord[],
    { fence, fresh }: Selection,
  ): void {
    place.fence = fence
    for (const key of fresh) place.window.add(key)
    for (const { offset } of records) place.stored.delete(offset)
    const last = records.at(-1)
    if (last) {
      this.handled.set(partition, { next: last.offset + 1, lastAppendedAt: last.appendedAt })
    }
  }
}
