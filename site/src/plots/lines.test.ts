import type { TrendsLine, TrendsResult } from '@headwater/schemas/insights/trends'
import { describe, expect, it } from 'vitest'
import { readTrends, type TrendsQuestion } from '../lib/trends.ts'
import { drawnLines, shownLines, trendsTitle } from './lines.ts'

const asking = (search: string): TrendsQuestion =>
  readTrends(new URLSearchParams(search), { project: 'default' }).question

const line = (change: Partial<TrendsLine> = {}): TrendsLine => ({
  series: 0,
  formula: null,
  period: 'current',
  breakdown: null,
  values: [4, 2, 0],
  total: 6,
  ...change,
})

const resultOf = (...series: TrendsLine[]): TrendsResult => ({
  kind: 'trends',
  buckets: ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => `${day}T00:00:00+00:00`),
  states: ['complete', 'incomplete', 'future'],
  previous_buckets: null,
  series,
  complete_until: '2026-11-22T10:00:00Z',
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday',
  exclude_internal: false,
})

const value = (...values: string[]) => ({ kind: 'value' as const, values })

describe('lines of trends', () => {
  it('are named by what tells them apart', () => {
    const names = (search: string, ...lines: TrendsLine[]) =>
      shownLines(resultOf(...lines), asking(search)).map(({ name }) => name)
    expect(names('event=a', line())).toEqual(['a'])
    expect(names('event=a&event=*', line(), line({ series: 1 }))).toEqual(['a', 'All events'])
    const two = 'series=[{"event":"a"},{"event":"a","measure":"sum","measure_property":"price"}]'
    expect(names(two, line(), line({ series: 1 }))).toEqual([
      'a · Total events',
      'a · Sum of price',
    ])
    const filtered =
      'series=[{"event":"a"},{"event":"a","filters":[{"property":"p","operator":"is_set"}]}]'
    expect(names(filtered, line(), line({ series: 1 }))).toEqual(['A. a', 'B. a'])
    expect(names('event=a&formula=A*2', line({ series: null, formula: 0 }))).toEqual(['A*2'])
    const byCountry = [line({ breakdown: value('DE') }), line({ breakdown: value('FR') })]
    expect(names('event=a&breakdown=$country', ...byCountry)).toEqual(['Germany', 'France'])
    expect(names('event=a&event=b&breakdown=$country', ...byCountry)).toEqual([
      'a · Germany',
      'a · France',
    ])
  })

  it('have the earlier time behind them, in their own colour, with how much they changed', () => {
    const lines = [
      line({ breakdown: value('DE') }),
      line({ breakdown: value('FR'), total: null }),
      line({ breakdown: value('FR'), period: 'previous', total: 3 }),
      line({ breakdown: value('DE'), period: 'previous', total: 4 }),
    ]
    const shown = shownLines(resultOf(...lines), asking('breakdown=$country&compare=previous'))
    expect(shown.map(({ name, color, change }) => [name, color, change])).toEqual([
      ['Germany', 'var(--series-1)', 0.5],
      ['Germany (earlier)', 'var(--series-1)', null],
      ['France', 'var(--series-2)', null],
      ['France (earlier)', 'var(--series-2)', null],
    ])
  })

  it('end where the future begins, and those of the earlier time do not', () => {
    const lines = [line(), line({ period: 'previous' })]
    const { series } = drawnLines(resultOf(...lines), asking('compare=previous'))
    expect(series.map(({ values }) => values)).toEqual([
      [4, 2, null],
      [4, 2, 0],
    ])
  })

  it('stand on each other only where they add up', () => {
    const adds = (search: string) => drawnLines(resultOf(line()), asking(search)).adds_up
    expect(adds('event=a&event=b')).toBe(true)
    expect(adds('event=a&event=b&measure=unique_persons')).toBe(false)
    expect(adds('event=a&formula=A')).toBe(false)
  })

  it('point at who is behind them, formulas at nobody', () => {
    const lines = [line({ breakdown: value('DE') }), line({ series: null, formula: 0 })]
    expect(shownLines(resultOf(...lines), asking('')).map(({ select }) => select)).toEqual([
      { series: 0, period: 'current', breakdown: { kind: 'value', values: ['DE'] } },
      null,
    ])
  })

  it('share a title where they share a measure', () => {
    expect(trendsTitle(asking('measure=weekly_active'))).toBe('Weekly active persons')
    expect(trendsTitle(asking('formula=A'))).toBe('Formula')
    expect(trendsTitle(asking('series=[{"event":"a"},{"event":"a","measure":"sum"}]'))).toBe(
      'Trends',
    )
  })
})
