import { expect, it, vi } from 'vitest'
import { createMetrics, sharedReading, showReading, showReadings } from './metrics.ts'

it('shows what can be read, and leaves out what cannot', async () => {
  const metrics = createMetrics()
  let isAway = false
  const read = async () => {
    if (isAway) throw new Error('away')
    return 7
  }
  showReading(metrics, { name: 'a_records', help: 'Some', read })
  const reads = { log: read, store: async () => 0.5 }
  showReadings(metrics, { name: 'b_ratio', help: 'Some', label: 'of', reads })
  expect(await samples()).toEqual(['a_records 7', 'b_ratio{of="log"} 7', 'b_ratio{of="store"} 0.5'])
  isAway = true
  expect(await samples()).toEqual(['b_ratio{of="store"} 0.5'])
  isAway = false
  expect(await samples()).toHaveLength(3)

  async function samples(): Promise<string[]> {
    const text = await metrics.metrics()
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }
})

it('does not let one that never answers hold up the others', async () => {
  vi.useFakeTimers()
  const metrics = createMetrics()
  showReading(metrics, { name: 'a_records', help: 'Some', read: () => new Promise(() => {}) })
  showReading(metrics, { name: 'b_records', help: 'Some', read: async () => 1 })
  const text = metrics.metrics()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await text).toMatch(/^b_records 1$/m)
  expect(await text).not.toMatch(/^a_records /m)
  vi.useRealTimers()
})

it('reads what several are made of once for each scrape, also after a reading that never ends', async () => {
  vi.useFakeTimers()
  const metrics = createMetrics()
  let reads = 0
  const read = sharedReading(() =>
    ++reads === 1 ? new Promise<number>(() => {}) : Promise.resolve(reads),
  )
  showReading(metrics, { name: 'a_records', help: 'Some', read })
  showReading(metrics, { name: 'b_records', help: 'Some', read: async () => -(await read()) })
  const hanging = metrics.metrics()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await hanging).not.toMatch(/^[ab]_records /m)
  const text = await metrics.metrics()
  expect(text).toMatch(/^a_records 2$/m)
  expect(text).toMatch(/^b_records -2$/m)
  vi.useRealTimers()
})
