import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { InsightQuery, type InsightResult } from '@headwater/schemas/insights/insight'
import { describe, expect, it } from 'vitest'
import { insightTable } from './insight-table.ts'
import { drawnTrend } from './insight-trend.ts'

const facts = {
  complete_until: '2026-06-17T12:00:00.000Z',
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday' as const,
  exclude_internal: false,
}
const ask = (query: object) => InsightQuery.parse({ project: 'default', ...query })
const days = ['2026-06-15T00:00:00+00:00', '2026-06-16T00:00:00+00:00']

describe('an answer as a table', () => {
  it('names lines by formula, breakdown and earlier time, and leaves gaps where nothing is', () => {
    const query = ask({
      kind: 'trends',
      series: [{ event: 'a' }, { event: 'a', measure: 'unique_persons' }],
      breakdowns: [{ property: 'plan' }, { property: '$country' }],
    })
    const line = { formula: null, period: 'current' as const, breakdown: null }
    const pro = { kind: 'value' as const, values: ['pro', null] }
    const result: InsightResult = {
      kind: 'trends',
      buckets: days,
      states: ['complete', 'incomplete'],
      previous_buckets: days,
      series: [
        { ...line, series: 0, values: [1, null], total: 1 },
        { ...line, series: 1, values: [3, 4], total: 5, breakdown: pro },
        { ...line, series: 1, period: 'previous', values: [2], total: null, breakdown: pro },
      ],
      ...facts,
    }
    expect(insightTable(query, result)).toEqual({
      columns: ['Series', 'Total', 'Mon 15 Jun', 'Tue 16 Jun'],
      rows: [
        ['a · Total events', '1', '1', '–'],
        ['a · Unique persons · pro · (none)', '5', '3', '4'],
        ['a · Unique persons · pro · (none) (earlier)', '–', '2', '–'],
      ],
    })
    if (query.kind === 'trends') {
      expect(drawnTrend(query, result).series[0]?.values).toEqual([1, null])
    }
  })

  it('tells retention in shares of those who started, and nothing of the future', () => {
    const result: InsightResult = {
      kind: 'retention',
      buckets: days,
      interval: 'day',
      columns: [
        { first: 0, last: 0 },
        { first: 1, last: 3 },
      ],
      groups: [
        {
          breakdown: null,
          rows: [
            { size: 4, cells: [4, 1].map((value) => ({ value, state: 'complete' as const })) },
            {
              size: null,
              cells: [null, null].map((value) => ({ value, state: 'future' as const })),
            },
          ],
        },
      ],
      ...facts,
    }
    expect(insightTable(ask({ kind: 'retention' }), result)).toEqual({
      columns: ['Start (day)', 'Size', '0', '1–3'],
      rows: [
        ['Mon 15 Jun', '4', '100 %', '25 %'],
        ['Tue 16 Jun', '–', '–', '–'],
      ],
    })
  })

  it('has a table for every kind that can be asked', () => {
    expect(Object.keys(INSIGHT_EXAMPLES).length).toBeGreaterThan(8)
    const empty = { groups: [], buckets: [], states: [], series: [], edges: [], columns: [] }
    const none = { value: null, previous: null, change: null }
    const web = { visitors: none, sessions: none, page_views: none, bounce_rate: none }
    for (const [kind, example] of Object.entries(INSIGHT_EXAMPLES)) {
      const result = {
        kind,
        intervals: 0,
        correlations: [],
        ...empty,
        ...web,
        session_duration: none,
        ...facts,
      }
      const { columns } = insightTable(ask(example), result as unknown as InsightResult)
      expect(columns.length).toBeGreaterThan(0)
    }
  })
})
