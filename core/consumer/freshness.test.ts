import { expect, it } from 'vitest'
import type { PartitionProgress, PartitionState } from '../log/log.ts'
import { createMetrics } from '../shared/metrics.ts'
import { logFreshness } from './freshness.ts'
import { showLag } from './metrics.ts'

const NOW = 1_800_000_000_000

it('is complete up to now when every partition is handled to its end', async () => {
  const { freshness } = source([{ partition: 0, start: 0, end: 7 }], { 0: done(7, NOW - 60_000) })
  expect(await freshness.read()).toEqual({ complete_until: NOW, lag_records: 0 })
})

it('goes on with what was handled while a steady load never lets it catch up', async () => {
  const handled = { 0: done(5, NOW - 900) }
  const { freshness, progress } = source([{ partition: 0, start: 0, end: 9 }], handled)
  expect(await freshness.read()).toEqual({ complete_until: NOW - 900, lag_records: 4 })
  progress.set(0, done(8, NOW - 300))
  expect(await freshness.read()).toEqual({ complete_until: NOW - 300, lag_records: 1 })
})

it('is as complete as its slowest partition', async () => {
  const states = [
    { partition: 0, start: 0, end: 3 },
    { partition: 1, start: 0, end: 9 },
  ]
  const { freshness } = source(states, { 0: done(3, NOW - 10), 1: done(4, NOW - 2_000) })
  expect(await freshness.read()).toEqual({ complete_until: NOW - 2_000, lag_records: 5 })
})

it('claims nothing while records wait and none was handled since the start', async () => {
  const handled = { 0: { next: 2, lastAppendedAt: null } }
  const { freshness } = source([{ partition: 0, start: 0, end: 4 }], handled)
  expect(await freshness.read()).toEqual({ complete_until: null, lag_records: 2 })
})

it('shows the lag in records and seconds to Prometheus', async () => {
  const { freshness } = source([{ partition: 0, start: 0, end: 9 }], { 0: done(5, NOW - 1_500) })
  const metrics = createMetrics()
  showLag(metrics, freshness, () => NOW)
  const text = await metrics.metrics()
  expect(text).toMatch(/^headwater_consumer_lag_records 4$/m)
  expect(text).toMatch(/^headwater_consumer_lag_seconds 1.5$/m)
})

type Handled = Omit<PartitionProgress, 'partition'>

function done(next: number, lastAppendedAt: number): Handled {
  return { next, lastAppendedAt }
}

function source(states: PartitionState[], handled: Record<number, Handled>) {
  const progress = new Map(Object.entries(handled).map(([key, value]) => [Number(key), value]))
  const log = {
    partitions: async () => states,
    progress: async () => [...progress].map(([partition, value]) => ({ partition, ...value })),
  }
  return { freshness: logFreshness(log, 'store', () => NOW), progress }
}
