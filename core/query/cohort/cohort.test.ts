import type { CohortCondition, CohortFilter } from '@headwater/schemas/insights/cohort'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let api: TestApi
let project = ''
let tests = 0
beforeAll(async () => {
  api = await openTestApi()
})
beforeEach(() => {
  project = `p-${tests++}`
})
afterAll(() => api.remove())

/** Everybody has been here today; who did what before is told by the rows. */
async function insert(...facts: (Partial<EventRow> & { distinct_id: string; ago: number })[]) {
  const visitors = [...new Set(facts.map(({ distinct_id }) => distinct_id))]
  const visits = visitors.map((distinct_id) => ({ distinct_id, ago: 0, event: 'visit' }))
  const row = ({ ago, ...fact }: Partial<EventRow> & { ago: number }) => ({
    project_id: project,
    timestamp: api.now - ago,
    ...fact,
  })
  await api.insert([...facts, ...visits].map(row))
}

const ask = (...filters: unknown[]) =>
  api.post<TrendsResult & ApiError>('/api/query', {
    kind: 'trends',
    project,
    date_from: '-1d',
    series: [{ event: 'visit', measure: 'unique_persons' }],
    breakdowns: [{ property: '$browser' }],
    filters,
  })

/** Whose visits are counted when only those of the cohort are. */
async function members(rule: object, operator: 'in' | 'not_in' = 'in'): Promise<string[]> {
  const query = {
    kind: 'stickiness',
    project,
    date_from: '-1d',
    series: [{ event: 'visit' }],
    filters: [{ cohort: rule, operator }],
  }
  const { status, body } = await api.post<{ actors: { distinct_ids: string[] }[] }>('/api/actors', {
    query,
    select: { intervals: 1 },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.actors.flatMap(({ distinct_ids }) => distinct_ids).sort()
}

const all = (...conditions: unknown[]) => ({ conditions })
const any = (...conditions: unknown[]) => ({ match: 'any', conditions })
const did = (event: string, more: object = {}) => ({ type: 'did', event, ...more })
const times = (operator: string, value: number) => ({ times: { operator, value } })

describe('a cohort', () => {
  it('is whoever did something, or did not', async () => {
    await insert({ distinct_id: 'ann', ago: DAY_MS, event: 'buy' }, { distinct_id: 'bob', ago: 1 })
    expect(await members(all(did('buy')))).toEqual(['ann'])
    expect(await members(all(did('buy', { negate: true })))).toEqual(['bob'])
    expect(await members(all(did('buy')), 'not_in')).toEqual(['bob'])
  })

  it('counts how often, and "at most" holds for those who never did', async () => {
    const buys = (distinct_id: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ distinct_id, ago: DAY_MS + i, event: 'buy' }))
    await insert(...buys('one', 1), ...buys('two', 2), ...buys('three', 3), {
      distinct_id: 'no',
      ago: 1,
    })
    expect(await members(all(did('buy', times('gte', 2))))).toEqual(['three', 'two'])
    expect(await members(all(did('buy', times('is', 2))))).toEqual(['two'])
    expect(await members(all(did('buy', times('lte', 2))))).toEqual(['no', 'one', 'two'])
    expect(await members(all(did('buy', { ...times('lte', 2), negate: true })))).toEqual(['three'])
  })

  it('looks at the last days only, or between two moments', async () => {
    await insert(
      { distinct_id: 'late', ago: 2 * DAY_MS, event: 'buy' },
      { distinct_id: 'early', ago: 20 * DAY_MS, event: 'buy' },
    )
    const within = { within: { value: 7, unit: 'day' } }
    expect(await members(all(did('buy', within)))).toEqual(['late'])
    const at = (ago: number) => new Date(api.now - ago).toISOString()
    const between = { from: at(20 * DAY_MS), to: at(2 * DAY_MS) }
    expect(await members(all(did('buy', between)))).toEqual(['early'])
  })

  it('looks at properties of the events', async () => {
    await insert(
      { distinct_id: 'ann', ago: DAY_MS, event: 'buy', properties: { price: 5 } },
      { distinct_id: 'bob', ago: DAY_MS, event: 'buy', properties: { price: 50 } },
    )
    const dear = { filters: [{ property: 'price', operator: 'gt', value: 10 }] }
    expect(await members(all(did('buy', dear)))).toEqual(['bob'])
  })

  it('is whoever did several things in order and in time', async () => {
    const steps = (distinct_id: string, ...agos: [string, number][]) =>
      agos.map(([event, ago]) => ({ distinct_id, event, ago }))
    await insert(
      ...steps('fits', ['cart', 5 * HOUR_MS], ['buy', 4 * HOUR_MS]),
      ...steps('reversed', ['cart', 4 * HOUR_MS], ['buy', 5 * HOUR_MS]),
      ...steps('slow', ['cart', 9 * HOUR_MS], ['buy', 4 * HOUR_MS]),
      ...steps('again', ['cart', 9 * HOUR_MS], ['cart', 5 * HOUR_MS], ['buy', 4 * HOUR_MS]),
      ...steps('exactly', ['cart', 7 * HOUR_MS], ['buy', 4 * HOUR_MS]),
      ...steps('one', ['cart', 5 * HOUR_MS]),
    )
    const sequence = {
      type: 'did_sequence',
      steps: [{ event: 'cart' }, { event: 'buy' }],
      window: { value: 3, unit: 'hour' },
    }
    expect(await members(all(sequence))).toEqual(['again', 'exactly', 'fits'])
    expect(await members(all({ ...sequence, negate: true }))).toEqual(['one', 'reversed', 'slow'])
  })

  it('takes one event for one step', async () => {
    await insert({ distinct_id: 'once', ago: DAY_MS, event: 'buy' })
    const twice = { type: 'did_sequence', steps: [{ event: 'buy' }, { event: 'buy' }] }
    expect(await members(all(twice))).toEqual([])
  })

  it('is a list of names', async () => {
    await insert({ distinct_id: 'ann', ago: 1 }, { distinct_id: "b'ob", ago: 1 })
    const list = { type: 'list', distinct_ids: ["b'ob", 'nobody'] }
    expect(await members(all(list))).toEqual(["b'ob"])
    expect(await members(all({ ...list, negate: true }))).toEqual(['ann'])
  })

  it('joins its conditions by all or any', async () => {
    await insert(
      { distinct_id: 'both', ago: DAY_MS, event: 'cart' },
      { distinct_id: 'both', ago: DAY_MS, event: 'buy' },
      { distinct_id: 'cart', ago: DAY_MS, event: 'cart' },
      { distinct_id: 'none', ago: DAY_MS },
    )
    expect(await members(all(did('cart'), did('buy')))).toEqual(['both'])
    expect(await members(any(did('cart'), did('buy')))).toEqual(['both', 'cart'])
    expect(await members(any(did('cart'), did('buy')), 'not_in')).toEqual(['none'])
  })

  it('stands beside other filters, and in groups of them', async () => {
    await insert(
      { distinct_id: 'ann', ago: DAY_MS, event: 'buy' },
      { distinct_id: 'bob', ago: 1, event: 'x' },
    )
    await api.insert([
      {
        project_id: project,
        distinct_id: 'bob',
        event: 'visit',
        browser: 'Edge',
        timestamp: api.now,
      },
    ])
    const cohort: CohortFilter = {
      cohort: { match: 'all', conditions: [did('buy') as CohortCondition] },
      operator: 'in',
    }
    const edge = { property: '$browser', value: 'Edge' }
    const total = async (...filters: unknown[]) => {
      const { body } = await ask(...filters)
      return body.series.reduce((sum, line) => sum + (line.total ?? 0), 0)
    }
    expect(await total(cohort, edge)).toBe(0)
    expect(await total({ match: 'any', filters: [cohort, edge] })).toBe(2)
  })

  it('stands in lists of events and persons, exports and dashboards, too', async () => {
    await insert(
      { distinct_id: 'ann', ago: DAY_MS, event: 'buy' },
      { distinct_id: 'bob', ago: DAY_MS, event: 'x' },
    )
    const buyers = [{ cohort: all(did('buy', { within: { value: 7, unit: 'day' } })) }]
    const query = { project, date_from: '-2d', filters: buyers }
    const events = await api.post<{ events: { distinct_id: string }[] }>('/api/events', query)
    expect(events.body.events.map(({ distinct_id }) => distinct_id)).toEqual(['ann', 'ann'])
    const persons = await api.get<{ persons: { distinct_ids: string[] }[] }>('/api/persons', {
      project,
      filters: JSON.stringify(buyers),
    })
    expect(persons.body.persons.map(({ distinct_ids }) => distinct_ids)).toEqual([['ann']])
    const exported = await api.fetch('/api/export', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...query, format: 'ndjson' }),
    })
    expect((await exported.text()).trim().split('\n')).toHaveLength(2)
  })

  it('knows nothing of other projects', async () => {
    const other = `${project}-other`
    await insert({ distinct_id: 'ann', ago: 1 })
    await api.insert([{ project_id: other, distinct_id: 'ann', event: 'buy', timestamp: api.now }])
    expect(await members(all(did('buy')))).toEqual([])
    expect(await members(all(did('buy', times('lte', 1))))).toEqual(['ann'])
  })

  it.each([
    [all(), 'cohort.conditions'],
    [all({ type: 'guess' }), 'cohort.conditions.0.type'],
    [all(did('')), 'cohort.conditions.0.event'],
    [all(did('a', times('gte', 0))), 'cohort.conditions.0.times.value'],
    [all({ type: 'did_sequence', steps: [{ event: 'a' }] }), 'cohort.conditions.0.steps'],
    [all({ type: 'list', distinct_ids: [] }), 'cohort.conditions.0.distinct_ids'],
    [
      all({ type: 'person', filter: { property: 'a', value: 1 } }),
      'cohort.conditions.0.filter.type',
    ],
    [
      all(did('a', { filters: [{ property: 'a', operator: 'gt', value: 'x' }] })),
      'cohort.conditions.0.filters.0.value',
    ],
  ])('refuses %j and names the field', async (cohort, field) => {
    const { status, body } = await ask({ cohort })
    expect([status, body.error]).toEqual([
      400,
      expect.objectContaining({ field: `filters.0.${field}` }),
    ])
  })
})
