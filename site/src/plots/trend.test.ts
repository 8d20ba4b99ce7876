import type { TrendResult } from '@headwater/schemas/insight'
import { describe, expect, it } from 'vitest'
import { mergeTrends, seriesColors, seriesNames } from './series.ts'
import { effectiveChart, incompleteEnds, trendPlot, trendPoints } from './trend.ts'

const value = (text: string) => ({ kind: 'value' as const, value: text })

function resultOf(change: Partial<TrendResult> = {}): TrendResult {
  return {
    buckets: ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => `${day}T00:00:00+01:00`),
    interval: 'day',
    time_zone: 'Europe/Berlin',
    week_start: 'monday',
    exclude_internal: false,
    measure: 'total',
    series: [
      { event: '$pageview', breakdown: null, values: [4, 0, 6], total: 10 },
      { event: 'signup_click', breakdown: null, values: [1, 2, 3], total: 6 },
    ],
    complete_until: '2026-11-23T10:00:00Z',
    duration_ms: 3,
    from_cache: false,
    ...change,
  }
}

describe('a trend as a picture', () => {
  it('stands bars on each other in the order of the series', () => {
    const stacks = trendPoints(resultOf()).map(({ stack_from, stack_to }) => [stack_from, stack_to])
    expect(stacks).toEqual([
      [0, 4],
      [0, 0],
      [0, 6],
      [4, 5],
      [0, 2],
      [6, 9],
    ])
  })

  it('dashes a line from its last complete bucket to the running one', () => {
    const points = trendPoints(resultOf())
    expect(points.map((point) => point.complete)).toEqual([true, true, false, true, true, false])
    expect(incompleteEnds(points).map((point) => point.value)).toEqual([0, 6, 2, 3])
  })

  it('takes a bucket for complete only when its zone has ended it', () => {
    // 23:30 UTC is half past midnight in Berlin: the 22nd has ended there.
    const before = resultOf({ complete_until: '2026-11-22T22:59:59Z' })
    const after = resultOf({ complete_until: '2026-11-22T23:00:00Z' })
    expect(
      trendPoints(before)
        .map((point) => point.complete)
        .slice(0, 3),
    ).toEqual([true, false, false])
    expect(
      trendPoints(after)
        .map((point) => point.complete)
        .slice(0, 3),
    ).toEqual([true, true, false])
  })

  it('ends a month where the next begins', () => {
    const month = resultOf({ interval: 'month', buckets: ['2026-02-01T00:00:00+01:00'] })
    expect(trendPoints(month)[0]?.end.toISOString()).toBe('2026-03-01T00:00:00.000Z')
  })

  it('does not stack unique persons, who would be counted twice', () => {
    const unique = resultOf({ measure: 'unique_persons' })
    expect(effectiveChart('bar', unique)).toBe('line')
    expect(effectiveChart('bar', { ...unique, series: unique.series.slice(0, 1) })).toBe('bar')
    expect(effectiveChart('bar', resultOf())).toBe('bar')
  })

  it('starts the scale at zero and reaches the highest stack', () => {
    expect(trendPlot(resultOf(), { width: 600, chart: 'line' }).y).toMatchObject({ domain: [0, 6] })
    expect(trendPlot(resultOf(), { width: 600, chart: 'bar' }).y).toMatchObject({ domain: [0, 9] })
    const empty = resultOf({ series: [] })
    expect(trendPlot(empty, { width: 600, chart: 'line' }).y).toMatchObject({ domain: [0, 1] })
  })

  it('gives the rest and the missing colours of their own', () => {
    const none = { kind: 'none' as const, value: '' }
    expect(seriesColors([value('DE'), none, value('FR')])).toEqual([
      'var(--series-1)',
      'var(--series-none)',
      'var(--series-2)',
    ])
  })

  it('names series by value, and by event where events differ', () => {
    const one = { event: 'a', breakdown: value('DE'), values: [], total: 0 }
    expect(seriesNames(resultOf({ series: [one] }), '$country')).toEqual(['Germany'])
    const two = resultOf({ series: [one, { ...one, event: '*' }] })
    expect(seriesNames(two, '$country')).toEqual(['a · Germany', 'All events · Germany'])
  })
})

describe('the answers to several events', () => {
  it('are one result, complete as far as every one of them', () => {
    const [a, b] = resultOf().series
    const merged = mergeTrends([
      resultOf({ series: a ? [a] : [] }),
      resultOf({ series: b ? [b] : [], complete_until: '2026-11-23T09:59:00Z' }),
    ])
    expect(merged).toEqual({
      ...resultOf(),
      duration_ms: 6,
      complete_until: '2026-11-23T09:59:00Z',
    })
  })

  it('keep their buckets apart when a new one began between two answers', () => {
    const old = resultOf({ buckets: resultOf().buckets.slice(0, 2) })
    const [first] = mergeTrends([old, resultOf()]).series
    expect(first?.values).toEqual([4, 0, 0])
  })
})
