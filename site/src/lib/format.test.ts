import { describe, expect, it } from 'vitest'
import {
  formatAgo,
  formatBreakdown,
  formatBucket,
  formatBytes,
  formatClock,
  formatCompact,
  formatMoment,
  formatSeconds,
  formatShare,
  formatTick,
  wallTime,
} from './format.ts'

describe('numbers in words', () => {
  it.each([
    [null, '–'],
    [0, '0 %'],
    [1, '100 %'],
    [0.3333, '33.3 %'],
    [0.99999, '> 99.9 %'],
    [0.0001, '< 0.1 %'],
  ])('writes the share %s as %s', (share, words) => {
    expect(formatShare(share)).toBe(words)
  })

  it.each([
    [null, '–'],
    [0.04, '0 s'],
    [2.34, '2.3 s'],
    [59.6, '1 min'],
    [61, '1 min 1 s'],
    [7_200, '2 h'],
    [7_500, '2 h 5 min'],
    [90_000, '1 d 1 h'],
  ])('writes %s seconds as %s', (seconds, words) => {
    expect(formatSeconds(seconds)).toBe(words)
  })

  it('keeps counts below ten thousand exact', () => {
    expect([9_999, 12_345, 3_400_000].map(formatCompact)).toEqual(['9,999', '12.3k', '3.4m'])
  })
})

describe('times in words', () => {
  const now = new Date('2026-11-23T14:03:20Z')

  it('tells the time of today to the second, in the zone of the question', () => {
    expect(formatClock('2026-11-23T14:03:10Z', 'UTC', now)).toBe('14:03:10')
    expect(formatClock('2026-11-23T14:03:10Z', 'Asia/Tokyo', now)).toBe('23:03:10')
  })

  it('adds the date when it is another day in that zone', () => {
    expect(formatClock('2026-11-22T23:30:00Z', 'UTC', now)).toBe('22 Nov, 23:30:00')
    expect(formatClock('2026-11-22T23:30:00Z', 'Europe/Berlin', now)).toBe('00:30:00')
  })

  it('tells how long ago in one unit, and never a time to come', () => {
    const ago = (iso: string) => formatAgo(iso, now)
    expect(ago('2026-11-23T14:03:16Z')).toBe('4 s ago')
    expect(ago('2026-11-23T11:00:00Z')).toBe('3 h ago')
    expect(ago('2026-11-23T14:03:25Z')).toBe('0 s ago')
  })

  it('shows a bucket by the clock of its own zone, whatever the zone of the reader', () => {
    expect(wallTime('2026-11-23T00:00:00+09:00').toISOString()).toBe('2026-11-23T00:00:00.000Z')
    expect(formatBucket('2026-11-23T00:00:00+09:00', 'day')).toBe('Mon 23 Nov')
    expect(formatBucket('2026-11-23T00:00:00-05:00', 'week')).toBe('Week of 23 Nov')
    expect(formatBucket('2026-11-01T00:00:00+01:00', 'month')).toBe('Nov 2026')
    expect(formatTick(wallTime('2026-11-23T17:00:00+09:00'))).toEqual(['23 Nov', '17:00'])
  })
})

describe('breakdown values in words', () => {
  it('names countries, and leaves other values as they are', () => {
    const value = (text: string) => ({ kind: 'value' as const, value: text })
    expect(formatBreakdown(value('DE'), '$country')).toBe('Germany')
    expect(formatBreakdown(value('DE'), 'plan')).toBe('DE')
    expect(formatBreakdown(value('T1'), '$country')).toBe('T1')
  })

  it('tells the rest and the missing from values of the same text', () => {
    expect(formatBreakdown({ kind: 'other', value: '' })).toBe('Other')
    expect(formatBreakdown({ kind: 'none', value: '' })).toBe('(none)')
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [4_549, '4.5 kB'],
    [1_250_000, '1.3 MB'],
    [5e12, '5000 GB'],
  ])('%d are %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words)
  })
})

describe('a moment', () => {
  it('is told in UTC, or by the clock of a zone', () => {
    expect(formatMoment('2026-06-17T12:00:05.250Z')).toBe('17 Jun 2026, 12:00:05')
    expect(formatMoment('2026-06-17T22:00:05Z', 'Asia/Kathmandu')).toBe('18 Jun 2026, 03:45:05')
  })
})
