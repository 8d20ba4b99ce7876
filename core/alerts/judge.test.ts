import type { Condition } from '@headwater/schemas/insights/alert'
import { describe, expect, it } from 'vitest'
import { judge, numberAt, pick } from './judge.ts'
import { everyFor, newestInterval } from './schedule.ts'

describe('a condition', () => {
  const percent = (type: 'increase' | 'decrease', by: number) => ({ type, by, unit: 'percent' })
  const absolute = (type: 'increase' | 'decrease', by: number) => ({ type, by, unit: 'absolute' })
  it.each([
    [{ type: 'above', threshold: 10 }, 10, null, 'back'],
    [{ type: 'above', threshold: 10 }, 10.1, null, 'crossed'],
    [{ type: 'below', threshold: 0 }, 0, null, 'back'],
    [{ type: 'below', threshold: 0 }, -1, null, 'crossed'],
    [absolute('increase', 5), 15, 10, 'crossed'],
    [absolute('increase', 5), 14, 10, 'back'],
    [absolute('decrease', 5), 5, 10, 'crossed'],
    [absolute('decrease', 5), 15, 10, 'back'],
    [percent('increase', 50), 15, 10, 'crossed'],
    [percent('decrease', 50), 5, 10, 'crossed'],
    [percent('decrease', 51), 5, 10, 'back'],
    [percent('increase', 50), -5, -10, 'crossed'],
    [percent('increase', 900), 1, 0, 'crossed'],
    [percent('decrease', 1), 0, 0, 'back'],
    [{ type: 'above', threshold: 10 }, null, null, 'none'],
    [absolute('increase', 5), 15, null, 'none'],
  ])('%j of %j after %j is %s', (condition, value, previous, signal) => {
    expect(judge(condition as Condition, value, previous)).toBe(signal)
  })
})

describe('the number of an answer', () => {
  const answer = { intervals: 3, series: [{ values: [1, 2, null], total: 0 }], none: [] }
  it.each([
    ['intervals', { found: true, value: 3 }],
    ['series.0.values.0', { found: true, value: 1 }],
    ['series.0.values.-2', { found: true, value: 2 }],
    ['series.0.values.-1', { found: true, value: null }],
    ['series.0.total', { found: true, value: 0 }],
    ['none.0.total', { found: false, empty: true }],
    ['series.1.total', { found: false, empty: false }],
    ['series.total', { found: false, empty: false }],
    ['series.0.values', { found: false, empty: false }],
    ['constructor.name', { found: false, empty: false }],
    ['series.0.values.length', { found: false, empty: false }],
  ])('at %s is %j', (path, picked) => expect(pick(answer, path)).toEqual(picked))
})

it.each([
  ['groups.0.steps.1.count', 0],
  ['groups.0.steps.1.rate_from_first', null],
  ['groups.0.steps.1.median_seconds', null],
  ['lines.0.count', null],
])('counts nothing as 0, and knows no rate of it: %s', (path, number) => {
  expect(numberAt({ groups: [] }, path)).toBe(number)
})

describe('the newest complete interval', () => {
  const schedule = (every: 'hour' | 'day' | 'week' | 'month', more = {}) => ({
    ...{ every, time_zone: 'Europe/Berlin', week_start: 'monday' as const, delay_minutes: 0 },
    ...more,
  })
  const spans = (s: ReturnType<typeof schedule>, now: string, until: string | null = now) => {
    const found = newestInterval(s, Date.parse(now), until === null ? null : Date.parse(until))
    return found && [found.from, found.to].map((ms) => new Date(ms).toISOString().slice(0, 16))
  }

  it('ends when the clocks of its zone say so', () => {
    const now = '2026-06-17T12:30:00Z'
    expect(spans(schedule('hour'), now)).toEqual(['2026-06-17T11:00', '2026-06-17T12:00'])
    expect(spans(schedule('day'), now)).toEqual(['2026-06-15T22:00', '2026-06-16T22:00'])
    expect(spans(schedule('week'), now)).toEqual(['2026-06-07T22:00', '2026-06-14T22:00'])
    expect(spans(schedule('month'), now)).toEqual(['2026-04-30T22:00', '2026-05-31T22:00'])
    const sunday = schedule('week', { week_start: 'sunday' })
    expect(spans(sunday, now)).toEqual(['2026-06-06T22:00', '2026-06-13T22:00'])
  })

  it('has 23 or 25 hours when clocks change in it', () => {
    // Berlin: forward on 29 March 2026, back on 25 October 2026.
    const [spring, autumn] = ['2026-03-30T09:00:00Z', '2026-10-26T09:00:00Z']
    expect(spans(schedule('day'), spring)).toEqual(['2026-03-28T23:00', '2026-03-29T22:00'])
    expect(spans(schedule('day'), autumn)).toEqual(['2026-10-24T22:00', '2026-10-25T23:00'])
    expect(spans(schedule('hour'), '2026-10-25T01:10:00Z')).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
    ])
  })

  it('ends only when everything received until then is in the store', () => {
    const now = '2026-06-17T12:30:00Z'
    const hour = (until: string | null) => spans(schedule('hour'), now, until)
    expect(hour('2026-06-17T12:00:00Z')).toEqual(['2026-06-17T11:00', '2026-06-17T12:00'])
    expect(hour('2026-06-17T11:59:59Z')).toEqual(['2026-06-17T10:00', '2026-06-17T11:00'])
    expect(hour(null)).toBeNull()
  })

  it('waits for late events as long as it is told to', () => {
    const late = schedule('hour', { delay_minutes: 45 })
    expect(spans(late, '2026-06-17T12:44:59Z')?.[1]).toBe('2026-06-17T11:00')
    expect(spans(late, '2026-06-17T12:45:00Z')?.[1]).toBe('2026-06-17T12:00')
    expect(spans(late, '2026-06-17T12:50:00Z', '2026-06-17T12:10:00Z')?.[1]).toBe(
      '2026-06-17T11:00',
    )
  })
})

it('looks at no bucket before it has ended', () => {
  expect(everyFor('hour')).toEqual(['hour', 'day', 'week', 'month'])
  expect(everyFor('day')).toEqual(['day', 'week', 'month'])
  expect(everyFor('week')).toEqual(['week'])
  expect(everyFor('quarter')).toEqual([])
})
