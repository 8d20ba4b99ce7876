import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../shared/clock.ts'
import { readConfig } from '../shared/config.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import type { Service } from '../shared/service.ts'
import type { QueryStore } from '../store/store.ts'
import { startQuery } from './start.ts'

let service: Service | undefined
afterEach(() => service?.close())

const secret = 'x'.repeat(32)
const config = readConfig({
  WRITE_KEY_SECRET: secret,
  BRIDGE_SECRET: secret,
  AUTH_SECRET: secret,
  QUERY_PORT: '0',
})

const dataVersion = async () => '1'

async function serve(store: QueryStore): Promise<string> {
  service = await startQuery({
    config,
    store,
    freshness: { read: async () => ({ complete_until: null, lag_records: 0 }) },
    clock: systemClock,
    logger: silentLogger,
    metrics: createMetrics(),
  })
  return service.url ?? ''
}

it('ends the question of a client that went away', async () => {
  const asked = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const url = await serve({
    dataVersion,
    query(_, options) {
      asked.resolve()
      return new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () => {
          ended.resolve()
          reject(options.signal?.reason)
        })
      })
    },
  })
  const controller = new AbortController()
  const gone = fetch(`${url}/api/trends?project=default&event=a`, { signal: controller.signal })
  await asked.promise
  controller.abort()
  await expect(gone).rejects.toThrow()
  await ended.promise
})

it('knows the projects that have events, and the default one', async () => {
  const url = await serve({ dataVersion, query: async <Row>() => [] as Row[] })
  const status = async (project: string) =>
    (await fetch(`${url}/api/trends?project=${project}&event=a`)).status
  expect([await status('default'), await status('another')]).toEqual([200, 404])
})

it('listens on loopback', async () => {
  expect(await serve({ dataVersion, query: async <Row>() => [] as Row[] })).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+$/,
  )
})

it('does not start when it must know who asks, and nobody can tell', async () => {
  const starting = startQuery({
    config: { ...config, QUERY_ACCESS: 'required' },
    store: { dataVersion, query: async <Row>() => [] as Row[] },
    freshness: { read: async () => ({ complete_until: null, lag_records: 0 }) },
    clock: systemClock,
    logger: silentLogger,
    metrics: createMetrics(),
  })
  await expect(starting).rejects.toThrow('QUERY_ACCESS')
})
