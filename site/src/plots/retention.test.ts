import type { RetentionResult } from '@headwater/schemas/insights/retention'
import { describe, expect, it } from 'vitest'
import { columnName, retentionMeans, retentionPlot, retentionPoints } from './retention.ts'

type Cell = RetentionResult['groups'][number]['rows'][number]['cells'][number]

const complete = (value: number): Cell => ({ value, state: 'complete' })
const incomplete = (value: number): Cell => ({ value, state: 'incomplete' })
const FUTURE: Cell = { value: null, state: 'future' }

const result: RetentionResult = {
  kind: 'retention',
  buckets: ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => `${day}T00:00:00+01:00`),
  interval: 'day',
  columns: [
    { first: 0, last: 0 },
    { first: 1, last: 1 },
    { first: 2, last: 2 },
    { first: 3, last: 9 },
  ],
  groups: [
    {
      breakdown: null,
      rows: [
        { size: 30, cells: [complete(30), complete(15), incomplete(3), FUTURE] },
        { size: 10, cells: [complete(10), incomplete(1), FUTURE, FUTURE] },
        { size: 4, cells: [incomplete(4), FUTURE, FUTURE, FUTURE] },
      ],
    },
  ],
  complete_until: '2026-11-23T10:00:00Z',
  duration_ms: 3,
  from_cache: false,
  time_zone: 'Europe/Berlin',
  week_start: 'monday',
  exclude_internal: false,
}
const [group = { breakdown: null, rows: [] }] = result.groups

describe('retention as a picture', () => {
  it('takes the mean over the rows that have had the time of a column, by their size', () => {
    expect(retentionMeans(group, 4)).toEqual([
      { size: 40, returned: 40, share: 1, complete: true },
      { size: 30, returned: 15, share: 0.5, complete: true },
      { size: 30, returned: 3, share: 0.1, complete: false },
      { size: 0, returned: 0, share: null, complete: false },
    ])
  })

  it('has no point where nobody could have returned', () => {
    expect(retentionPoints(result).map(({ column, complete }) => [column, complete])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ])
  })

  it('divides by nothing where nobody started', () => {
    const empty = { breakdown: null, rows: [{ size: 0, cells: [complete(0), complete(0)] }] }
    expect(retentionMeans(empty, 2).map(({ share }) => share)).toEqual([null, null])
  })

  it('names columns by their periods', () => {
    expect([0, 3].map((column) => columnName(result, column))).toEqual(['Day 0', 'Days 3–9'])
  })

  it('has the scale of a share, and room for all columns', () => {
    const plot = retentionPlot(result, { width: 500 })
    expect(plot.y).toMatchObject({ domain: [0, 1] })
    expect(plot.x).toMatchObject({ domain: [0, 3] })
  })
})
