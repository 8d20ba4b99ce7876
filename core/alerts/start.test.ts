import { expect, it, vi } from 'vitest'
import { DatabaseAway } from '../auth/database-away.ts'
import { metadataOn } from '../query/saved/metadata.ts'
import { DATABASES } from '../query/saved/test-metadata.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { AlertBench, day } from './alert-bench.ts'
import { createWatchMetrics } from './metrics.ts'
import { startWatcher } from './start.ts'
import { lookAtAll } from './watch.ts'

it('looks and sends by itself, after a database that was away, until it is closed', async () => {
  const bench = await AlertBench.open(DATABASES.PGlite as () => Promise<typeof bench.db>)
  await bench.alert({ condition: { type: 'below', threshold: 1 } })
  const metrics = createMetrics()
  let now = day(0)
  let tries = 0
  const watcher = startWatcher({
    metadata: metadataOn(() => {
      tries++
      if (tries === 1) throw new DatabaseAway(new Error('no'))
      return bench.db
    }),
    store: { query: async () => [], dataVersion: async () => '1' },
    freshness: { read: async () => ({ complete_until: now, lag_records: 0 }) },
    timeoutMs: 1_000,
    webhooks: { secret: 's'.repeat(32), privateHosts: ['127.0.0.1'] },
    clock: () => now,
    logger: silentLogger,
    metrics: createWatchMetrics(metrics),
    pauseMs: 10,
  })
  await vi.waitFor(() => expect(bench.told()).toEqual(['alert.firing']), { timeout: 20_000 })
  now = day(1)
  await vi.waitFor(async () => {
    expect(await metrics.metrics()).toContain('headwater_alert_looks_total{result="kept"} 2')
  }, 20_000)
  const counted = 'headwater_alert_deliveries_total{channel="webhook",result="sent"} 1'
  expect(await metrics.metrics()).toContain(counted)
  await watcher.close()
  now = day(2)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await metrics.metrics()).toContain('headwater_alert_looks_total{result="kept"} 2')
  await bench.close()
})

it('is closed soon although the store and the receiver hang, and blames nobody', async () => {
  const bench = await AlertBench.open(DATABASES.PGlite as () => Promise<typeof bench.db>)
  const alert = await bench.alert()
  bench.setDays(15)
  bench.receiver.status = null
  await lookAtAll(day(0), bench.deps(day(0)))
  await bench.db.deleteFrom('insights.leases').execute()
  let asked = 0
  const watcher = startWatcher({
    metadata: async () => bench.metadata,
    store: {
      query: (_, options) => {
        asked++
        return new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
        })
      },
      dataVersion: async () => '1',
    },
    freshness: { read: async () => ({ complete_until: day(1), lag_records: 0 }) },
    timeoutMs: 60_000,
    webhooks: { secret: 's'.repeat(32), privateHosts: ['127.0.0.1'] },
    clock: () => day(1),
    logger: silentLogger,
    metrics: createWatchMetrics(createMetrics()),
  })
  await vi.waitFor(() => expect([asked > 0, bench.receiver.received.length]).toEqual([true, 1]), {
    timeout: 20_000,
  })
  const started = performance.now()
  await watcher.close()
  expect(performance.now() - started).toBeLessThan(6_000)
  const { alerts } = bench.metadata
  expect(await alerts.watchOf(alert)).toMatchObject({ interval_end: day(0), problem: null })
  expect(await alerts.deliveriesOf(alert, 1)).toMatchObject([{ state: 'pending' }])
  await bench.close()
})
