import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const PROJECT = 'fitting'
const MONDAY = Date.UTC(2026, 5, 15, 9)
const DAY_MS = 86_400_000
const EVENTS = 240
/** Two such texts are one line: they differ too late. */
const LONG = 'x'.repeat(500)

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const events = Array.from({ length: EVENTS }, (_, at) => ({
    project_id: PROJECT,
    event: 'view',
    distinct_id: `person ${at % 37}`,
    session_id: `session ${at % 80}`,
    timestamp: MONDAY - (at % 7) * DAY_MS,
    browser: ['', 'Firefox', 'Chrome', 'Safari', 'Edge'][at % 5] ?? '',
    os: at % 7 === 0 ? '' : `os ${at % 4}`,
    properties: {
      amount: (at * 31) % 101,
      // Equal totals, in an order that is not that of the bytes of UTF-8.
      sign: ['\u{1f600}', '\uffee', 'a'][at % 3] ?? '',
      text: at % 4 === 0 ? `${LONG}${at % 3}` : 'short',
      ...(at % 7 > 3 ? { early: 'yes' } : {}),
    },
  }))
  await api.insert(events)
})
afterAll(() => api.remove())

async function ask(series: object[], more: object): Promise<TrendsResult> {
  const range = { date_from: '2026-06-09', date_to: '2026-06-15' }
  const query = { kind: 'trends', project: PROJECT, include_sql: true, ...range, series, ...more }
  const { status, body } = await api.post<TrendsResult>('/api/query', query)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** The same lines, asked for in another way: for what cannot be merged the top values are always asked first. */
async function otherwise(series: object[], more: object): Promise<TrendsResult['series']> {
  const never = { event: 'never', measure: 'first_time' }
  const { sql, series: lines } = await ask([...series, never], more)
  expect(sql?.length).toBeGreaterThan(2)
  return lines.filter((line) => line.series !== series.length)
}

const amount = { measure_property: { property: 'amount' } }
const MEASURES = [
  { measure: 'total' },
  { measure: 'unique_persons' },
  { measure: 'sum', ...amount },
  { measure: 'avg', ...amount },
  { measure: 'max', ...amount },
  { measure: 'p90', ...amount },
]
const SPLITS = [
  { breakdowns: [{ property: '$browser' }] },
  { breakdowns: [{ property: '$browser' }], breakdown_limit: 4 },
  { breakdowns: [{ property: '$browser' }], breakdown_limit: 3 },
  { breakdowns: [{ property: '$browser' }, { property: '$os' }] },
  { breakdowns: [{ property: 'amount', bins: 4 }] },
  { breakdowns: [{ property: 'sign' }] },
  { breakdowns: [{ property: 'text' }] },
  { breakdowns: [{ property: '$browser' }], display: 'table' },
  { breakdowns: [{ property: '$browser' }], interval: 'minute', date_from: '2026-06-15' },
  { breakdowns: [{ property: '$browser' }], date_from: '2026-06-14', compare: { to: '-2d' } },
  // Some of the earlier values are on no line.
  { breakdowns: [{ property: 'early' }], date_from: '2026-06-13', compare: { to: '-3d' } },
]

describe('lines of values that all fit', () => {
  it.each(
    SPLITS.flatMap((split) =>
      MEASURES.map((measure) => [measure.measure, JSON.stringify(split), measure, split] as const),
    ),
  )('are those whose values were asked for first: %s, %s', async (_, __, measure, split) => {
    const one = [{ event: 'view', ...measure }]
    const { series } = await ask(one, split)
    expect(series.length).toBeGreaterThan(0)
    expect(series).toEqual(await otherwise(one, split))
  })

  it('are ranked by the first series, then by the second', async () => {
    const both = [{ event: 'view', filters: [{ property: 'sign', value: 'a' }] }, { event: 'view' }]
    const split = { breakdowns: [{ property: 'sign' }] }
    expect((await ask(both, split)).series).toEqual(await otherwise(both, split))
  })

  it('are one statement for each series, when they are counts', async () => {
    const split = { breakdowns: [{ property: '$browser' }] }
    const counts = [
      { event: 'view' },
      { event: 'view', filters: [{ property: 'sign', value: 'a' }] },
    ]
    const { sql } = await ask(counts, { ...split, breakdown_limit: 4 })
    expect(sql).toHaveLength(2)
    const tooMany = await ask(counts, { ...split, breakdown_limit: 3 })
    expect(tooMany.sql?.length).toBeGreaterThan(2)
  })

  it('are of all events that pass filters which group more than there are lines', async () => {
    const project = 'grouping-filters'
    // Parts of different months stay apart, and are read one after the other.
    const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2025, month, 10))
    const events = months.flatMap((timestamp, month) =>
      Array.from({ length: 20 }, (_, at) => ({
        project_id: project,
        event: 'view',
        distinct_id: `${at}`,
        session_id: `${month} ${at}`,
        timestamp,
        browser: at % 2 === 0 ? 'Firefox' : 'Chrome',
      })),
    )
    await api.insert(events)
    const { series } = await ask([{ event: 'view' }], {
      project,
      date_from: '2025-01-01',
      date_to: '2025-12-31',
      interval: 'month',
      breakdowns: [{ property: '$browser' }],
      breakdown_limit: 2,
      filters: [{ type: 'session', property: '$event_count', operator: 'gt', value: 0 }],
    })
    expect(series.map(({ total }) => total)).toEqual([120, 120])
  })
})

it('names the actors of lines that all fit, and nobody of Other', async () => {
  const query = {
    kind: 'trends',
    project: PROJECT,
    series: [{ event: 'view' }],
    breakdowns: [{ property: '$browser' }],
    date_from: '2026-06-09',
    date_to: '2026-06-15',
  }
  const actorsOn = async (breakdown: object) => {
    const select = { series: 0, bucket: null, breakdown }
    const { status, body } = await api.post<{ actors: unknown[] }>('/api/actors', { query, select })
    expect(status, JSON.stringify(body)).toBe(200)
    return body.actors.length
  }
  expect(await actorsOn({ kind: 'value', values: ['Edge'] })).toBe(37)
  expect(await actorsOn({ kind: 'none', values: [null] })).toBe(37)
  expect(await actorsOn({ kind: 'other', values: [] })).toBe(0)
})
