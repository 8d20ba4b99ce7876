import { describe, expect, it } from 'vitest'
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

  it('ends with the current hour when it is asked by the hour', () => {
    const { to } = resolveRange({ date_from: '-6h', time_zone: 'UTC' }, NOW, 'hour')
    expect(new Date(to).toISOString()).toBe('2026-06-17T11:00:00.000Z')
  })

  it.each([
    ['2026-02-30', undefined, 'date_from'],
    ['2026-06-01', '2026-06-01T24:01', 'date_to'],
    ['0001-01-01', undefined, 'date_from'],
    ['-9999m', undefined, 'date_from'],
    ['2026-06-01', '9999-01-01', 'date_to'],
    ['2026-06-02', '2026-06-01', 'date_from'],
    ['2026-06-02T10:00', '2026-06-02T10:00', 'date_from'],
  ])('refuses %s to %s and names %s', (from, to, field) => {
    expect(() => range(from, to)).toThrow(expect.objectContaining({ code: 'invalid_query', field }))
  })
})
