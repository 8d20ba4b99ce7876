import {
  type Described,
  EventDefinitions,
  PropertyDefinitions,
} from '@headwater/schemas/insights/definitions'
import type { ApiError } from '@headwater/schemas/insights/question'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

const EVENTS = '/api/definitions/events'
const PROPERTIES = '/api/definitions/properties'
const DAY_MS = 86_400_000

let api: TestApi
let project = ''
let projects = 0
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())
beforeEach(() => {
  project = `defined-${projects++}`
})

const put = async (path: string, body: object) => {
  const response = await api.fetch(path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ project, ...body }),
  })
  return { status: response.status, body: (await response.json()) as Described & ApiError }
}
const events = async (params: Record<string, string> = {}) => {
  const { status, body } = await api.get<EventDefinitions>(EVENTS, { project, ...params })
  expect(status, JSON.stringify(body)).toBe(200)
  return EventDefinitions.parse(body).events
}
const properties = async (params: Record<string, string> = {}) => {
  const { status, body } = await api.get<PropertyDefinitions>(PROPERTIES, { project, ...params })
  expect(status, JSON.stringify(body)).toBe(200)
  return PropertyDefinitions.parse(body).properties
}
const sent = async (params: Record<string, string> = {}) =>
  (await properties(params)).filter(({ source }) => source === 'sender')
const insert = (facts: { event?: string; at?: number; properties?: object; browser?: string }[]) =>
  api.insert(
    facts.map(({ event = 'buy', at = api.now, properties = {}, browser = '' }) => ({
      project_id: project,
      event,
      timestamp: at,
      browser,
      properties: properties as Record<string, never>,
    })),
  )

describe('definitions of events', () => {
  it('tell how often and when an event was seen, the most frequent first', async () => {
    await insert([
      { event: 'rare', at: api.now - DAY_MS },
      { event: 'often', at: api.now - 2 * DAY_MS },
      { event: 'often', at: api.now },
      { event: 'old', at: api.now - 100 * DAY_MS },
    ])
    const at = (ms: number) => new Date(ms).toISOString()
    const none = { description: '', hidden: false }
    expect(await events()).toEqual([
      {
        name: 'often',
        count: 2,
        first_seen: at(api.now - 2 * DAY_MS),
        last_seen: at(api.now),
        ...none,
      },
      {
        name: 'rare',
        count: 1,
        first_seen: at(api.now - DAY_MS),
        last_seen: at(api.now - DAY_MS),
        ...none,
      },
    ])
  })

  it('keep what is said of them, the latest of it, in their project', async () => {
    await insert([{ event: 'buy' }])
    expect(await put(EVENTS, { name: 'buy', description: 'first' })).toEqual({
      status: 200,
      body: { name: 'buy', description: 'first', hidden: false },
    })
    api.now++
    await put(EVENTS, { name: 'buy', description: "it's \\ “second”\n{x:String}" })
    expect((await events())[0]?.description).toBe("it's \\ “second”\n{x:String}")
    await put(PROPERTIES, { name: 'buy', description: 'of the property' })
    expect((await events())[0]?.description).toContain('second')
    const other = await api.get<EventDefinitions>(EVENTS, { project: 'defined-other' })
    expect(other.body.events).toEqual([])
  })

  it('are left out when they are hidden, unless they are wanted', async () => {
    await insert([{ event: 'buy' }, { event: 'noise' }])
    await put(EVENTS, { name: 'noise', hidden: true })
    expect((await events()).map(({ name }) => name)).toEqual(['buy'])
    const all = await events({ include_hidden: 'true' })
    expect(all.map(({ name, hidden }) => [name, hidden])).toEqual([
      ['buy', false],
      ['noise', true],
    ])
    api.now++
    await put(EVENTS, { name: 'noise' })
    expect(await events()).toHaveLength(2)
  })
})

describe('definitions of properties', () => {
  it('tell the types of values that were seen, with some of them', async () => {
    await insert([
      { properties: { price: 1, mixed: 1, day: '2026-06-15', nested: { deep: { n: 1 } } } },
      { properties: { price: 2.5, mixed: 'x', day: '2026-06-15T10:00:00Z', tags: ['a'] } },
      { properties: { yes: true, 'a.b': 'dotted', items: [{ n: 1 }], day: '2026-06-15 10:00' } },
    ])
    const seen = await sent()
    expect(
      Object.fromEntries(seen.map(({ name, types, count }) => [name, [types, count]])),
    ).toEqual({
      price: [['number'], 2],
      mixed: [['number', 'string'], 2],
      day: [['date'], 3],
      nested: [['object'], 1],
      'nested.deep': [['object'], 1],
      'nested.deep.n': [['number'], 1],
      tags: [['array'], 1],
      yes: [['boolean'], 1],
      'a.b': [['string'], 1],
      items: [['array'], 1],
    })
    const samples = (name: string) => seen.find((one) => one.name === name)?.samples
    expect(samples('price')).toEqual(['1', '2.5'])
    expect(samples('a.b')).toEqual(['dotted'])
    expect(samples('nested.deep.n')).toEqual(['1'])
    expect(seen[0]).toMatchObject({ name: 'day', first_seen: new Date(api.now).toISOString() })
  })

  it('name those of the server first, whether they were seen or not', async () => {
    await insert([{ browser: 'Firefox', properties: { $browser: 'sent too', x: 1 } }])
    const all = await properties()
    expect(all.filter(({ name }) => name === '$browser')).toEqual([
      expect.objectContaining({
        source: 'server',
        types: ['string'],
        count: 1,
        samples: ['Firefox'],
      }),
    ])
    expect(all.find(({ name }) => name === 'utm_term')).toMatchObject({
      types: [],
      count: 0,
      first_seen: null,
      samples: [],
    })
    expect(all.at(-1)?.name).toBe('x')
  })

  it('are those of one event when it is named', async () => {
    await insert([
      { event: 'buy', properties: { price: 1 } },
      { event: 'view', properties: { page: 'a' } },
    ])
    expect((await sent({ event: 'buy' })).map(({ name }) => name)).toEqual(['price'])
    expect((await sent()).map(({ name }) => name).sort()).toEqual(['page', 'price'])
    expect(await sent({ event: 'nothing' })).toEqual([])
  })

  it('find those of a rare event beside a frequent one, in a sample', async () => {
    await insert(Array.from({ length: 3_000 }, (_, n) => ({ event: 'often', properties: { n } })))
    await insert([{ event: 'rare', properties: { seldom: 1 } }])
    const { body } = await api.get<PropertyDefinitions>(PROPERTIES, { project })
    expect(body.sampled_events).toBe(1_001)
    expect(body.properties.map(({ name }) => name)).toContain('seldom')
  })

  it('keep what is said of them', async () => {
    await insert([{ properties: { plan: 'pro', secret: 1 } }])
    await put(PROPERTIES, { name: 'plan', description: 'what they pay' })
    await put(PROPERTIES, { name: 'secret', hidden: true })
    expect((await sent()).map(({ name, description }) => [name, description])).toEqual([
      ['plan', 'what they pay'],
    ])
    expect(await sent({ include_hidden: '1' })).toHaveLength(2)
  })

  it('of sessions are those that filters can ask for', async () => {
    const { body } = await api.get<PropertyDefinitions>(PROPERTIES, { project })
    const filters = body.session_properties.map(({ name: property, type }) => ({
      type: 'session',
      property,
      ...(type === 'number' ? { operator: 'gte', value: 0 } : { operator: 'is_set' }),
    }))
    expect(filters).toContainEqual(
      expect.objectContaining({ property: '$session_duration', operator: 'gte' }),
    )
    const answer = await api.post('/api/events', { project, filters })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  })

  it('are none of a project without events', async () => {
    expect(await sent()).toEqual([])
  })
})

describe('bad input', () => {
  it.each([
    [EVENTS, { name: '' }, 'name'],
    [EVENTS, { name: 'x'.repeat(201) }, 'name'],
    [EVENTS, { description: 'x' }, 'name'],
    [PROPERTIES, { name: 'x', description: 'x'.repeat(2_001) }, 'description'],
    [PROPERTIES, { name: 'x', hidden: 'yes' }, 'hidden'],
    [PROPERTIES, { name: 'x', colour: 'red' }, 'colour'],
  ])('PUT %s %j is refused with its field', async (path, body, field) => {
    const answer = await put(path, body)
    expect([answer.status, answer.body.error.field]).toEqual([400, field])
  })

  it('of an unknown project is refused, and says nothing of it', async () => {
    const { status } = await put(EVENTS, { project: 'nobody', name: 'x' })
    expect(status).toBe(404)
    expect((await api.get(EVENTS, { project: 'nobody' })).status).toBe(404)
  })

  it.each([
    [EVENTS, { include_hidden: 'maybe' }, 'include_hidden'],
    [PROPERTIES, { event: '' }, 'event'],
    [PROPERTIES, { colour: 'red' }, 'colour'],
  ])('GET %s %j is refused with its field', async (path, params, field) => {
    const { status, body } = await api.get<ApiError>(path, { project, ...params })
    expect([status, body.error.field]).toEqual([400, field])
  })
})
