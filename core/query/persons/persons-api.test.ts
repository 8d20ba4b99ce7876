import { randomUUID } from 'node:crypto'
import type { Person, PersonLinks, PersonList, Timeline } from '@headwater/schemas/insights/persons'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IdentityService, startIdentity } from '../../identity/start.ts'
import { silentLogger } from '../../shared/logger.ts'
import { openTestApi, type TestApi, testClient } from '../test-api.ts'

let api: TestApi
let identity: IdentityService
beforeAll(async () => {
  api = await openTestApi()
  identity = startIdentity({ store: api.store, clock: Date.now, logger: silentLogger })
})
afterAll(async () => {
  await identity.close()
  await api.remove()
})

const MINUTE = 60_000
let minutes = 0
const did = (distinct_id: string, facts: Partial<EventRow> = {}): Partial<EventRow> => ({
  uuid: randomUUID(),
  distinct_id,
  timestamp: api.now - 86_400_000 + minutes++ * MINUTE,
  ...facts,
})
const insert = async (project_id: string, rows: readonly Partial<EventRow>[]) => {
  await api.insert(rows.map((row) => ({ ...row, project_id })))
  await identity.catchUp()
}
const list = (project: string, params: Record<string, string> = {}) =>
  api.get<PersonList & ApiError>('/api/persons', { project, ...params })
const named = async (project: string, params: Record<string, string> = {}) => {
  const { status, body } = await list(project, params)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.persons.map(({ distinct_ids }) => distinct_ids.join('+'))
}
const personOf = async (project: string, distinct_id: string): Promise<Person> => {
  const { body } = await list(project, { distinct_id })
  return body.persons[0] as Person
}
const linksOf = async (project: string, id: string) =>
  (await api.get<PersonLinks>(`/api/persons/${id}/links`, { project })).body
const identify = (known: string, anon: string) =>
  did(known, { event: '$identify', properties: { $anon_distinct_id: anon } })

describe('GET /api/persons', () => {
  const project = 'listed'
  beforeAll(() =>
    insert(project, [
      did('anon'),
      did('bob', { person_set: { plan: 'free', email: 'Bob@Example.com' } }),
      identify('ann', 'anon'),
      did('ann', { person_set: { plan: 'pro', age: 40, tags: [2, 1], 'a.b': { c: true } } }),
    ]),
  )

  it('lists persons with what is known of them, the last seen first', async () => {
    const { body } = await list(project)
    expect(body.persons).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        distinct_ids: ['ann', 'anon'],
        properties: { plan: 'pro', age: 40, tags: [2, 1], 'a.b': { c: true } },
        first_seen: expect.stringMatching(/^2026-06-16T/),
        last_seen: expect.stringMatching(/^2026-06-16T/),
        events: 3,
      },
      expect.objectContaining({ distinct_ids: ['bob'], events: 1 }),
    ])
    expect(body).toMatchObject({ next: null, complete_until: expect.any(String) })
  })

  it('pages through them', async () => {
    const first = await list(project, { limit: '1' })
    const second = await list(project, { limit: '1', after: first.body.next ?? '' })
    const both = [...first.body.persons, ...second.body.persons]
    expect(both).toEqual((await list(project)).body.persons)
    expect(second.body.next).toBeNull()
  })

  it.each([
    [{ search: 'ANON' }, ['ann+anon']],
    [{ search: 'example.COM' }, ['bob']],
    [{ search: 'nobody' }, []],
    [{ search: `'); --` }, []],
    [{ distinct_id: 'anon' }, ['ann+anon']],
    [{ distinct_id: 'an' }, []],
    [{ filters: '[{"type":"person","property":"plan","value":"pro"}]' }, ['ann+anon']],
    [
      { filters: '[{"type":"person","property":"plan","operator":"is_not","value":"pro"}]' },
      ['bob'],
    ],
    [{ filters: '[]', search: 'b', limit: '500' }, ['bob']],
  ])('%j finds %j', async (params, found) => {
    expect(await named(project, params)).toEqual(found)
  })

  it.each<[Record<string, string>, string]>([
    [{ filters: '[{"property":"plan","value":"pro"}]' }, 'filters.0.type'],
    [{ filters: 'no json' }, 'filters'],
    [{ after: "1.2' OR 1=1" }, 'after'],
    [{ limit: '501' }, 'limit'],
    [{ search: '' }, 'search'],
    [{ colour: 'red' }, 'colour'],
  ])('%j is refused, and the field named', async (params, field) => {
    const { status, body } = await list(project, params)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

describe('GET /api/persons/{id}', () => {
  const project = 'shown'
  beforeAll(() =>
    insert(project, [
      did('anon', { browser: 'Chrome', properties: { big: 12, text: '12', 'a.b': [1, 3] } }),
      identify('ann', 'anon'),
      did('ann', { event: 'buy', person_set_once: { first: 1 } }),
    ]),
  )

  it('shows one person, by a number that identifying does not change', async () => {
    const { id } = await personOf(project, 'anon')
    expect(id).toBe((await personOf(project, 'ann')).id)
    const { body } = await api.get<{ person: Person }>(`/api/persons/${id}`, { project })
    expect(body.person).toMatchObject({
      id,
      distinct_ids: ['ann', 'anon'],
      properties: { first: 1 },
    })
  })

  it('shows what the person did under any id, page by page', async () => {
    const { id } = await personOf(project, 'ann')
    const page = async (before?: string) => {
      const params = { project, limit: '2', ...(before && { before }) }
      return (await api.get<Timeline>(`/api/persons/${id}/events`, params)).body
    }
    const first = await page()
    const second = await page(first.next ?? '')
    expect(first.events.map(({ event }) => event)).toEqual(['buy', '$identify'])
    expect(second.next).toBeNull()
    expect(second.events).toEqual([
      expect.objectContaining({
        event: '$pageview',
        distinct_id: 'anon',
        properties: { $browser: 'Chrome', big: 12, text: '12', 'a.b': [1, 3] },
      }),
    ])
  })

  it('is 404 for a number that nobody has here', async () => {
    const { id } = await personOf(project, 'ann')
    for (const [number, asked] of [
      ['1', project],
      [id, 'elsewhere'],
    ] as const) {
      const { status, body } = await api.get<ApiError>(`/api/persons/${number}`, { project: asked })
      expect([status, body.error.code]).toEqual([404, 'unknown_person'])
    }
    expect((await api.get(`/api/persons/${id}`, { project: 'nobody' })).status).toBe(404)
  })

  it.each(['x', '-1', '18446744073709551616', "1' OR 1=1", '1e3'])(
    'is refused for %j',
    async (id) => {
      const path = `/api/persons/${encodeURIComponent(id)}`
      for (const of of ['', '/events', '/links']) {
        expect((await api.get(`${path}${of}`, { project })).status).toBe(400)
      }
    },
  )

  it('shows no event of another project', async () => {
    const { id } = await personOf(project, 'ann')
    const { body } = await api.get<Timeline>(`/api/persons/${id}/events`, { project: 'elsewhere' })
    expect(body.events).toEqual([])
    expect(await linksOf('elsewhere', id)).toEqual({ links: [], total: 0 })
  })
})

describe('links', () => {
  it('are listed with what became of them', async () => {
    const project = 'linked'
    await insert(project, [
      identify('ann', 'anon'),
      identify('bob', 'anon'),
      identify('ann', 'null'),
    ])
    const { id } = await personOf(project, 'ann')
    const { links, total } = await linksOf(project, id)
    expect(total).toBe(3)
    expect(links.map(({ from, to, state }) => [from, to, state])).toEqual([
      ['null', 'ann', 'refused_id'],
      ['anon', 'bob', 'refused_identified'],
      ['anon', 'ann', 'joined'],
    ])
  })

  it('are undone and given back, at once and as often as one likes', async () => {
    const project = 'undone'
    await insert(project, [did('anon'), identify('ann', 'anon')])
    const { id } = await personOf(project, 'ann')
    const [link] = (await linksOf(project, id)).links
    const turn = async (act: string) => {
      const path = `/api/persons/links/${link?.uuid}/${act}`
      const { body } = await api.post<{ link: { state: string }; from_person: string }>(path, {
        project,
      })
      return [body.link.state, body.from_person === id, (await named(project)).sort()]
    }
    for (let again = 0; again < 2; again++) {
      expect(await turn('undo')).toEqual(['undone', false, ['ann', 'anon']])
      expect(await turn('undo')).toEqual(['undone', false, ['ann', 'anon']])
      expect(await turn('redo')).toEqual(['joined', true, ['ann+anon']])
    }
    const kinds = (await linksOf(project, id)).links.map(({ kind }) => kind)
    expect(kinds).toEqual(['redo', 'undo', 'redo', 'undo', 'identify'])
  })

  it('are made by hand, and keep the number of the person who stays', async () => {
    const project = 'merged'
    await insert(project, [did('a'), did('b'), did('c', { person_set: { plan: 'pro' } })])
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((one) => personOf(project, one)))
    const order = { project, into: a?.id, persons: [b?.id, c?.id] }
    const { status, body } = await api.post<{ person: string; links: string[] }>(
      '/api/persons/merge',
      order,
    )
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toEqual({ person: a?.id, links: [expect.any(String), expect.any(String)] })
    expect(await personOf(project, 'b')).toMatchObject({
      id: a?.id,
      distinct_ids: ['a', 'b', 'c'],
      properties: { plan: 'pro' },
    })
    await api.post(`/api/persons/links/${body.links[1]}/undo`, { project })
    expect((await named(project)).sort()).toEqual(['a+b', 'c'])
  })

  it('cannot be made, or undone, from another project', async () => {
    const project = 'guarded'
    await insert(project, [did('a'), did('b'), identify('ann', 'anon')])
    await insert('attacker', [did('x')])
    const [a, b, x] = [
      await personOf(project, 'a'),
      await personOf(project, 'b'),
      await personOf('attacker', 'x'),
    ]
    const merge = (body: unknown) => api.post<ApiError>('/api/persons/merge', body)
    for (const body of [
      { project: 'attacker', into: a.id, persons: [b.id] },
      { project: 'attacker', into: x.id, persons: [a.id] },
      { project, into: a.id, persons: [x.id] },
    ]) {
      const { status, body: answer } = await merge(body)
      expect([status, answer.error.code]).toEqual([404, 'unknown_person'])
    }
    const [link] = (await linksOf(project, (await personOf(project, 'ann')).id)).links
    const path = `/api/persons/links/${link?.uuid}/undo`
    const undo = await api.post<ApiError>(path, { project: 'attacker' })
    expect([undo.status, undo.body.error.code]).toEqual([404, 'unknown_link'])
    expect((await named(project)).sort()).toEqual(['a', 'ann', 'b'])
  })

  it.each<[unknown, string]>([
    [{ into: '1', persons: ['1'] }, 'persons.0'],
    [{ into: "1'", persons: ['2'] }, 'into'],
    [{ into: '1', persons: [] }, 'persons'],
    [{ into: '1', persons: ['2'], colour: 'red' }, 'colour'],
  ])('%j is refused, and the field named', async (order, field) => {
    await insert('refusals', [did('someone')])
    const { id } = await personOf('refusals', 'someone')
    const text = JSON.stringify({ project: 'refusals', ...(order as object) })
    const body = JSON.parse(text.replaceAll('"1"', JSON.stringify(id)))
    const { status, body: answer } = await api.post<ApiError>('/api/persons/merge', body)
    expect([status, answer.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it('cannot be made where nothing can be written', async () => {
    const project = 'read-only'
    await insert(project, [did('a'), did('b')])
    const [a, b] = [await personOf(project, 'a'), await personOf(project, 'b')]
    const readOnly = testClient({ store: api.store })
    const order = { project, into: a.id, persons: [b.id] }
    const { status, body } = await readOnly.post<ApiError>('/api/persons/merge', order)
    expect([status, body.error.code]).toEqual([503, 'not_configured'])
  })
})
