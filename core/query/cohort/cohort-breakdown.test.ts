import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const DAY_MS = 86_400_000

// Ann and bob bought, bob and cem have a cart, dee did nothing but visit as they all do.
let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const rows = (event: string, ago: number, ...ids: string[]) =>
    ids.map((distinct_id) => ({ project_id: 'p', event, distinct_id, timestamp: api.now - ago }))
  await api.insert([
    ...rows('buy', 3 * DAY_MS, 'ann', 'bob'),
    ...rows('cart', 2 * DAY_MS, 'bob', 'cem'),
    ...rows('visit', DAY_MS, 'ann', 'bob', 'cem', 'dee'),
    ...rows('visit', 0, 'ann', 'bob', 'dee'),
  ])
})
afterAll(() => api.remove())

const did = (event: string, more = {}) => ({ conditions: [{ type: 'did', event, ...more }] })
const line = (name: string, event: string, more = {}) => ({ name, cohort: did(event, more) })
const BUYERS = line('Buyers', 'buy')
const CARTS = line('Carts', 'cart')

const question = (...cohorts: object[]) => ({
  kind: 'trends',
  project: 'p',
  date_from: '-1d',
  series: [{ event: 'visit', measure: 'unique_persons' }],
  breakdowns: [{ cohorts }],
})
const ask = (query: object) => api.post<TrendsResult & ApiError>('/api/query', query)
async function names(query: object, select: object): Promise<string[]> {
  const { status, body } = await api.post<ActorsResult>('/api/actors', { query, select })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.actors.flatMap(({ distinct_ids }) => distinct_ids).sort()
}
const on = (name: string) => ({ breakdown: { kind: 'value', values: [name] } })

describe('a breakdown by cohorts', () => {
  it('has a line for each, in the order of the question, and none for everybody else', async () => {
    const { body } = await ask(question(CARTS, line('Refunds', 'refund'), BUYERS))
    expect(body.series.map(({ breakdown, values }) => [breakdown?.values, values])).toEqual([
      [['Carts'], [2, 1]],
      [['Refunds'], [0, 0]],
      [['Buyers'], [2, 2]],
    ])
  })

  it('answers for each what a filter by it answers', async () => {
    const { body } = await ask(question(BUYERS, CARTS))
    for (const [place, { cohort }] of [BUYERS, CARTS].entries()) {
      const alone = await ask({ ...question(), breakdowns: [], filters: [{ cohort }] })
      expect(body.series[place]?.values).toEqual(alone.body.series[0]?.values)
    }
  })

  it('looks back from now, as a filter does', async () => {
    const within = { within: { value: 60, unit: 'hour' } }
    const { body } = await ask(question(line('lately', 'buy', within), BUYERS))
    expect(body.series.map(({ total }) => total)).toEqual([0, 2])
  })

  it('stands beside filters, series and formulas', async () => {
    const { body } = await ask({
      ...question(CARTS, BUYERS),
      series: [{ event: 'visit' }, { event: 'buy' }],
      filters: [{ cohort: did('cart'), operator: 'not_in' }],
      formulas: ['A + B'],
      date_from: '-3d',
    })
    expect(body.series.map(({ breakdown, total }) => [breakdown?.values[0], total])).toEqual([
      ['Carts', 0],
      ['Buyers', 3],
    ])
  })

  it('names who is behind a number of a line', async () => {
    const query = question(BUYERS, CARTS)
    expect(await names(query, on('Buyers'))).toEqual(['ann', 'bob'])
    expect(await names(query, on('Carts'))).toEqual(['bob', 'cem'])
    const { body } = await ask(query)
    expect(await names(query, { ...on('Carts'), bucket: body.buckets[1] })).toEqual(['bob'])
    const funnel = {
      ...{ kind: 'funnel', project: 'p', breakdowns: query.breakdowns },
      steps: [{ event: 'cart' }, { event: 'visit' }],
    }
    expect(await names(funnel, { step: 2, ...on('Buyers') })).toEqual(['bob'])
    const retention = {
      ...{ kind: 'retention', project: 'p', breakdowns: query.breakdowns, date_from: '-1d' },
      ...{ start: { event: 'visit' }, return: { event: 'visit' } },
    }
    expect(await names(retention, { row: 0, column: 1, ...on('Buyers') })).toEqual(['ann', 'bob'])
    // Who is in several cohorts is one actor.
    expect(await names(retention, { row: 0 })).toEqual(['ann', 'bob', 'cem'])
  })

  it.each([
    [null, 'select.breakdown'],
    [{ kind: 'value', values: ['Nobody'] }, 'select.breakdown.values'],
    [{ kind: 'none', values: ['Buyers'] }, 'select.breakdown.values'],
    [{ kind: 'other' }, 'select.breakdown.values'],
    [{ kind: 'value', values: ['Buyers', 'Carts'] }, 'select.breakdown.values'],
  ])('has no line %j', async (breakdown, field) => {
    const { status, body } = await api.post<ApiError>('/api/actors', {
      query: question(BUYERS, CARTS),
      select: { breakdown },
    })
    expect([status, body.error.field]).toEqual([400, field])
  })

  const wrong = (filters: object[]) => question(BUYERS, line('x', 'a', { filters }))
  it.each([
    [question(), 'breakdowns.0.cohorts'],
    [question(...Array(26).fill(BUYERS)), 'breakdowns.0.cohorts'],
    [question({ cohort: did('a') }), 'breakdowns.0.cohorts.0.name'],
    [question({ name: '', cohort: did('a') }), 'breakdowns.0.cohorts.0.name'],
    [question(BUYERS, line('Buyers', 'cart')), 'breakdowns.0.cohorts.1.name'],
    [question(line('x', '')), 'breakdowns.0.cohorts.0.cohort.conditions.0.event'],
    [
      wrong([{ property: 'a', operator: 'gt', value: 'x' }]),
      'breakdowns.0.cohorts.1.cohort.conditions.0.filters.0.value',
    ],
    [{ ...question(), breakdowns: [{ property: '$os' }, { cohorts: [BUYERS] }] }, 'breakdowns.1'],
    [{ ...question(), breakdowns: [{ cohorts: [BUYERS] }, { cohorts: [CARTS] }] }, 'breakdowns.0'],
    [{ ...question(BUYERS), display: 'map' }, 'breakdowns'],
  ])('is refused as %j, naming the field', async (query, field) => {
    const { status, body } = await ask(query)
    expect([status, body.error?.field], JSON.stringify(body)).toEqual([400, field])
    const others = [
      { kind: 'retention' },
      { kind: 'funnel', steps: [{ event: 'a' }, { event: 'b' }] },
    ]
    if ('display' in query) return
    for (const other of others) {
      const { breakdowns } = query
      const answer = await ask({ ...other, project: 'p', breakdowns })
      expect([other.kind, answer.status, answer.body.error?.field]).toEqual([
        other.kind,
        400,
        field,
      ])
    }
  })
})
