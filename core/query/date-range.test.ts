import { describe, expect, it } from 'vitest'
import { type Step, stepBack } from './calendar.ts'
import { resolveRange } from './date-range.ts'

const NOW = Date.parse('2026-06-17T10:20:30Z')

const range = (date_from: string, date_to?: string, time_zone = 'Europe/Berlin') => {
  const { from, to } = resolveRange({ date_from, date_to, time_zone }, NOW)
  return [new Date(from).toISOString(), new Date(to).toISOString()]
}

describe('date ranges', () => {
  it('takes a date as the whole day of the query’s zone', () => {
    expect(range('2026-06-01', '2026-06-02')).toEqual([
      '2026-05-31T22:00:00.000Z',
      '2026-06-02T22:00:00.000Z',
    ])
  })

  it('takes a time as it is', () => {
    expect(range('2026-06-01T08:30', '2026-06-01T09:00:15')).toEqual([
      '2026-06-01T06:30:00.000Z',
      '2026-06-01T07:00:15.000Z',
    ])
  })

  it('counts relative days from the start of the day, and ends today', () => {
    const endOfToday = '2026-06-17T22:00:00.000Z'
    expect(range('-7d')).toEqual(['2026-06-09T22:00:00.000Z', endOfToday])
    expect(range('-2w')).toEqual(['2026-06-02T22:00:00.000Z', endOfToday])
    expect(range('-24h')).toEqual(['2026-06-16T10:20:30.000Z', endOfToday])
    expect(range('-7d', '-1d')[1]).toBe('2026-06-16T22:00:00.000Z')
  })

  it('takes the last day of a shorter month', () => {
    const now = Date.parse('2026-03-31T12:00:00Z')
    const { from } = resolveRange({ date_from: '-1m', time_zone: 'UTC' }, now)
    expect(new Date(from).toISOString()).toBe('2026-02-28T00:00:00.000Z')
  })

  it('counts quarters and years back as months', () => {
    expect(range('-1q')[0]).toBe('2026-03-16T23:00:00.000Z')
    expect(range('-2y')[0]).toBe('2024-06-16T22:00:00.000Z')
  })

  it.each([
    ['week_start', '2026-06-14T22:00:00.000Z', '2026-06-15T22:00:00.000Z'],
    ['month_start', '2026-05-31T22:00:00.000Z', '2026-06-01T22:00:00.000Z'],
    ['quarter_start', '2026-03-31T22:00:00.000Z', '2026-04-01T22:00:00.000Z'],
    ['year_start', '2025-12-31T23:00:00.000Z', '2026-01-01T23:00:00.000Z'],
    ['-1month_start', '2026-04-30T22:00:00.000Z', '2026-05-01T22:00:00.000Z'],
    ['-3week_start', '2026-05-24T22:00:00.000Z', '2026-05-25T22:00:00.000Z'],
    ['-2year_end', '2024-12-30T23:00:00.000Z', '2024-12-31T23:00:00.000Z'],
    ['week_end', '2026-06-20T22:00:00.000Z', '2026-06-21T22:00:00.000Z'],
  ])('takes %s for one day', (edge, start, end) => {
    expect(range(edge, '2027-01-01')[0]).toBe(start)
    expect(range('2020-01-01', edge)[1]).toBe(end)
  })

  it('spans the whole last month with its two edges', () => {
    expect(range('-1month_start', '-1month_end')).toEqual([
      '2026-04-30T22:00:00.000Z',
      '2026-05-31T22:00:00.000Z',
    ])
  })

  it('begins the week with the day that the question names', () => {
    const query = { date_from: 'week_start', time_zone: 'UTC', week_start: 'sunday' } as const
    expect(new Date(resolveRange(query, NOW).from).toISOString()).toBe('2026-06-14T00:00:00.000Z')
  })

  it('ends with the current hour when it is asked by the hour', () => {
    const { to } = resolveRange({ date_from: '-6h', time_zone: 'UTC' }, NOW, 'hour')
    expect(new Date(to).toISOString()).toBe('2026-06-17T11:00:00.000Z')
  })

  it.each([
    ['2026-02-30', undefined, 'date_from'],
    ['2026-06-01', '2026-06-01T24:01', 'date_to'],
    ['0001-01-01', undefined, 'date_from'],
    ['-9999m', undefined, 'date_from'],
    ['-9999y', undefined, 'date_from'],
    ['-9999year_start', undefined, 'date_from'],
    ['2026-06-01', '9999-01-01', 'date_to'],
    ['2026-06-02', '2026-06-01', 'date_from'],
    ['2026-06-02T10:00', '2026-06-02T10:00', 'date_from'],
  ])('refuses %s to %s and names %s', (from, to, field) => {
    expect(() => range(from, to)).toThrow(expect.objectContaining({ code: 'invalid_query', field }))
  })
})

describe('a step back', () => {
  const back = (instant: string, step: Step, zone: string) =>
    new Date(stepBack(zone, Date.parse(instant), step)).toISOString()

  it('keeps the time on the wall when clocks changed between', () => {
    const week: Step = { count: 1, unit: 'w' }
    expect(back('2026-03-30T10:00+02:00', week, 'Europe/Berlin')).toBe('2026-03-23T09:00:00.000Z')
    expect(back('2026-03-30T00:00+02:00', week, 'Europe/Berlin')).toBe('2026-03-22T23:00:00.000Z')
  })

  it('goes from the first moment of a day to that of another, whenever it was', () => {
    const day: Step = { count: 1, unit: 'd' }
    const [zone, shifted] = ['America/Sao_Paulo', '2018-11-04T01:00-02:00']
    expect(back(shifted, day, zone)).toBe('2018-11-03T03:00:00.000Z')
    expect(back('2018-11-05T00:00-02:00', day, zone)).toBe('2018-11-04T03:00:00.000Z')
  })

  it('takes the last day of a shorter month, and hours as they are', () => {
    expect(back('2026-03-31T12:30Z', { count: 1, unit: 'm' }, 'UTC')).toBe(
      '2026-02-28T12:30:00.000Z',
    )
    expect(back('2026-03-29T04:00+02:00', { count: 3, unit: 'h' }, 'Europe/Berlin')).toBe(
      '2026-03-28T23:00:00.000Z',
    )
  })
})
