import type { ActorsResult } from '@headwater/schemas/insights/actors'
import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { type InsightKind, InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { ApiError } from '@headwater/schemas/insights/question'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi, testClient } from './test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const QUESTION = { kind: 'stickiness', project: 'default', series: [{ event: '$pageview' }] }
const ask = (question: unknown) => api.post<InsightResult & ApiError>('/api/query', question)

describe('POST /api/query', () => {
  it.each(Object.keys(INSIGHT_EXAMPLES) as InsightKind[])(
    'answers the documented example of %s in the documented shape',
    async (kind) => {
      const { status, body } = await ask(INSIGHT_EXAMPLES[kind])
      expect(status, JSON.stringify(body)).toBe(200)
      expect(InsightResult.parse(body)).toEqual(body)
      expect(body.kind).toBe(kind)
    },
  )

  it('has an example of every kind', () => {
    const kinds = InsightQuery.options.map((option) => option.shape.kind.value)
    expect(Object.keys(INSIGHT_EXAMPLES).sort()).toEqual([...kinds].sort())
  })

  it('lists the kinds there are when it is asked for another', async () => {
    const { body } = await ask({ ...QUESTION, kind: 'guess' })
    expect(body.error.allowed).toEqual(expect.arrayContaining(['trends', 'funnel']))
    expect(body.error.message).toMatch(/^kind must be one of /)
  })

  it('shows its statements when they are asked for, and only then', async () => {
    const { body } = await ask({ ...QUESTION, include_sql: true })
    expect(body.sql?.[0]?.text).toContain('FROM events')
    expect(body.sql?.[0]?.params).toBeTypeOf('object')
    expect((await ask(QUESTION)).body).not.toHaveProperty('sql')
  })

  it('asks for the version of the data once for all statements of a round', async () => {
    let versions = 0
    const watched = testClient({
      store: {
        query: (asked, options) => api.store.query(asked, options),
        async dataVersion() {
          versions++
          return api.store.dataVersion()
        },
      },
      clock: () => api.now,
    })
    const series = [{ event: 'a' }, { event: 'b' }, { event: 'c' }]
    await watched.post('/api/query', { ...QUESTION, series })
    expect(versions).toBe(1)
  })

  it('begins "all" with the day of the first event', async () => {
    const project = 'all-time'
    await api.insert([{ project_id: project, timestamp: api.now - 9.5 * 86_400_000 }])
    const { body } = await ask({ ...QUESTION, project, date_from: 'all' })
    expect(body).toMatchObject({ intervals: 10 })
  })

  it('asks for today only when a project has no event at all', async () => {
    const { body } = await ask({ ...QUESTION, project: 'empty', date_from: 'all' })
    expect(body).toMatchObject({ intervals: 1 })
  })

  it.each([
    [{ kind: 'guess' }, 'kind'],
    [{ date_from: 'yesterday' }, 'date_from'],
    [{ date_from: '2026-06-18', date_to: '2026-06-01' }, 'date_from'],
    [{ series: [] }, 'series'],
    [{ series: [{}] }, 'series.0.event'],
    [{ actor: 'robot' }, 'actor'],
    [{ actor: { group: '' } }, 'actor.group'],
    [{ filters: [{ property: 'a' }] }, 'filters.0.value'],
    [{ filters: [{ property: 'a', operator: 'like', value: 1 }] }, 'filters.0.operator'],
    [{ filters: [{ match: 'some', filters: [{ property: 'a', value: 1 }] }] }, 'filters.0.match'],
    [
      { filters: [{ match: 'any', filters: [{ property: 'a', operator: 'gt', value: 'x' }] }] },
      'filters.0.filters.0.value',
    ],
    [
      { series: [{ event: 'a', filters: [{ property: 'a', operator: 'gt', value: 'x' }] }] },
      'series.0.filters.0.value',
    ],
    [{ colour: 'red' }, 'colour'],
    [{ week_start: 'friday' }, 'week_start'],
    [{ interval: 'minute', date_from: '-2000d' }, 'interval'],
  ])('refuses %j and names the field', async (change, field) => {
    const { status, body } = await ask({ ...QUESTION, ...change })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

describe('POST /api/actors', () => {
  const actors = (body: unknown) => api.post<ActorsResult & ApiError>('/api/actors', body)
  const project = 'behind'
  const query = { ...QUESTION, project }
  const ids = ({ body }: { body: ActorsResult }) => body.actors.map((a) => a.distinct_ids[0])
  const on = (distinct_id: string, daysAgo: number, session_id: string) => ({
    project_id: project,
    distinct_id,
    session_id,
    timestamp: api.now - daysAgo * 86_400_000,
  })

  it('names the people behind a number, page by page', async () => {
    await api.insert([on('ann', 0, 'a'), on('bob', 0, 'b'), on('bob', 1, 'b'), on('cem', 2, '')])
    const first = await actors({ query, select: { intervals: 1 }, limit: 1 })
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    const after = first.body.next
    const second = await actors({ query, select: { intervals: 1 }, limit: 1, after })
    expect([...ids(first), ...ids(second)].sort()).toEqual(['ann', 'cem'])
    expect(second.body.next).toBeNull()
    const [bob] = (await actors({ query, select: { intervals: 2 } })).body.actors
    expect(bob).toMatchObject({
      distinct_ids: ['bob'],
      first_seen: new Date(api.now - 86_400_000).toISOString(),
      last_seen: new Date(api.now).toISOString(),
    })
  })

  it('names sessions and senders as well', async () => {
    const named = async (actor: string) => {
      const { body } = await actors({ query: { ...query, actor }, select: { intervals: 1 } })
      return body.actors.map(({ id }) => id)
    }
    expect(await named('session')).toEqual(['a'])
    expect(await named('distinct_id')).toEqual(['ann', 'cem'])
  })

  it('asks at once for who they are and for what is known of them', async () => {
    let [running, most] = [0, 0]
    const counted = testClient({
      store: {
        dataVersion: () => api.store.dataVersion(),
        async query(asked, options) {
          most = Math.max(most, ++running)
          const rows = await api.store.query(asked, options).finally(() => running--)
          return rows as never[]
        },
      },
      clock: () => api.now,
    })
    const { status } = await counted.post('/api/actors', { query, select: { intervals: 1 } })
    expect([status, most]).toEqual([200, 2])
  })

  it('names nobody behind a zero', async () => {
    const { body } = await actors({ query, select: { intervals: 5 } })
    expect(body).toMatchObject({ actors: [], next: null })
  })

  it.each([
    [{}, 'select.intervals'],
    [{ intervals: 0 }, 'select.intervals'],
    [{ intervals: 1, series: 3 }, 'select.series'],
    [{ intervals: 1, colour: 'red' }, 'select.colour'],
  ])('refuses the selection %j and names the field', async (select, field) => {
    const { status, body } = await actors({ query, select })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

describe('groups of filters', () => {
  it('hold when all or any of theirs do', async () => {
    const project = 'filter-groups'
    const row = (distinct_id: string, properties: Record<string, number>) => ({
      project_id: project,
      distinct_id,
      properties,
      timestamp: api.now,
    })
    await api.insert([row('ann', { a: 1 }), row('bob', { b: 1 }), row('cem', { a: 1, b: 1 })])
    const is = (property: string) => ({ property, value: 1 })
    const active = async (...filters: unknown[]) => {
      const { body } = await ask({ ...QUESTION, project, filters })
      return body.kind === 'stickiness' ? body.series[0]?.counts[0] : null
    }
    expect(await active(is('a'), is('b'))).toBe(1)
    expect(await active({ match: 'any', filters: [is('a'), is('b')] })).toBe(3)
    const both = { match: 'all', filters: [is('a'), is('b')] }
    expect(await active({ match: 'any', filters: [both, is('b')] })).toBe(2)
  })
})
