import type { TrendsQuery } from '@headwater/schemas/insights/trends'
import { describe, expect, it } from 'vitest'
import { bucketStarts } from '../buckets.ts'
import { resolveRange } from '../date-range.ts'
import { earlierRange } from './earlier.ts'

const NOW = Date.parse('2026-03-31T10:20:30Z')

type Asked = Parameters<typeof earlierRange>[0]

/** The earlier range, by the clocks of its zone. */
function earlier(changes: Partial<TrendsQuery>): string[] {
  const asked: Asked = {
    date_from: '-7d',
    interval: 'day',
    time_zone: 'Europe/Berlin',
    week_start: 'monday',
    compare: { to: 'previous' },
    ...changes,
  }
  const range = resolveRange(asked, NOW, asked.interval)
  const buckets = bucketStarts(asked, range.from, range.to).length
  const { from, to } = earlierRange(asked, { ...range, buckets }, NOW)
  return [from, to].map((instant) => onTheWall(asked.time_zone, instant))
}

const onTheWall = (time_zone: string, instant: number) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: time_zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(instant)

describe('the time before a range', () => {
  it('is as many days, although one of them had 23 hours', () => {
    expect(earlier({ date_from: '-6d' })).toEqual(['2026-03-18 00:00', '2026-03-25 00:00'])
    const weekend = { date_from: '2026-03-28', date_to: '2026-03-29' }
    expect(earlier(weekend)).toEqual(['2026-03-26 00:00', '2026-03-28 00:00'])
  })

  it('ends at the same time of day as a range that ends within one', () => {
    const range = { date_from: '2026-03-30', date_to: '2026-03-31T09:30' }
    expect(earlier(range)).toEqual(['2026-03-28 00:00', '2026-03-29 09:30'])
  })

  it('is as many hours by the hour, whatever clocks did', () => {
    const range = { date_from: '2026-03-29T00:00', date_to: '2026-03-29T05:00' }
    expect(earlier({ ...range, interval: 'hour' })).toEqual([
      '2026-03-28 20:00',
      '2026-03-29 00:00',
    ])
  })

  it('is as many minutes by the minute', () => {
    const range = { date_from: '2026-03-30T10:00', date_to: '2026-03-30T10:45' }
    expect(earlier({ ...range, interval: 'minute' })).toEqual([
      '2026-03-30 09:15',
      '2026-03-30 10:00',
    ])
  })

  it('is as many months by the month, as far into the last one', () => {
    const range = { date_from: '2026-02-01', date_to: '2026-03-15' }
    expect(earlier({ ...range, interval: 'month' })).toEqual([
      '2025-12-01 00:00',
      '2026-01-16 00:00',
    ])
    const quarter = { date_from: '2026-01-01', date_to: '2026-03-31' }
    expect(earlier({ ...quarter, interval: 'quarter' })).toEqual([
      '2025-10-01 00:00',
      '2026-01-01 00:00',
    ])
  })

  it('is the whole unit before when a unit is asked for by its edges', () => {
    const day = (date_from: string, more: Partial<TrendsQuery> = {}) =>
      earlier({ date_from, ...more }).map((time) => time.slice(0, 10))
    expect(day('week_start')).toEqual(['2026-03-23', '2026-03-30'])
    expect(day('week_start', { week_start: 'sunday' })).toEqual(['2026-03-22', '2026-03-29'])
    expect(day('month_start')).toEqual(['2026-02-01', '2026-03-01'])
    expect(day('quarter_start')).toEqual(['2025-10-01', '2026-01-01'])
    expect(day('year_start')).toEqual(['2025-01-01', '2026-01-01'])
    expect(day('month_start', { date_to: 'month_end' })).toEqual(['2026-02-01', '2026-03-01'])
    const last = { date_to: '-1month_end' }
    expect(day('-1month_start', last)).toEqual(['2026-01-01', '2026-02-01'])
  })

  it('is as long when only one edge of a unit is asked for', () => {
    const range = { date_from: 'month_start', date_to: '2026-03-10' }
    expect(earlier(range)).toEqual(['2026-02-19 00:00', '2026-03-01 00:00'])
    expect(earlier({ date_from: '-1month_start', date_to: '2026-02-10' })).toEqual([
      '2026-01-22 00:00',
      '2026-02-01 00:00',
    ])
  })

  it.each([
    ['-1w', '2026-03-21 00:00', '2026-03-23 00:00'],
    ['-1y', '2025-03-28 00:00', '2025-03-30 00:00'],
    ['-48h', '2026-03-26 00:00', '2026-03-27 23:00'],
  ])('is %s earlier when that is asked for', (to, from, until) => {
    const range = { date_from: '2026-03-28', date_to: '2026-03-29' }
    expect(earlier({ ...range, compare: { to } })).toEqual([from, until])
  })

  it('takes the last days of a shorter month', () => {
    const range = { date_from: '2026-03-30', date_to: '2026-03-31', compare: { to: '-1m' } }
    expect(earlier(range)).toEqual(['2026-02-28 00:00', '2026-03-01 00:00'])
  })

  it('is refused before 1970', () => {
    expect(() => earlier({ compare: { to: '-60y' } })).toThrow(
      expect.objectContaining({ code: 'invalid_query', field: 'compare' }),
    )
  })
})
