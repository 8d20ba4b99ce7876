import { Counter, Histogram } from 'prom-client'
import type { Metrics } from '../shared/metrics.ts'
import type { AnswerCache } from './answer-cache.ts'
import { QUERY_STATUS } from './errors.ts'

const BUCKETS_S = [0.005, 0.02, 0.1, 0.3, 1, 3, 10, 30]

export type AnswerSource = 'store' | 'cache'
type CacheLevel = AnswerCache['level']

/** What the query API says about itself. */
export interface QueryMetrics {
  answered(insight: string, source: AnswerSource, durationMs: number): void
  refused(code: string): void
  cacheAsked(level: CacheLevel, result: 'hit' | 'miss' | 'error'): void
  /** An answer could not be kept. */
  cacheFailed(level: CacheLevel): void
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
  for (const code of Object.keys(QUERY_STATUS)) refusals.inc({ code }, 0)
  return {
    ...countCache(registry),
    answered(insight, source, durationMs) {
      answers.inc({ insight, source })
      if (source === 'store') seconds.observe({ insight }, durationMs / 1000)
    },
    refused(code) {
      refusals.inc({ code })
    },
  }
}

function countCache(registry: Metrics): Pick<QueryMetrics, 'cacheAsked' | 'cacheFailed'> {
  const lookups = new Counter({
    name: 'headwater_query_cache_lookups_total',
    help: 'Answers looked up, by level of the cache and by what came of it.',
    labelNames: ['level', 'result'],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'headwater_query_cache_write_failures_total',
    help: 'Answers that a level of the cache failed to keep.',
    labelNames: ['level'],
    registers: [registry],
  })
  for (const level of ['memory', 'redis']) failures.inc({ level }, 0)
  return {
    cacheAsked: (level, result) => lookups.inc({ level, result }),
    cacheFailed: (level) => failures.inc({ level }),
  }
}
