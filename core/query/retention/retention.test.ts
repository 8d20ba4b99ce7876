import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { RetentionResult } from '@headwater/schemas/insights/retention'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi, testClient } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const HOUR_MS = 3_600_000
const QUESTION = { kind: 'retention', project: 'default' }
const ask = (change: object) =>
  api.post<RetentionResult & ApiError>('/api/query', { ...QUESTION, ...change })
const price = { property: 'price' }

describe('a question about retention', () => {
  it.each([
    [{ start: {} }, 'start.event'],
    [{ return: { event: '' } }, 'return.event'],
    [{ start: { event: 'a', filters: [{ property: 'p' }] } }, 'start.filters.0.value'],
    [
      { return: { event: 'a', filters: [{ property: 'p', operator: 'gt', value: 'x' }] } },
      'return.filters.0.value',
    ],
    [
      {
        mode: 'first_ever',
        start: { event: 'a', filters: [{ property: 'p', operator: 'gt', value: 'x' }] },
      },
      'start.filters.0.value',
    ],
    [{ mode: 'sometimes' }, 'mode'],
    [{ interval: 'minute' }, 'interval'],
    [{ interval: 'year' }, 'interval'],
    [{ periods: 0 }, 'periods'],
    [{ periods: 401 }, 'periods'],
    [{ brackets: [] }, 'brackets'],
    [{ brackets: [1, 0] }, 'brackets.1'],
    [{ brackets: [200, 200] }, 'brackets'],
    [{ brackets: [1], periods: 2 }, 'periods'],
    [{ windows: 'lunar' }, 'windows'],
    [{ windows: 'from_start', interval: 'month' }, 'interval'],
    [{ windows: 'from_start', cumulative: true }, 'windows'],
    [{ minimum_occurrences: 0 }, 'minimum_occurrences'],
    [{ cumulative: true, aggregate: { function: 'sum', property: price } }, 'aggregate'],
    [{ aggregate: { function: 'median', property: price } }, 'aggregate.function'],
    [{ aggregate: { function: 'sum' } }, 'aggregate.property'],
    [
      { aggregate: { function: 'sum', property: { property: ':`Int64`' } } },
      'aggregate.property.property',
    ],
    [{ breakdowns: [{ property: '^`a`' }] }, 'breakdowns.0.property'],
    [{ breakdowns: Array(4).fill(price) }, 'breakdowns'],
    [{ breakdown_limit: 0 }, 'breakdown_limit'],
    [{ date_from: '-401d' }, 'interval'],
    [{ date_from: '-2000d', interval: 'hour' }, 'interval'],
    [{ date_from: '-300d', breakdowns: [price] }, 'periods'],
    [{ colour: 'red' }, 'colour'],
  ])('is refused when %j, by the name of the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it('is about page views of the last days when nothing else is said', async () => {
    const project = 'defaults'
    await api.insert([{ project_id: project, timestamp: api.now - 30 * HOUR_MS }])
    const { body } = await ask({ project })
    expect(body.buckets).toHaveLength(8)
    expect(body.groups[0]?.rows[6]?.cells.slice(0, 3).map(({ value }) => value)).toEqual([
      1,
      0,
      null,
    ])
  })

  it('counts each group of an actor kind, and events without one not at all', async () => {
    const project = 'groups'
    const visit = (distinct_id: string, daysAgo: number, company?: string) => ({
      project_id: project,
      distinct_id,
      timestamp: api.now - daysAgo * 24 * HOUR_MS,
      properties: company ? { $groups: { company } } : {},
    })
    await api.insert([visit('ann', 2, 'acme'), visit('bob', 1, 'acme'), visit('cem', 2)])
    const { body } = await ask({
      project,
      actor: { group: 'company' },
      date_from: '-2d',
      periods: 2,
    })
    expect(body.groups[0]?.rows[0]).toMatchObject({ size: 1, cells: [{ value: 1 }, { value: 1 }] })
  })

  it('follows more buckets than a number has bits', async () => {
    const project = 'long'
    const visits = [0, 63, 64, 65, 129].map((daysAgo) => ({
      project_id: project,
      timestamp: api.now - daysAgo * 24 * HOUR_MS,
    }))
    await api.insert(visits)
    const { body } = await ask({ project, date_from: '-129d' })
    const [first] = body.groups[0]?.rows ?? []
    const returned = first?.cells.flatMap(({ value }, day) => (value ? [day] : []))
    expect(returned).toEqual([0, 64, 65, 66, 129])
  })

  it('says nothing of a cohort that is still to come', async () => {
    const { body } = await ask({ date_from: '2026-06-16', date_to: '2026-06-19', periods: 1 })
    expect(body.groups[0]?.rows).toEqual([
      { size: 0, cells: [{ value: 0, state: 'complete' }] },
      { size: 0, cells: [{ value: 0, state: 'incomplete' }] },
      { size: null, cells: [{ value: null, state: 'future' }] },
      { size: null, cells: [{ value: null, state: 'future' }] },
    ])
  })

  it('calls a cell incomplete until the store has all that happened in it', async () => {
    const completeUntil = api.now - 20 * HOUR_MS
    const late = testClient({
      store: api.store,
      clock: () => api.now,
      freshness: { read: async () => ({ complete_until: completeUntil, lag_records: 5 }) },
    })
    const { body } = await late.post<RetentionResult>('/api/query', {
      ...QUESTION,
      date_from: '-1d',
    })
    const states = body.groups[0]?.rows.map(({ cells }) => cells.map(({ state }) => state))
    expect(states).toEqual([
      ['incomplete', 'incomplete'],
      ['incomplete', 'future'],
    ])
  })
})

describe('the people behind a cell', () => {
  const actors = (select: object, change: object = {}) =>
    api.post<ActorsResult & ApiError>('/api/actors', {
      query: { ...QUESTION, date_from: '-2d', periods: 3, ...change },
      select,
    })

  it.each([
    [{}, {}, 'select.row'],
    [{ row: 3 }, {}, 'select.row'],
    [{ row: 0, column: 3 }, {}, 'select.column'],
    [{ row: 0, breakdown: { kind: 'none' } }, {}, 'select.breakdown'],
    [{ row: 0, breakdown: { kind: 'some' } }, { breakdowns: [price] }, 'select.breakdown.kind'],
    [
      { row: 0, breakdown: { kind: 'value', values: [] } },
      { breakdowns: [price] },
      'select.breakdown.values',
    ],
  ])('are refused for %j of %j, by the name of the field', async (select, change, field) => {
    const { status, body } = await actors(select, change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it('are nobody while the cell lies in the future, whatever senders’ clocks say', async () => {
    const project = 'ahead'
    const visit = (timestamp: number) => ({ project_id: project, distinct_id: 'ann', timestamp })
    await api.insert([visit(api.now), visit(api.now + 24 * HOUR_MS)])
    const found = await actors({ row: 2, column: 1 }, { project })
    expect(found.body.actors).toEqual([])
    const cohort = await actors({ row: 2 }, { project })
    expect(cohort.body.actors).toHaveLength(1)
  })
})
