import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { PathsResult } from '@headwater/schemas/insights/paths'
import type { ApiError } from '@headwater/schemas/insights/question'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const MINUTE_MS = 60_000
const QUESTION = { kind: 'paths', project: 'default' }
const ask = (change: object) =>
  api.post<PathsResult & ApiError>('/api/query', { ...QUESTION, ...change })

describe('a question about paths', () => {
  it.each([
    [{ items: [] }, 'items'],
    [{ items: [{}] }, 'items.0.event'],
    [{ items: [{ event: 'a', named_by: {} }] }, 'items.0.named_by.property'],
    [{ items: [{ event: 'a', named_by: { property: '^`a`' } }] }, 'items.0.named_by.property'],
    [
      { items: [{ event: 'a', filters: [{ property: 'p', operator: 'gt', value: 'x' }] }] },
      'items.0.filters.0.value',
    ],
    [{ session_gap_minutes: 0 }, 'session_gap_minutes'],
    [{ groupings: [''] }, 'groupings.0'],
    [{ groupings: Array(101).fill('/a*') }, 'groupings'],
    [{ exclude: [7] }, 'exclude.0'],
    [{ steps: 1 }, 'steps'],
    [{ steps: 21 }, 'steps'],
    [{ edge_limit: 501 }, 'edge_limit'],
    [{ start: '' }, 'start'],
    [{ start: '/a', end: '/a' }, 'end'],
    [{ colour: 'red' }, 'colour'],
  ])('is refused when %j, by the name of the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([
    [{ name: '/' }, 'select.step'],
    [{ step: 0, name: '/' }, 'select.step'],
    [{ step: 1 }, 'select.name'],
    [{ step: 1, name: '/', next: '' }, 'select.next'],
  ])('has nobody behind %j, and names the field', async (select, field) => {
    const { status, body } = await api.post<ActorsResult & ApiError>('/api/actors', {
      query: QUESTION,
      select,
    })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it('keeps the order of events at one instant, by sequence', async () => {
    const project = 'sequence'
    const view = (pathname: string, sequence: number) => ({
      ...{ project_id: project, pathname, sequence, timestamp: api.now },
    })
    await api.insert([view('/c', 3), view('/a', 1), view('/b', 2)])
    const { body } = await ask({ project })
    expect(body.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['/a /b', '/b /c'])
  })

  it('shows the most used edges, and no more than asked for', async () => {
    const project = 'limit'
    const views = (actor: string, pages: string[]) =>
      pages.map((pathname, place) => ({
        ...{ project_id: project, distinct_id: actor, pathname },
        timestamp: api.now - (pages.length - place) * MINUTE_MS,
      }))
    await api.insert([
      ...views('ann', ['/a', '/b', '/d', '/e']),
      ...views('bob', ['/a', '/b', '/d', '/e']),
      ...views('cem', ['/a', '/c', '/d', '/e']),
      ...views('dan', ['/z', '/c']),
    ])
    const edges = async (edge_limit: number) => {
      const { body } = await ask({ project, edge_limit })
      return body.edges.map(({ step, from, to, paths }) => `${paths} × ${step} ${from} ${to}`)
    }
    // The most used edge is none that anybody can come to without the others.
    expect(await edges(1)).toEqual([])
    expect(await edges(3)).toEqual(['3 × 3 /d /e', '2 × 1 /a /b', '2 × 2 /b /d'])
    expect(await edges(50)).toHaveLength(6)
    const { body } = await ask({ project, edge_limit: 1 })
    expect(body.nodes).toMatchObject([{ step: 1, name: '/a', paths: 3 }])
  })

  it('follows each session by itself when sessions are asked for', async () => {
    const project = 'sessions'
    const view = (session_id: string, pathname: string, minute: number) => ({
      ...{ project_id: project, session_id, pathname, timestamp: api.now + minute * MINUTE_MS },
    })
    await api.insert([
      view('s', '/a', 0),
      view('t', '/b', 1),
      view('s', '/c', 2),
      view('', '/d', 3),
    ])
    const { body } = await ask({ project, actor: 'session' })
    expect(body).toMatchObject({ paths: 2, edges: [{ from: '/a', to: '/c' }] })
  })
})
