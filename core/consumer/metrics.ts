import { Counter, Gauge } from 'prom-client'
import type { Clock } from '../shared/clock.ts'
import type { Metrics } from '../shared/metrics.ts'
import type { FreshnessSource } from './freshness.ts'

export interface ConsumerMetrics {
  rows: Counter
  skipped: Counter<'kind'>
  deadLetters: Counter
  deadLetterCopies: Counter<'outcome'>
  retries: Counter
}

export function consumerMetrics(metrics: Metrics): ConsumerMetrics {
  const registers = [metrics]
  return {
    rows: new Counter({ name: 'headwater_consumer_rows_total', help: 'Rows inserted', registers }),
    skipped: new Counter({
      name: 'headwater_consumer_skipped_total',
      help: 'Records that were there already: stored, repeat (edge), duplicate (sender)',
      labelNames: ['kind'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'headwater_consumer_dead_letters_total',
      help: 'Records that can never become rows',
      registers,
    }),
    deadLetterCopies: new Counter({
      name: 'headwater_consumer_dead_letter_copies_total',
      help: 'Dead letters for their own topic, by outcome: appended, failed. The table has all of them',
      labelNames: ['outcome'],
      registers,
    }),
    retries: new Counter({
      name: 'headwater_consumer_insert_retries_total',
      help: 'Inserts tried again because the store was away',
      registers,
    }),
  }
}

/** Shows how far the store is behind the log, read anew whenever the metrics are asked for. */
export function showLag(metrics: Metrics, freshness: FreshnessSource, clock: Clock): void {
  const registers = [metrics]
  new Gauge({
    name: 'headwater_consumer_lag_records',
    help: 'Records on the log that are not in the store yet',
    registers,
    async collect() {
      this.set((await freshness.read()).lag_records)
    },
  })
  new Gauge({
    name: 'headwater_consumer_lag_seconds',
    help: 'Age of the moment up to which the store is complete; NaN while that is not known',
    registers,
    async collect() {
      const { complete_until } = await freshness.read()
      this.set(complete_until === null ? Number.NaN : (clock() - complete_until) / 1000)
    },
  })
}
