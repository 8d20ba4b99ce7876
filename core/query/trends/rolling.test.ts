import { DEFAULT_SETTINGS } from '@headwater/schemas/insights/settings'
import { TrendsQuery } from '@headwater/schemas/insights/trends'
import { describe, expect, it } from 'vitest'
import { settledBy } from '../settle.ts'
import { Statement } from '../statement.ts'
import { planTrends } from './plan.ts'
import { windowsOf } from './rolling.ts'
import { NO_SPLIT, sliceOf } from './slice.ts'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-10-31T12:00Z')

function windows(interval: string, date_from: string, date_to: string, measure = 'weekly_active') {
  const asked = TrendsQuery.parse({
    kind: 'trends',
    project: 'default',
    series: [{ event: 'a', measure }],
    time_zone: 'Europe/Berlin',
    interval,
    date_from,
    date_to,
  })
  const query = settledBy(asked, DEFAULT_SETTINGS)
  const plan = planTrends(query, { now: NOW, completeUntil: null, firstEventAt: null })
  return windowsOf(sliceOf(plan, new Statement('default'), 0, 0, NO_SPLIT, null))
}
const hours = (some: ReturnType<typeof windows>) =>
  some.map(({ from, to }) => (to - from) / HOUR_MS)

describe('windows of trailing days', () => {
  it('are days of the calendar, also where one has 23 or 25 hours', () => {
    expect(hours(windows('day', '2026-03-28', '2026-03-29'))).toEqual([168, 167])
    expect(hours(windows('day', '2026-10-24', '2026-10-25'))).toEqual([168, 169])
    expect(hours(windows('day', '2026-03-29', '2026-03-29', 'monthly_active'))).toEqual([719])
  })

  it('end with their bucket, whatever its length', () => {
    const [first, last] = windows('month', '2026-05-01', '2026-06-10')
    expect(new Date(first?.to ?? 0).toISOString()).toBe('2026-05-31T22:00:00.000Z')
    expect(new Date(first?.from ?? 0).toISOString()).toBe('2026-05-24T22:00:00.000Z')
    expect(new Date(last?.to ?? 0).toISOString()).toBe('2026-06-10T22:00:00.000Z')
  })

  it.each(['minute', 'hour'])('never go back by the %s while clocks do', (interval) => {
    const night = windows(interval, '2026-10-25T01:00', '2026-10-25T05:00')
    for (const [place, { from, to }] of night.entries()) {
      const next = night[place + 1]
      expect(next?.from ?? from).toBeGreaterThanOrEqual(from)
      expect(next?.to ?? to + 1).toBeGreaterThan(to)
      expect((to - from) / HOUR_MS).toBeGreaterThanOrEqual(168)
      expect((to - from) / HOUR_MS).toBeLessThanOrEqual(169)
    }
  })
})
