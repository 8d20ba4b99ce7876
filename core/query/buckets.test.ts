import {
  INTERVALS,
  type Interval,
  WEEK_STARTS,
  type WeekStart,
} from '@headwater/schemas/insights/range'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketLabels, bucketStarts, endOf, startOf } from './buckets.ts'
import { offsetAt, toInstant } from './zone.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const BERLIN = { time_zone: 'Europe/Berlin' }

const labels = (zone: string, interval: Interval, from: string, to: string) =>
  bucketLabels(zone, bucketStarts({ time_zone: zone, interval }, Date.parse(from), Date.parse(to)))

describe('buckets', () => {
  it('gives the spring day of Berlin 23 hours and the autumn day 25', () => {
    const hours = (day: string) => {
      const start = toInstant('Europe/Berlin', Date.parse(`${day}T00:00Z`))
      const end = endOf({ ...BERLIN, interval: 'day' }, start)
      return bucketStarts({ ...BERLIN, interval: 'hour' }, start, end).length
    }
    expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-10-26')]).toEqual([23, 25, 24])
  })

  it('shows the hour that clocks repeat as two buckets', () => {
    expect(labels('Europe/Berlin', 'hour', '2026-10-24T23:30Z', '2026-10-25T02:30Z')).toEqual([
      '2026-10-25T01:00:00+02:00',
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
      '2026-10-25T03:00:00+01:00',
    ])
  })

  it('starts hours on the zone’s own full hour where its offset is 30 or 45 minutes', () => {
    const hour = ['hour', '2026-06-15T00:02Z', '2026-06-15T00:10Z'] as const
    expect(labels('Asia/Kolkata', ...hour)).toEqual(['2026-06-15T05:00:00+05:30'])
    expect(labels('Asia/Kathmandu', ...hour)).toEqual(['2026-06-15T05:00:00+05:45'])
    expect(labels('Australia/Eucla', ...hour)).toEqual(['2026-06-15T08:00:00+08:45'])
  })

  it('follows the half hour by which Lord Howe changes its clocks', () => {
    const hours = (from: string, to: string) => labels('Australia/Lord_Howe', 'hour', from, to)
    expect(hours('2026-10-03T14:45Z', '2026-10-03T16:30Z')).toEqual([
      '2026-10-04T01:00:00+10:30',
      '2026-10-04T02:30:00+11:00',
      '2026-10-04T03:00:00+11:00',
    ])
    // 01:30 to 02:00 comes twice: one bucket of 90 minutes.
    expect(hours('2026-04-04T14:30Z', '2026-04-04T15:45Z')).toEqual([
      '2026-04-05T01:00:00+11:00',
      '2026-04-05T02:00:00+10:30',
    ])
  })

  it('begins a day at its first moment where midnight does not exist', () => {
    expect(labels('America/Sao_Paulo', 'day', '2018-11-03T12:00Z', '2018-11-05T12:00Z')).toEqual([
      '2018-11-03T00:00:00-03:00',
      '2018-11-04T01:00:00-02:00',
      '2018-11-05T00:00:00-02:00',
    ])
  })

  it('has no bucket for the day that Samoa skipped', () => {
    expect(labels('Pacific/Apia', 'day', '2011-12-29T12:00Z', '2011-12-31T12:00Z')).toEqual([
      '2011-12-29T00:00:00-10:00',
      '2011-12-31T00:00:00+14:00',
      '2012-01-01T00:00:00+14:00',
    ])
  })

  it('starts weeks on Monday and months on the first', () => {
    expect(labels('UTC', 'week', '2026-06-17T12:00Z', '2026-06-23T00:00Z')).toEqual([
      '2026-06-15T00:00:00+00:00',
      '2026-06-22T00:00:00+00:00',
    ])
    expect(labels('Asia/Tokyo', 'month', '2025-12-31T14:59Z', '2026-03-01T00:00Z')).toEqual([
      '2025-12-01T00:00:00+09:00',
      '2026-01-01T00:00:00+09:00',
      '2026-02-01T00:00:00+09:00',
      '2026-03-01T00:00:00+09:00',
    ])
  })

  it('starts weeks on the day that the question names', () => {
    const starts = (week_start: WeekStart) =>
      bucketStarts(
        { time_zone: 'UTC', interval: 'week', week_start },
        Date.UTC(2026, 5, 17),
        Date.UTC(2026, 5, 18),
      ).map((start) => new Date(start).toISOString().slice(0, 10))
    expect(starts('sunday')).toEqual(['2026-06-14'])
    expect(starts('saturday')).toEqual(['2026-06-13'])
  })

  it('starts quarters in January, April, July and October, and years in January', () => {
    expect(labels('UTC', 'quarter', '2025-12-31T12:00Z', '2026-07-01T00:00Z')).toEqual([
      '2025-10-01T00:00:00+00:00',
      '2026-01-01T00:00:00+00:00',
      '2026-04-01T00:00:00+00:00',
    ])
    expect(labels('Asia/Tokyo', 'year', '2025-12-31T15:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-01-01T00:00:00+09:00',
      '2027-01-01T00:00:00+09:00',
    ])
  })

  it('never overlaps, never leaves a gap, and reads its own start as its start', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom<Interval>(...INTERVALS.filter((interval) => interval !== 'minute')),
        fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2037, 0) }),
        fc.integer({ min: HOUR_MS, max: 8 * DAY_MS }),
        fc.constantFrom<WeekStart>(...WEEK_STARTS),
        (zone, interval, from, length, week_start) => {
          const calendar = { time_zone: zone, interval, week_start }
          const starts = bucketStarts(calendar, from, from + length)
          expect(starts[0]).toBeLessThanOrEqual(from)
          expect(starts[1] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(from)
          expect(starts.at(-1)).toBeLessThan(from + length)
          for (const [place, start] of starts.entries()) {
            expect(startOf(calendar, start)).toBe(start)
            const next = starts[place + 1]
            if (next !== undefined) expect(endOf(calendar, start)).toBe(next)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('wall-clock readings', () => {
  it('come back from the instant they name, unless clocks jumped over them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2037, 0) }),
        (zone, instant) => {
          const local = instant + offsetAt(zone, instant)
          const back = toInstant(zone, local)
          expect(back).toBeLessThanOrEqual(instant)
          expect(back + offsetAt(zone, back)).toBe(local)
        },
      ),
      { numRuns: 500 },
    )
  })
})

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Pacific/Apia',
  'Pacific/Chatham',
]
