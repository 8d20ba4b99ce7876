import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const MONDAY = Date.UTC(2026, 5, 15, 9)
const DAY_MS = 86_400_000
const RANGE = { date_from: '2026-06-15', date_to: '2026-06-17' }

let api: TestApi
let project = ''
let tests = 0
beforeAll(async () => {
  api = await openTestApi()
})
beforeEach(() => {
  project = `trends-${tests++}`
})
afterAll(() => api.remove())

const insert = (...facts: Partial<EventRow>[]) =>
  api.insert(facts.map((fact) => ({ project_id: project, event: 'view', ...fact })))
const on = (distinct_id: string, day: number, facts: Partial<EventRow> = {}) => ({
  distinct_id,
  timestamp: MONDAY + day * DAY_MS,
  ...facts,
})
const questionOf = (series: object | object[], more: object = {}) => ({
  kind: 'trends',
  project,
  ...RANGE,
  series: [series].flat().map((one) => ({ event: 'view', ...one })),
  ...more,
})
const ask = (series: object | object[], more?: object) =>
  api.post<TrendsResult & ApiError>('/api/query', questionOf(series, more))

describe('who is behind a number of trends', () => {
  const behind = async (series: object, more: object, select: object = {}) => {
    const query = questionOf(series, more)
    const { status, body } = await api.post<ActorsResult>('/api/actors', { query, select })
    expect(status, JSON.stringify(body)).toBe(200)
    return body.actors.map(({ distinct_ids }) => distinct_ids[0]).sort()
  }
  const bucket = (day: number) => `2026-06-${15 + day}T00:00:00+00:00`

  it('is everybody with an event in the bucket, or in the range', async () => {
    await insert(on('ann', 0), on('ann', 1), on('bob', 1), on('cem', 3), on('dan', -1))
    expect(await behind({}, {}, { bucket: bucket(1) })).toEqual(['ann', 'bob'])
    expect(await behind({ measure: 'avg_per_actor' }, {})).toEqual(['ann', 'bob'])
    expect(await behind({}, {}, { bucket: bucket(2) })).toEqual([])
  })

  it('is whoever was active in the days before the bucket’s end', async () => {
    await insert(on('ann', 0), on('bob', -6), on('cem', -5), on('dan', -29), on('eve', 2))
    const weekly = { measure: 'weekly_active' }
    expect(await behind(weekly, {}, { bucket: bucket(0) })).toEqual(['ann', 'bob', 'cem'])
    expect(await behind(weekly, {}, { bucket: bucket(1) })).toEqual(['ann', 'cem'])
    expect(await behind(weekly, {})).toEqual(['ann', 'eve'])
    const monthly = await behind({ measure: 'monthly_active' }, {}, { bucket: bucket(0) })
    expect(monthly).toEqual(['ann', 'bob', 'cem', 'dan'])
  })

  it('is whose first event ever was then', async () => {
    await insert(on('ann', -40), on('ann', 1), on('bob', 1), on('cem', 2))
    expect(await behind({ measure: 'first_time' }, {})).toEqual(['bob', 'cem'])
    expect(await behind({ measure: 'first_time' }, {}, { bucket: bucket(1) })).toEqual(['bob'])
  })

  it('is everybody so far when buckets accumulate', async () => {
    await insert(on('ann', 0), on('bob', 1), on('cem', 2))
    const select = { bucket: bucket(1) }
    const unique = { measure: 'unique_persons' }
    expect(await behind(unique, { cumulative: true }, select)).toEqual(['ann', 'bob'])
  })

  it('is who has a number, a session or a group where those are measured', async () => {
    const facts = { properties: { price: 1 }, session_id: 's' }
    await insert(on('ann', 0, facts), on('bob', 0, { properties: { price: 'x' } }))
    await insert(on('cem', 0, { properties: { $groups: { company: 'acme' } } }))
    const price = { measure_property: { property: 'price' } }
    expect(await behind({ measure: 'sum', ...price }, {})).toEqual(['ann'])
    const duration = { measure_property: { property: '$session_duration' } }
    expect(await behind({ measure: 'avg', ...duration }, {})).toEqual(['ann'])
    expect(await behind({ measure: 'unique_sessions' }, {})).toEqual(['ann'])
    expect(await behind({ measure: 'unique_groups', group: 'company' }, {})).toEqual(['cem'])
  })

  it('is who is on the line, the others’ and that of none too', async () => {
    const os = (value: string) => ({ os: value })
    await insert(on('ann', 0, os('a')), on('bob', 0, os('a')), on('cem', 0, os('b')), on('dan', 1))
    const split = { breakdowns: [{ property: '$os' }], breakdown_limit: 1 }
    const line = (kind: string, ...values: (string | null)[]) => ({ breakdown: { kind, values } })
    expect(await behind({}, split, line('value', 'a'))).toEqual(['ann', 'bob'])
    expect(await behind({}, split, line('other'))).toEqual(['cem'])
    expect(await behind({}, split, line('none', null))).toEqual(['dan'])
    const first = { measure: 'first_time' }
    expect(await behind(first, split, { ...line('none'), bucket: bucket(1) })).toEqual(['dan'])
    const two = { breakdowns: [{ property: '$os' }, { property: '$browser' }] }
    expect(await behind({}, two, line('value', 'b', null))).toEqual(['cem'])
  })

  it('is told apart by any text, alone and beside another', async () => {
    const texts = [
      'a\\b',
      "it's",
      'a\tb\nc',
      'nul\u0000',
      '1:',
      '12',
      '{p0:String}',
      '😀é',
      '`',
      '[1, 2)',
    ]
    await insert(...texts.map((a, at) => on(`p${at}`, 0, { properties: { a, b: `${a}2`, c: at } })))
    for (const names of [['a'], ['a', 'b'], ['b', 'a', 'c']]) {
      const more = { breakdowns: names.map((property) => ({ property })), display: 'table' }
      const { body } = await ask({}, more)
      expect(body.series.map(({ breakdown, total }) => [breakdown?.values.length, total])).toEqual(
        texts.map(() => [names.length, 1]),
      )
      const found = body.series.map(({ breakdown }) => breakdown?.values[names.indexOf('a')])
      expect(found.sort()).toEqual([...texts].sort())
    }
    for (const [at, a] of texts.entries()) {
      const breakdown = { kind: 'value', values: [a, `${a}2`] }
      const more = { breakdowns: [{ property: 'a' }, { property: 'b' }] }
      expect(await behind({}, more, { breakdown })).toEqual([`p${at}`])
    }
  })

  it('is who is in a range of numbers', async () => {
    const size = (value: number) => ({ properties: { size: value } })
    await insert(on('ann', 0, size(0)), on('bob', 0, size(9)), on('cem', 0, size(10)))
    const more = { breakdowns: [{ property: 'size', bins: 2 }] }
    const breakdown = { kind: 'value', values: ['[5, 10]'] }
    expect(await behind({}, more, { breakdown })).toEqual(['bob', 'cem'])
  })

  it('is who was there in the earlier time', async () => {
    await insert(on('ann', 0), on('bob', -1), on('cem', -3), on('dan', -4))
    const compare = { compare: {} }
    expect(await behind({}, compare, { period: 'previous' })).toEqual(['bob', 'cem'])
    const select = { period: 'previous', bucket: '2026-06-12T00:00:00+00:00' }
    expect(await behind({}, compare, select)).toEqual(['cem'])
  })

  it.each(['unique_persons', 'weekly_active', 'first_time', 'first_matching'])(
    'is as many as the answer says: %s',
    async (measure) => {
      const values = ['a', 'b', 'c', '']
      const days = [-20, -6, -3, 0, 0, 1, 2]
      await insert(
        ...Array.from({ length: 60 }, (_, i) =>
          on(`p${(i * 7) % 23}`, days[i % 7] ?? 0, { os: values[(i * 5) % 4] ?? '' }),
        ),
      )
      const more = { breakdowns: [{ property: '$os' }], breakdown_limit: 1, compare: {} }
      const { body } = await ask({ measure }, more)
      expect(body.series.length).toBeGreaterThan(2)
      for (const { period, breakdown, values: counts, total } of body.series) {
        const labels = period === 'current' ? body.buckets : (body.previous_buckets ?? [])
        const select = { period, breakdown }
        expect(await behind({ measure }, more, select)).toHaveLength(total ?? -1)
        const last = { ...select, bucket: labels.at(-1) }
        expect(await behind({ measure }, more, last)).toHaveLength(counts.at(-1) ?? -1)
      }
    },
    60_000,
  )

  it.each([
    [{ series: 1 }, 'select.series'],
    [{ period: 'previous' }, 'select.period'],
    [{ period: 'next' }, 'select.period'],
    [{ bucket: '2026-06-15' }, 'select.bucket'],
    [{ bucket: 3 }, 'select.bucket'],
    [{ breakdown: { kind: 'other' } }, 'select.breakdown'],
    [{ breakdown: { kind: 'some' } }, 'select.breakdown.kind'],
    [{ colour: 'red' }, 'select.colour'],
    // Who is behind a formula is nobody in particular.
    [{ series: null }, 'select.series'],
    [{ formula: 0 }, 'select.formula'],
  ])('refuses the selection %j and names the field', async (select, field) => {
    const { status, body } = await api.post<ApiError>('/api/actors', {
      query: questionOf({}),
      select,
    })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([
    [{}, 'select.breakdown'],
    [{ breakdown: { kind: 'value', values: ['a', 'b'] } }, 'select.breakdown.values'],
  ])('refuses %j of a question with a breakdown', async (select, field) => {
    const query = questionOf({}, { breakdowns: [{ property: '$os' }] })
    const { status, body } = await api.post<ApiError>('/api/actors', { query, select })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

describe('questions for trends', () => {
  const property = { property: 'price' }

  it.each([
    [{ series: [] }, 'series'],
    [{ series: Array(27).fill({ event: 'a' }) }, 'series'],
    [{ series: [{ event: 'a', measure: 'most' }] }, 'series.0.measure'],
    [{ series: [{ event: 'a', measure: 'sum' }] }, 'series.0.measure_property'],
    [{ series: [{ event: 'a', measure_property: property }] }, 'series.0.measure_property'],
    [{ series: [{ event: 'a', measure: 'unique_groups' }] }, 'series.0.group'],
    [{ series: [{ event: 'a', group: 'company' }] }, 'series.0.group'],
    [{ series: [{ event: 'a', measure: 'unique_groups', group: '^`a`' }] }, 'series.0.group'],
    [
      { series: [{ event: 'a', measure: 'sum', measure_property: { property: ':`Int64`' } }] },
      'series.0.measure_property.property',
    ],
    [
      { series: [{ event: 'a', filters: [{ property: '^`a`', value: 1 }] }] },
      'series.0.filters.0.property',
    ],
    [{ breakdowns: Array(4).fill({ property: 'a' }) }, 'breakdowns'],
    [{ breakdowns: [{ property: 'a' }, { property: '^`a`' }] }, 'breakdowns.1.property'],
    [{ breakdowns: [{ property: 'a', bins: 1 }] }, 'breakdowns.0.bins'],
    [{ breakdown_limit: 0 }, 'breakdown_limit'],
    [{ formulas: ['A / B'] }, 'formulas.0'],
    [{ formulas: ['A', ''] }, 'formulas.1'],
    [{ compare: { to: 'yesterday' } }, 'compare.to'],
    [{ compare: { to: '-9999m' } }, 'compare'],
    [{ compare: true }, 'compare'],
    [{ smoothing: 0 }, 'smoothing'],
    [{ display: 'pie' }, 'display'],
    [{ display: 'map', breakdowns: [{ property: '$os' }] }, 'breakdowns'],
    [
      { cumulative: true, series: [{ event: 'a' }, { event: 'a', measure: 'weekly_active' }] },
      'series.1.measure',
    ],
    [
      { cumulative: true, series: [{ event: 'a', measure: 'avg', measure_property: property }] },
      'series.0.measure',
    ],
    [{ interval: 'minute', date_from: '-30d' }, 'interval'],
    [{ interval: 'hour', compare: { to: '-1d' }, date_from: '-90d' }, 'interval'],
  ])('refuses %j and names the field', async (change, field) => {
    const { status, body } = await ask({}, { date_to: undefined, ...change })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it('gives a project without events its zeros, and nulls where nothing was measured', async () => {
    const series = [
      {},
      { measure: 'weekly_active' },
      { measure: 'avg', measure_property: property },
      { measure: 'sum', measure_property: property },
      { measure: 'max_per_actor' },
    ]
    const { body } = await ask(series)
    expect(body.series.map(({ values, total }) => [...values, total])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [null, null, null, null],
      [0, 0, 0, 0],
      [null, null, null, null],
    ])
    expect((await ask({}, { breakdowns: [{ property: 'size', bins: 3 }] })).body.series).toEqual([])
  })

  it('answers as many series, values, ranges and formulas as may be asked for at once', async () => {
    await insert(on('ann', 0, { properties: { size: 3 } }), on('bob', 1, { browser: 'Firefox' }))
    const series = Array.from({ length: 26 }, (_, at) => ({
      measure: (['total', 'unique_persons', 'weekly_active', 'first_time'] as const)[at % 4],
    }))
    const breakdowns = [{ property: 'size', bins: 50 }, { property: '$browser' }, { property: 'x' }]
    const { status, body } = await ask(series, { breakdowns, compare: {}, formulas: ['A + Z'] })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.series.map(({ total, period }) => [period, total])).toEqual([
      ['current', 2],
      ['previous', 0],
      ['current', 2],
      ['previous', 0],
    ])
  })

  it('keeps the sum of huge numbers, and has none when it is too large for a number', async () => {
    const price = (value: string) => ({ properties: { price: value } })
    await insert(on('ann', 0, price('1e308')), on('ann', 1, price('1e308')))
    const { body } = await ask({ measure: 'sum', measure_property: property })
    expect(body.series[0]).toMatchObject({ values: [1e308, 1e308, 0], total: null })
    const cumulative = await ask(
      { measure: 'sum', measure_property: property },
      { cumulative: true },
    )
    expect(cumulative.body.series[0]?.values).toEqual([1e308, null, null])
  })
})
