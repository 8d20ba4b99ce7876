import type { AlertBody } from '@headwater/schemas/insights/alert'
import { InsightBody } from '@headwater/schemas/insights/saved'
import { DEFAULT_SETTINGS } from '@headwater/schemas/insights/settings'
import { describe, expect, it } from 'vitest'
import { changeItem } from '../query/saved/operations.ts'
import { savedInsight } from '../query/saved/saved-insight.ts'
import type { Item } from '../query/saved/saved-store.ts'
import { changeSettings } from '../query/saved/settings.ts'
import type { OpenDatabase } from '../query/saved/test-metadata.ts'
import { StoreError } from '../store/store.ts'
import { type AlertBench, day, eachOnBench, HOUR_MS } from './alert-bench.ts'

/** What alerts tell, on any database; `open` gives an empty one. */
export function describeAlerts(name: string, open: OpenDatabase): void {
  let bench: AlertBench
  eachOnBench(open, (opened) => {
    bench = opened
  })

  describe(`alerts: ${name}`, () => {
    it('tell each crossing once, up and down', async () => {
      const alert = await bench.alert()
      bench.setDays(5, 15, 20, 3, 3, 11)
      const told = []
      for (let i = 0; i < 6; i++) {
        for (const minute of [1, 2, 500]) await bench.round(day(i) + minute * 60_000)
        told.push(bench.told().length)
      }
      expect(bench.told()).toEqual(['alert.firing', 'alert.resolved', 'alert.firing'])
      expect(told).toEqual([0, 1, 1, 2, 2, 3])
      expect(await bench.metadata.alerts.watchOf(alert)).toMatchObject({
        state: 'firing',
        since: day(5),
        value: 11,
        interval_end: day(5),
      })
      expect(bench.receiver.received[0]?.body.data).toMatchObject({
        project: 'p',
        alert: { id: alert.id, key: 'many', name: 'many' },
        insight: { name: 'visits' },
        value: 15,
        condition: { type: 'above', threshold: 10 },
        interval: { from: new Date(day(0)).toISOString(), to: new Date(day(1)).toISOString() },
      })
      // Once for each interval, however often somebody looked.
      expect(bench.asked).toBe(6)
    })

    it('compare with the interval before', async () => {
      const condition = { type: 'increase', by: 50, unit: 'percent' }
      const alert = await bench.alert({ condition })
      bench.setDays(10, 14, 21, 21)
      for (let i = 1; i < 4; i++) await bench.round(day(i))
      expect(bench.told()).toEqual(['alert.firing', 'alert.resolved'])
      expect(bench.receiver.received[0]?.body.data).toMatchObject({ value: 21, previous: 14 })
      expect(await bench.metadata.alerts.watchOf(alert)).toMatchObject({ value: 21, previous: 21 })
    })

    it('wait for complete data', async () => {
      await bench.alert()
      bench.setDays(0, 15)
      bench.completeUntil = null
      await bench.round(day(1) + HOUR_MS)
      bench.completeUntil = day(1) - 1
      await bench.round(day(1) + HOUR_MS)
      expect(bench.told()).toEqual([])
      bench.completeUntil = day(1)
      await bench.round(day(1) + 2 * HOUR_MS)
      expect(bench.told()).toEqual(['alert.firing'])
    })

    it('keep their state where there is no number', async () => {
      const alert = await bench.alert()
      bench.setDays(15, null, 15, null, 1)
      for (let i = 0; i < 5; i++) await bench.round(day(i))
      expect(bench.told()).toEqual(['alert.firing', 'alert.resolved'])
      expect(await bench.metadata.alerts.watchOf(alert)).toMatchObject({
        state: 'ok',
        since: day(4),
      })
    })

    it('look at the days of their insight’s zone, also when clocks change', async () => {
      await bench.alert({}, 'p', { time_zone: 'Europe/Berlin' })
      // 25 October 2026 has 25 hours in Berlin.
      const end = Date.UTC(2026, 9, 25, 23)
      bench.values.set(end, 15)
      bench.values.set(end - 25 * HOUR_MS, 1)
      await bench.round(end - 1)
      expect(bench.told()).toEqual([])
      await bench.round(end)
      expect(bench.told()).toEqual(['alert.firing'])
      expect(bench.receiver.received[0]?.body.data.interval).toEqual({
        from: '2026-10-24T22:00:00.000Z',
        to: '2026-10-25T23:00:00.000Z',
      })
    })

    it('look at the days of their project where neither they nor their insight name a zone', async () => {
      const settings = { ...DEFAULT_SETTINGS, time_zone: 'Asia/Tokyo' }
      await bench.metadata.saved.write('p', (writer) =>
        changeSettings(settings, null, { project: 'p', writer, now: day(0) }),
      )
      const alert = await bench.alert()
      const { insight } = alert.body as AlertBody
      await bench.subscription({ of: { insight } })
      // Midnight in Tokyo is at 15:00 in UTC.
      const end = day(0) - 9 * HOUR_MS
      bench.values.set(end, 15)
      const zones: string[] = []
      const { ask } = bench.deps(end)
      await bench.round(end, {
        ask: (query, ...rest) => {
          zones.push(query.time_zone)
          return ask(query, ...rest)
        },
      })
      expect(zones).toEqual(['Asia/Tokyo', 'Asia/Tokyo'])
      const interval = { from: '2026-06-15T15:00:00.000Z', to: '2026-06-16T15:00:00.000Z' }
      expect(bench.receiver.received.map(({ body }) => body.data.interval)).toEqual([
        interval,
        interval,
      ])
    })

    it('judge only the newest of the intervals that nobody looked at', async () => {
      await bench.alert()
      bench.setDays(1, 15, 1, 15)
      await bench.round(day(0))
      await bench.round(day(3))
      expect(bench.told()).toEqual(['alert.firing'])
      expect(bench.asked).toBe(2)
    })

    it('stand still while they are snoozed or switched off', async () => {
      const alert = await bench.alert()
      bench.setDays(1, 15, 15, 1)
      await bench.round(day(0))
      await bench.metadata.alerts.snooze(alert, day(1) + HOUR_MS)
      await bench.round(day(1))
      expect(bench.told()).toEqual([])
      await bench.round(day(1) + HOUR_MS)
      expect(bench.told()).toEqual(['alert.firing'])
      await bench.change(alert, { enabled: false })
      await bench.round(day(3))
      expect(bench.told()).toEqual(['alert.firing'])
    })

    it('go on when the store was away, and say so meanwhile', async () => {
      const alert = await bench.alert()
      bench.setDays(15)
      const problems = [
        [new StoreError('unavailable', 'SELECT secret'), 'the store is away or busy'],
        [new Error('SELECT secret'), 'this is our fault; it was logged'],
      ] as const
      for (const [error, problem] of problems) {
        await bench.round(day(0), { ask: () => Promise.reject(error) })
        const watch = await bench.metadata.alerts.watchOf(alert)
        expect(watch).toMatchObject({ state: 'unknown', problem })
      }
      await bench.round(day(0))
      expect(await bench.metadata.alerts.watchOf(alert)).toMatchObject({
        state: 'firing',
        problem: null,
      })
    })

    it('say so when their insight has become one that cannot be watched', async () => {
      const alert = await bench.alert()
      const { saved, alerts } = bench.metadata
      const { insight } = alert.body as AlertBody
      await saved.write('p', async (writer) => {
        const item = (await writer.find('p', 'insight', insight)) as Item
        const { query, ...rest } = item.body as InsightBody
        const body = InsightBody.parse({ ...rest, query: { ...query, interval: 'month' } })
        const writing = { project: 'p', writer, now: day(0) }
        return changeItem(savedInsight, item, { body }, null, writing)
      })
      bench.setDays(15)
      await bench.round(day(0))
      expect(bench.told()).toEqual([])
      const { problem } = await alerts.watchOf(alert)
      expect(problem).toContain('before it has ended; use month')
    })

    it('hold up no other when one fails', async () => {
      await bench.alert({}, 'a')
      await bench.alert({}, 'b')
      bench.setDays(15)
      const { ask } = bench.deps(day(0))
      await bench.round(day(0), {
        ask: (query, ...rest) =>
          query.project === 'a' ? Promise.reject(new Error('no')) : ask(query, ...rest),
      })
      expect(bench.receiver.received.map(({ body }) => body.data.project)).toEqual(['b'])
    })

    it('send to each of their channels', async () => {
      const urls = [`${bench.receiver.url}?a`, `${bench.receiver.url}?b`]
      await bench.alert({ channels: urls.map((url) => ({ type: 'webhook', url })) })
      bench.setDays(15)
      await bench.round(day(0))
      expect(new Set(bench.receiver.received.map(({ id }) => id)).size).toBe(2)
    })
  })
}
