import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { previousRange } from './plan.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const HOUR_MS = 3_600_000
const ask = (question: object) =>
  api.post<WebOverviewResult & ApiError>('/api/query', {
    kind: 'web_overview',
    project: 'default',
    date_from: '-1d',
    ...question,
  })
const actors = (query: object, select: unknown) =>
  api.post<ActorsResult & ApiError>('/api/actors', {
    query: { kind: 'web_overview', project: 'default', ...query },
    select,
  })

describe('web overview', () => {
  it('leaves bots out unless they are asked for, with their sessions', async () => {
    const project = 'bots'
    const view = { project_id: project, timestamp: api.now - HOUR_MS }
    await api.insert([
      { ...view, distinct_id: 'ann', session_id: 'a' },
      { ...view, distinct_id: 'bot', session_id: 'b', is_bot: true },
    ])
    const numbers = async (include_bots: boolean) => {
      const { body } = await ask({ project, include_bots, lists: ['browser'] })
      const [list] = body.lists
      return [body.visitors.value, body.sessions.value, list?.rows[0]?.visitors]
    }
    expect(await numbers(false)).toEqual([1, 1, 1])
    expect(await numbers(true)).toEqual([2, 2, 2])
  })

  it('takes web vitals as numbers or their text, and nothing else', async () => {
    const vitals = (value: number | string | boolean | null) => ({
      project_id: 'vitals',
      event: '$web_vitals',
      timestamp: api.now - HOUR_MS,
      properties: { $web_vitals_INP_value: value },
    })
    await api.insert([100, '200', 300, 'fast', 'nan', 'inf', true, null].map(vitals))
    const { body } = await ask({ project: 'vitals', lists: [] })
    expect(body.web_vitals).toEqual([
      {
        metric: 'INP',
        value: 250,
        previous: null,
        change: null,
        samples: 3,
        rating: 'needs_improvement',
      },
    ])
  })

  it('says which values are unknown where nobody came', async () => {
    const { body } = await ask({ project: 'empty', lists: ['page', 'source'] })
    const unknown = { value: null, previous: null, change: null }
    expect(body).toMatchObject({
      visitors: { value: 0, previous: 0, change: null },
      bounce_rate: unknown,
      session_duration: unknown,
      views_per_session: unknown,
      lists: [
        { list: 'page', rows: [] },
        { list: 'source', rows: [] },
      ],
      web_vitals: [],
    })
  })

  it('compares a range that still runs up to the same minute', () => {
    const at = (text: string) => Date.parse(text)
    const range = { from: at('2026-06-16T00:00Z'), to: at('2026-06-17T00:00Z') }
    const before = (now: string) => {
      const { from, to } = previousRange(range, 'UTC', at(now))
      return [from, to].map((instant) => new Date(instant).toISOString().slice(0, 16))
    }
    expect(before('2026-06-16T09:01:59Z')).toEqual(['2026-06-15T00:00', '2026-06-15T09:01'])
    expect(before('2026-06-17T00:00:00Z')).toEqual(['2026-06-15T00:00', '2026-06-16T00:00'])
    expect(before('2026-06-15T12:00:00Z')).toEqual(['2026-06-15T00:00', '2026-06-15T00:00'])
  })

  it.each([
    [{ lists: ['colour'] }, 'lists.0'],
    [{ list_limit: 0 }, 'list_limit'],
    [{ list_limit: 501 }, 'list_limit'],
    [{ actor: 'session' }, 'actor'],
    [{ interval: 'minute', date_from: '-900d' }, 'interval'],
    [{ compare: 'yes' }, 'compare'],
    [{ filters: [{ property: 'a', operator: 'gt', value: 'x' }] }, 'filters.0.value'],
    [{ events: [] }, 'events'],
  ])('refuses %j and names the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([
    [{ bucket: 99 }, {}, 'select.bucket'],
    [{ bucket: 0, bounced: true }, {}, 'select.bucket'],
    [{ row: { list: 'page', value: '/' }, previous: true }, {}, 'select.row'],
    [{ row: { list: 'page', value: '/' }, bounced: true }, {}, 'select.row'],
    [{ row: { list: 'colour', value: '/' } }, {}, 'select.row.list'],
    [{ previous: true }, { compare: false }, 'select.previous'],
    [{ previous: true }, { date_from: 'all' }, 'select.previous'],
  ])('refuses the selection %j of %j and names the field', async (select, query, field) => {
    const { status, body } = await actors(query, select)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})
