import { describe, expect, it } from 'vitest'
import { removeItem } from '../query/saved/operations.ts'
import type { OpenDatabase } from '../query/saved/test-metadata.ts'
import { type AlertBench, DAY_MS, day, eachOnBench, HOUR_MS } from './alert-bench.ts'
import { savedAlert } from './saved-alert.ts'
import { retryAfter, sendAll } from './watch.ts'

/** How messages are sent and reports made, on any database. */
export function describeMessages(name: string, open: OpenDatabase): void {
  let bench: AlertBench
  eachOnBench(open, (opened) => {
    bench = opened
  })

  describe(`a message: ${name}`, () => {
    it('is tried again, later and later, with the same id', async () => {
      const alert = await bench.alert()
      bench.setDays(15)
      bench.receiver.status = 500
      await bench.round(day(0))
      const tries: number[] = []
      for (let second = 0; second < 4_000; second += 10) {
        const before = bench.receiver.received.length
        await sendAll(day(0) + second * 1000, bench.deps(day(0)))
        if (bench.receiver.received.length > before) tries.push(second)
      }
      expect(tries).toEqual([30, 150, 630, 2550])
      const [pending] = await bench.metadata.alerts.deliveriesOf(alert, 10)
      expect(pending).toMatchObject({
        state: 'pending',
        attempts: 5,
        status: 500,
        problem: 'the receiver answered 500',
      })
      bench.receiver.status = 200
      await sendAll(day(1), bench.deps(day(1)))
      const [sent] = await bench.metadata.alerts.deliveriesOf(alert, 10)
      expect(sent).toMatchObject({ state: 'sent', status: 200, problem: null, done_at: day(1) })
      expect(new Set(bench.receiver.received.map(({ id }) => id)).size).toBe(1)
      expect(retryAfter(20)).toBe(HOUR_MS)
    }, 120_000)

    it('is given up when the receiver is gone for good, or never comes back', async () => {
      const alert = await bench.alert()
      bench.setDays(15, 1, 15)
      bench.receiver.status = 410
      await bench.round(day(0))
      const last = async () => (await bench.metadata.alerts.deliveriesOf(alert, 1))[0]
      expect(await last()).toMatchObject({ state: 'failed', attempts: 1, status: 410 })
      bench.receiver.status = 503
      await bench.round(day(1))
      for (let i = 1; i <= 30; i++) await sendAll(day(1) + i * HOUR_MS, bench.deps(day(1)))
      expect(await last()).toMatchObject({ state: 'failed', attempts: 26, reason: 'resolved' })
    }, 120_000)

    it('of an end waits for that of its beginning', async () => {
      await bench.alert()
      bench.setDays(15, 1)
      bench.receiver.status = 500
      await bench.round(day(0))
      await bench.round(day(1))
      bench.receiver.status = 200
      bench.receiver.received.length = 0
      for (let i = 1; i < 4; i++) await sendAll(day(1) + i * HOUR_MS, bench.deps(day(1)))
      expect(bench.receiver.received.map(({ body }) => body.type)).toEqual([
        'alert.firing',
        'alert.resolved',
      ])
    })

    it('is not sent any more when its alert was deleted', async () => {
      const alert = await bench.alert()
      bench.setDays(15)
      bench.receiver.status = 500
      await bench.round(day(0))
      bench.receiver.received.length = 0
      const { saved, alerts } = bench.metadata
      await saved.write('p', (writer) =>
        removeItem(savedAlert, alert, null, { project: 'p', writer, now: day(0) }),
      )
      await sendAll(day(1), bench.deps(day(1)))
      expect(bench.receiver.received).toEqual([])
      expect(await alerts.deliveriesOf(alert, 1)).toMatchObject([
        { state: 'failed', problem: 'it was deleted' },
      ])
    })

    it('is forgotten after 30 days', async () => {
      const alert = await bench.alert()
      bench.setDays(15)
      await bench.round(day(0))
      await bench.round(day(29))
      expect(await bench.metadata.alerts.deliveriesOf(alert, 10)).toHaveLength(2)
      await bench.round(day(31))
      expect(await bench.metadata.alerts.deliveriesOf(alert, 10)).toHaveLength(1)
    })
  })

  describe(`a subscription: ${name}`, () => {
    it('sends a dashboard’s answers once after each interval, with its dates', async () => {
      const insights = [await bench.insight(), await bench.insight()]
      const place = { x: 0, y: 0, w: 6, h: 4 }
      const tiles = insights.map(({ id }) => ({ insight: id, ...place }))
      const dashboard = await bench.dashboard({ tiles, date_from: '-3d' })
      const item = await bench.subscription({
        of: { dashboard: dashboard.id },
        delay_minutes: 480,
        time_zone: 'Europe/Berlin',
      })
      const dates: string[] = []
      const { ask } = bench.deps(0)
      const change: Parameters<AlertBench['round']>[1] = {
        ask(query, ...rest) {
          dates.push(query.date_from)
          return ask(query, ...rest)
        },
      }
      // Eight in the morning in Berlin.
      const eight = day(1) + 6 * HOUR_MS
      for (const now of [eight - 1, eight, eight + 1, eight + DAY_MS - 1]) {
        await bench.round(now, change)
      }
      expect(bench.told()).toEqual(['report', 'report'])
      expect(new Set(dates)).toEqual(new Set(['-3d']))
      expect(bench.receiver.received[1]?.body.data).toMatchObject({
        subscription: { id: item.id },
        dashboard: { id: dashboard.id },
        interval: { from: '2026-06-16T22:00:00.000Z', to: '2026-06-17T22:00:00.000Z' },
        results: insights.map(({ id }) => ({ insight: { id }, result: { kind: 'trends' } })),
      })
    })

    it('sends one insight, too', async () => {
      const insight = await bench.insight()
      await bench.subscription({ of: { insight: insight.id } })
      await bench.round(day(0))
      expect(bench.receiver.received[0]?.body.data).toMatchObject({
        insight: { id: insight.id },
        results: [{ insight: { id: insight.id } }],
      })
    })
  })
}
