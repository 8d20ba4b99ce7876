import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const PROJECT = 'ranked'
const MONDAY = Date.UTC(2026, 5, 15, 9)
const DAY_MS = 86_400_000
/** More than are read at once. */
const MANY = 1_100

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const events = Array.from({ length: MANY }, (_, at) => ({
    project_id: PROJECT,
    distinct_id: `person ${at % 37}`,
    timestamp: MONDAY + (at % 3) * DAY_MS,
    browser: ['', 'Firefox', 'Chrome', 'Safari', 'Edge'][at % 5] ?? '',
    os: at % 7 === 0 ? '' : `os ${at % 4}`,
    properties: { amount: (at * 31) % 101, one: `value ${at}` },
  }))
  await api.insert(events.map((event) => ({ ...event, event: 'view' })))
})
afterAll(() => api.remove())

async function linesOf(series: object[], more: object): Promise<TrendsResult['series']> {
  const range = { date_from: '2026-06-15', date_to: '2026-06-17' }
  const query = { kind: 'trends', project: PROJECT, ...range, series, ...more }
  const { status, body } = await api.post<TrendsResult>('/api/query', query)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.series
}

const amount = { measure_property: { property: 'amount' } }
const MEASURES = [
  { measure: 'total' },
  { measure: 'unique_persons' },
  { measure: 'sum', ...amount },
  { measure: 'avg', ...amount },
  { measure: 'min', ...amount },
  { measure: 'p90', ...amount },
]
const SPLITS = [
  { breakdowns: [{ property: '$browser' }], breakdown_limit: 2 },
  { breakdowns: [{ property: '$browser' }, { property: '$os' }], breakdown_limit: 5 },
  { breakdowns: [{ property: 'amount', bins: 4 }], breakdown_limit: 3 },
  { breakdowns: [{ property: '$browser' }], breakdown_limit: 2, display: 'table' },
]

describe('the lines of few values, which are read at once', () => {
  it.each(
    SPLITS.flatMap((split) =>
      MEASURES.map((measure) => [measure.measure, JSON.stringify(split), measure, split] as const),
    ),
  )('are those whose values were asked for first: %s, %s', async (_, __, measure, split) => {
    const one = { event: 'view', ...measure }
    const alone = await linesOf([one], split)
    // Of two series, and be one of nothing, the values are always asked for first.
    const both = await linesOf([one, { event: 'never', ...measure }], split)
    expect(alone.length).toBeGreaterThan(2)
    expect(alone).toEqual(both.filter(({ series }) => series === 0))
  })
})

describe('the lines of many values', () => {
  it('are the top ones and all of the others', async () => {
    const breakdowns = [{ property: 'one' }]
    const lines = await linesOf([{ event: 'view' }], { breakdowns, breakdown_limit: 3 })
    expect(
      lines.map(({ breakdown, total }) => [breakdown?.kind, breakdown?.values, total]),
    ).toEqual([
      ['value', ['value 0'], 1],
      ['value', ['value 1'], 1],
      ['value', ['value 10'], 1],
      ['other', [], MANY - 3],
    ])
  })
})
