import { Counter, Histogram } from 'prom-client'
import type { Metrics } from '../shared/metrics.ts'

const BUCKETS_S = [0.005, 0.02, 0.1, 0.3, 1, 3, 10, 30]

export type AnswerSource = 'store' | 'cache'

/** What the query API says about itself. */
export interface QueryMetrics {
  answered(insight: string, source: AnswerSource, durationMs: number): void
  refused(code: string): void
}

export function createQueryMetrics(registry: Metrics): QueryMetrics {
  const answers = new Counter({
    name: 'headwater_query_answers_total',
    help: 'Questions answered, by insight and by where the answer came from.',
    labelNames: ['insight', 'source'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'headwater_query_store_seconds',
    help: 'Time that the store took for a question.',
    labelNames: ['insight'],
    buckets: BUCKETS_S,
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'headwater_query_refusals_total',
    help: 'Questions refused, by error code.',
    labelNames: ['code'],
    registers: [registry],
  })
  return {
    answered(insight, source, durationMs) {
      answers.inc({ insight, source })
      if (source === 'store') seconds.observe({ insight }, durationMs / 1000)
    },
    refused(code) {
      refusals.inc({ code })
    },
  }
}
