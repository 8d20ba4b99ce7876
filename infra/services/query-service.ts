// For tests: what a query service does with a cache that it shares.
import type { TrendResult } from '@headwater/schemas/insight'
import { expect, vi } from 'vitest'
import { createQueryApp } from '../../core/query/app.ts'
import type { RedisCache } from '../../core/query/redis-cache.ts'
import { identified } from '../../core/query/store-identity.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { createMetrics } from '../../core/shared/metrics.ts'
import type { ClickHouseStore } from '../../core/store/clickhouse.ts'

export const NOW = Date.UTC(2026, 5, 17, 12)
export const RETRY_MS = 10_000
/** For a question to an idle store, on a machine that is not. */
export const BOUND_MS = 5_000

export interface Served {
  /** The total of a trend, and whether it was kept. */
  total(params?: Record<string, string>): Promise<[number | undefined, boolean]>
  /** The same, in a bounded time. */
  timed(params?: Record<string, string>): Promise<[number | undefined, boolean]>
  /** Questions that reached the store. */
  asked(): number
  /** Values of a metric by their labels. */
  metric(name: string): Promise<Record<string, number>>
}

export function served(store: ClickHouseStore, sharedCache: RedisCache): Served {
  let asked = 0
  const metrics = createMetrics()
  const unique = identified(store)
  const app = createQueryApp({
    store: {
      query(query, options) {
        asked++
        return store.query(query, options)
      },
      dataVersion: () => unique.dataVersion(),
    },
    sharedCache,
    freshness: { read: async () => ({ complete_until: NOW, lag_records: 0 }) },
    projectExists: async () => true,
    timeoutMs: 20_000,
    origins: [],
    hosts: [],
    clock: () => NOW,
    logger: silentLogger,
    metrics,
  })
  const total: Served['total'] = async (params = {}) => {
    const query = new URLSearchParams({ project: 'default', event: '$pageview', ...params })
    const response = await app.request(`http://localhost/api/trends?${query}`)
    expect(response.status).toBe(200)
    const { series, from_cache } = (await response.json()) as TrendResult
    return [series[0]?.total ?? 0, from_cache]
  }
  return {
    total,
    asked: () => asked,
    async timed(params) {
      const started = performance.now()
      const answer = await total(params)
      expect(performance.now() - started).toBeLessThan(BOUND_MS)
      return answer
    },
    async metric(name) {
      const lines = (await metrics.metrics()).matchAll(new RegExp(`^${name}\\{(.*)\\} (.*)$`, 'gm'))
      return Object.fromEntries([...lines].map(([, labels, value]) => [labels, Number(value)]))
    },
  }
}

/** Resolves when the cache has reached its Redis. */
export async function connected(cache: RedisCache): Promise<RedisCache> {
  await vi.waitFor(() => cache.get('any'), { timeout: RETRY_MS, interval: 20 })
  return cache
}
