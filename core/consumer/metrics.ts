import { Counter, Histogram } from 'prom-client'
import type { Clock } from '../shared/clock.ts'
import { type Metrics, showReading } from '../shared/metrics.ts'
import type { FreshnessSource } from './freshness.ts'

const BUCKETS_S = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export interface ConsumerMetrics {
  rows: Counter
  bytes: Counter
  insertSeconds: Histogram
  freshnessSeconds: Histogram
  skipped: Counter<'kind'>
  deadLetters: Counter
  deadLetterCopies: Counter<'outcome'>
  retries: Counter
}

export function consumerMetrics(metrics: Metrics): ConsumerMetrics {
  const registers = [metrics]
  // Every kind and outcome from 0: Prometheus sees no growth in a count that begins at 1.
  const skipped = new Counter({
    name: 'headwater_consumer_skipped_total',
    help: 'Records that were there already: stored, repeat (edge), duplicate (sender)',
    labelNames: ['kind'],
    registers,
  })
  for (const kind of ['stored', 'repeat', 'duplicate']) skipped.inc({ kind }, 0)
  const deadLetterCopies = new Counter({
    name: 'headwater_consumer_dead_letter_copies_total',
    help: 'Dead letters for their own topic, by outcome: appended, failed. The table has all of them',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['appended', 'failed']) deadLetterCopies.inc({ outcome }, 0)
  return {
    skipped,
    rows: new Counter({ name: 'headwater_consumer_rows_total', help: 'Rows inserted', registers }),
    bytes: new Counter({
      name: 'headwater_consumer_row_bytes_total',
      help: 'Characters of the inserted rows, as JSON',
      registers,
    }),
    insertSeconds: new Histogram({
      name: 'headwater_consumer_insert_seconds',
      help: 'Time to store one call of records, tries and halves included',
      buckets: BUCKETS_S,
      registers,
    }),
    freshnessSeconds: new Histogram({
      name: 'headwater_consumer_freshness_seconds',
      help: 'From the log taking the oldest record of a call until it can be queried',
      buckets: BUCKETS_S,
      registers,
    }),
    deadLetters: new Counter({
      name: 'headwater_consumer_dead_letters_total',
      help: 'Records that can never become rows',
      registers,
    }),
    deadLetterCopies,
    retries: new Counter({
      name: 'headwater_consumer_insert_retries_total',
      help: 'Inserts tried again because the store was away',
      registers,
    }),
  }
}

/** Shows how far the store is behind the log. */
export function showLag(metrics: Metrics, freshness: FreshnessSource, clock: Clock): void {
  showReading(metrics, {
    name: 'headwater_consumer_lag_records',
    help: 'Records on the log that are not in the store yet',
    read: async () => (await freshness.read()).lag_records,
  })
  showReading(metrics, {
    name: 'headwater_consumer_lag_seconds',
    help: 'Age of the moment up to which the store is complete; NaN while that is not known',
    async read() {
      const { complete_until } = await freshness.read()
      return complete_until === null ? Number.NaN : (clock() - complete_until) / 1000
    },
  })
}
