// Stage 5 of 8: consumer. In: records from the log. Out: rows in the store, dead letters.
// Promise: each accepted event becomes one row; what can never succeed becomes a visible dead letter.
import type { EventLog, PartitionHandler, StoredRecord } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import type { EventStore } from '../store/store.ts'
import type { DeadLetterTopic } from './dead-letter-topic.ts'
import { isReplay, letterId, letterRecord, letterRow, projectOf } from './dead-letters.ts'
import type { Fence } from './fence.ts'
import { type Candidate, type InsertReport, insertAll, type OffsetRange } from './insert.ts'
import type { ConsumerMetrics } from './metrics.ts'
import { isElsewhere, type Place, type PlaceReader, recoverPlace, storedOf } from './place.ts'
import { UuidWindow } from './uuid-window.ts'

export interface ConsumerDeps {
  log: Pick<EventLog, 'id'>
  store: Pick<EventStore, 'insert'>
  /** Reads back from the store what was stored. */
  places: PlaceReader
  /** Told of every dead letter that the store holds. @default nobody is */
  deadLetterTopic?: Pick<DeadLetterTopic, 'append'> | undefined
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
  fresh: Set<string>
}

/** Moves records to rows exactly once; its only memory beyond the store is a cache of the store. */
export class Consumer implements PartitionHandler {
  #deps: ConsumerDeps
  #places = new Map<number, Place>()

  constructor(deps: ConsumerDeps) {
    this.#deps = deps
  }

  async assigned(partition: number, committed: number | null): Promise<number> {
    const { log, places, clock, windowSize, repeatsMs, logger } = this.#deps
    const since = clock() - repeatsMs
    try {
      const options = { logId: log.id, partition, committed, windowSize, since }
      const place = await recoverPlace(places, options)
      this.#places.set(partition, place)
      const { start, stored } = place
      logger.log('info', 'assigned', { partition, committed, start, already_stored: stored.size })
      return place.start
    } catch (error) {
      logger.log('error', 'assign_failed', { partition, error })
      throw error
    }
  }

  async handle(
    partition: number,
    records: readonly StoredRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    const place = this.#places.get(partition)
    const [first, last] = [records[0], records.at(-1)]
    if (!first || !last) return
    if (!place) throw new Error(`partition ${partition} is not assigned`)
    const { log, store, logger, metrics, clock, sleep } = this.#deps
    const started = clock()
    const selection = this.#select(partition, place, records)
    const { candidates, skips } = selection
    const range = { logId: log.id, partition, first: first.offset, last: last.offset }
    const report = await insertAll(
      {
        store,
        onRetry: (error) => {
          metrics.retries.inc()
          logger.log('warn', 'insert_retry', { partition, error })
        },
        signal,
        sleep,
      },
      range,
      candidates,
    )
    pass(place, records, selection, report)
    await this.#tellOfDeadLetters(report, range)
    const ended = clock()
    const [duration_ms, freshness_ms] = [ended - started, ended - first.appendedAt]
    metrics.rows.inc(report.rows)
    metrics.bytes.inc(report.bytes)
    metrics.insertSeconds.observe(duration_ms / 1000)
    metrics.freshnessSeconds.observe(freshness_ms / 1000)
    for (const [kind, count] of Object.entries(skips)) metrics.skipped.inc({ kind }, count)
    logger.log('info', 'insert', {
      partition,
      rows: report.rows,
      bytes: report.bytes,
      dead_letters: report.deadLetters.length,
      skipped: skips,
      retries: report.retries,
      duration_ms,
      freshness_ms,
    })
  }

  #select(partition: number, place: Place, records: readonly StoredRecord[]): Selection {
    try {
      return select(place, records)
    } catch (error) {
      this.#deps.logger.log('error', 'wrong_log', { partition, error })
      throw error
    }
  }

  async revoked(partition: number): Promise<void> {
    this.#places.delete(partition)
  }

  async #tellOfDeadLetters({ deadLetters }: InsertReport, range: OffsetRange): Promise<void> {
    const { deadLetterTopic, metrics, logger } = this.#deps
    metrics.deadLetters.inc(deadLetters.length)
    for (const letter of deadLetters) {
      const { project, error, record } = letter
      const id = letterId(letterRow(letter, range))
      const at = { partition: range.partition, offset: record.offset }
      logger.log('error', 'dead_letter', { id, project, ...at, error })
    }
    await deadLetterTopic?.append(deadLetters.map((letter) => letterRecord(letter, range)))
  }
}

// Judges on drafts: a call that fails must leave fence and window as they were.
function select(place: Place, records: readonly StoredRecord[]): Selection {
  const fence = place.fence.copy()
  const fresh = new Set<string>()
  const candidates: Candidate[] = []
  const skips: Skips = { stored: 0, repeat: 0, duplicate: 0 }
  for (const record of records) {
    const project = projectOf(record.key)
    const key = UuidWindow.key(project, record.uuid)
    const stored = storedOf(place, record.offset, record.uuid)
    if (stored) {
      skips.stored++
      fence.pass(record.shard, record)
      // A replay of a dead letter must not be taken for its copy.
      fresh.add(stored.died ? UuidWindow.deadKey(project, record.uuid) : key)
    } else if (fence.isRepeat(record.shard, record)) {
      skips.repeat++
    } else if (isElsewhere(place, record)) {
      skips.repeat++
      fence.pass(record.shard, record)
    } else {
      fence.pass(record.shard, record)
      const died = place.window.has(UuidWindow.deadKey(project, record.uuid))
      if (place.window.has(key) || fresh.has(key) || (died && !isReplay(record))) {
        skips.duplicate++
        continue
      }
      fresh.add(key)
      candidates.push({ record, project })
    }
  }
  return { candidates, skips, fence, fresh }
}

// Only once everything is stored do the drafts become the place.
function pass(
  place: Place,
  records: readonly StoredRecord[],
  { fence, fresh }: Selection,
  { deadLetters }: InsertReport,
): void {
  place.fence = fence
  for (const { project, record } of deadLetters) {
    fresh.delete(UuidWindow.key(project, record.uuid))
    place.window.add(UuidWindow.deadKey(project, record.uuid))
  }
  for (const key of fresh) place.window.add(key)
  for (const { offset } of records) place.stored.delete(offset)
}
