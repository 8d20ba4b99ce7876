import { systemClock } from '../shared/clock.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { createQueryApp } from './app.ts'
import { OPENAPI_INFO } from './docs.ts'

export const OPENAPI_FILE = new URL('../../schemas/openapi/query.json', import.meta.url)

/** The OpenAPI document as the file holds it. The routes are described, never called. */
export function describeQueryApi(): string {
  const app = createQueryApp({
    store: { query: () => Promise.resolve([]), dataVersion: () => Promise.resolve('') },
    freshness: { read: () => Promise.resolve({ complete_until: null, lag_records: 0 }) },
    projectExists: () => Promise.resolve(true),
    timeoutMs: 1_000,
    origins: [],
    hosts: [],
    clock: systemClock,
    logger: silentLogger,
    metrics: createMetrics(),
  })
  return `${JSON.stringify(app.getOpenAPI31Document(OPENAPI_INFO), null, 2)}\n`
}
