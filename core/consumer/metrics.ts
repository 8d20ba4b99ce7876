import { Counter } from 'prom-client'
import type { Metrics } from '../shared/metrics.ts'

export interface ConsumerMetrics {
  rows: Counter
  skipped: Counter<'kind'>
  deadLetters: Counter
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
    retries: new Counter({
      name: 'headwater_consumer_insert_retries_total',
      help: 'Inserts tried again because the store was away',
      registers,
    }),
  }
}
