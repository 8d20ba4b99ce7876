import { randomUUID } from 'node:crypto'
import { EventResult, EventsResult } from '@headwater/schemas/insights/events'
import type { ApiError } from '@headwater/schemas/insights/question'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

let projects = 0
const newProject = () => `explored-${projects++}`
const list = async (query: object) => {
  const answer = await api.post<EventsResult & ApiError>('/api/events', query)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

describe('POST /api/events', () => {
  it('lists the newest first, with the properties that are asked for', async () => {
    const project = newProject()
    await api.insert([
      { project_id: project, event: 'old', timestamp: api.now - 2_000 },
      {
        project_id: project,
        event: 'new',
        distinct_id: 'ann',
        session_id: 's',
        timestamp: api.now - 1_000,
        browser: 'Firefox',
        is_bot: true,
        properties: { plan: 'pro', 'a.b': 1, a: { b: 2 } },
      },
      { project_id: project, event: 'too old', timestamp: api.now - 2 * 86_400_000 },
      { project_id: newProject(), event: 'of another' },
    ])
    const body = await list({ project, properties: ['plan', '$browser', 'a.b', 'none'] })
    expect(EventsResult.parse(body)).toEqual(body)
    expect(body.events.map(({ event }) => event)).toEqual(['new', 'old'])
    expect(body.events[0]).toMatchObject({
      distinct_id: 'ann',
      session_id: 's',
      timestamp: new Date(api.now - 1_000).toISOString(),
      is_bot: true,
      properties: { plan: 'pro', $browser: 'Firefox', 'a.b': '1', none: null },
    })
    expect(body.events[1]).toMatchObject({ session_id: null, properties: { plan: null } })
    expect(body.next).toBeNull()
  })

  it('pages through equal times, and stays in place while events arrive', async () => {
    const project = newProject()
    const uuids = Array.from({ length: 25 }, () => randomUUID() as string)
    const row = (uuid: string, timestamp: number) => ({ project_id: project, uuid, timestamp })
    await api.insert(uuids.map((uuid, n) => row(uuid, api.now - Math.floor(n / 10))))
    const seen: string[] = []
    let after: string | undefined
    do {
      const body = await list({ project, limit: 4, ...(after && { after }) })
      seen.push(...body.events.map(({ uuid }) => uuid))
      after = body.next ?? undefined
      // Newer ones belong before the first page.
      await api.insert([row(randomUUID(), api.now + 1)])
    } while (after)
    expect(seen).toHaveLength(25)
    expect([...seen].sort()).toEqual([...uuids].sort())
  })

  it('finds a text in any case, in the name, the ids, the address and the properties', async () => {
    const project = newProject()
    const fact = (distinct_id: string, more: object) => ({
      project_id: project,
      distinct_id,
      timestamp: api.now,
      ...more,
    })
    await api.insert([
      fact('1', { event: 'Needle found' }),
      fact('needle-2', {}),
      fact('3', { current_url: 'https://x.org/NEEDLE' }),
      fact('4', { properties: { deep: { down: ['a needle'] } } }),
      fact('5', { properties: { needles_too: 1 } }),
      fact('6', { event: 'hay' }),
    ])
    const found = async (search: string) =>
      (await list({ project, search })).events.map(({ distinct_id }) => distinct_id).sort()
    expect(await found('needle')).toEqual(['1', '3', '4', '5', 'needle-2'])
    expect(await found('%')).toEqual([])
    const [first] = (await list({ project, events: ['hay'] })).events
    expect(await found(first?.uuid ?? '')).toEqual(['6'])
  })

  it('keeps to filters, names and bots', async () => {
    const project = newProject()
    const fact = (event: string, more: object) => ({
      project_id: project,
      event,
      timestamp: api.now,
      ...more,
    })
    await api.insert([
      fact('a', { properties: { n: 1 } }),
      fact('b', { properties: { n: 2 } }),
      fact('c', { is_bot: true }),
    ])
    const names = async (query: object) =>
      (await list({ project, ...query })).events.map(({ event }) => event).sort()
    expect(await names({})).toEqual(['a', 'b', 'c'])
    expect(await names({ include_bots: false })).toEqual(['a', 'b'])
    expect(await names({ events: ['a', 'c'] })).toEqual(['a', 'c'])
    expect(await names({ filters: [{ property: 'n', operator: 'gt', value: 1 }] })).toEqual(['b'])
  })

  it('shows two copies of an event once', async () => {
    const project = newProject()
    const copy = { project_id: project, uuid: randomUUID(), timestamp: api.now }
    await api.insert([copy])
    await api.insert([copy])
    expect((await list({ project })).events).toHaveLength(1)
  })

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 501 }, 'limit'],
    [{ after: '1' }, 'after'],
    [{ after: "1.' OR 1=1 --" }, 'after'],
    [{ search: '' }, 'search'],
    [{ properties: [':`x`'] }, 'properties.0'],
    [{ events: [] }, 'events'],
    [{ date_from: 'now' }, 'date_from'],
    [{ order: 'asc' }, 'order'],
  ])('refuses %j and names the field', async (change, field) => {
    const query = { project: 'default', ...change }
    const { status, body } = await api.post<ApiError>('/api/events', query)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

describe('GET /api/events/{uuid}', () => {
  it('shows everything, as it was sent', async () => {
    const project = newProject()
    const uuid = randomUUID()
    const sent = {
      n: 1,
      big: 0.5,
      text: '12',
      yes: true,
      'a.b': 3,
      a: { b: [1, 2], c: { d: null, e: -4 } },
      list: ['1', 2],
      items: [{ x: 'y' }],
    }
    await api.insert([
      {
        project_id: project,
        uuid,
        timestamp: api.now,
        sent_at: 0,
        browser: 'Firefox',
        sequence: 7,
        properties: sent,
        person_set: { age: 40 },
        log_offset: 12,
      },
    ])
    const { status, body } = await api.get<EventResult>(`/api/events/${uuid}`, { project })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(EventResult.parse(body)).toEqual(body)
    const { d: _, ...c } = sent.a.c
    expect(body.properties).toEqual({
      $browser: 'Firefox',
      $sequence: 7,
      ...sent,
      // An unknown value is none.
      a: { ...sent.a, c },
      list: expect.anything(),
    })
    expect(body.person_set).toEqual({ age: 40 })
    expect(body).toMatchObject({ uuid, sent_at: null, log: { partition: 0, offset: '12' } })
    const timestamp = new Date(api.now).toISOString()
    const hinted = await api.get<EventResult>(`/api/events/${uuid}`, { project, timestamp })
    expect(hinted.body.uuid).toBe(uuid)
  })

  it('shows no event of another project', async () => {
    const uuid = randomUUID()
    await api.insert([{ project_id: newProject(), uuid }])
    const { status, body } = await api.get<ApiError>(`/api/events/${uuid}`, { project: 'default' })
    expect([status, body.error.code]).toEqual([404, 'not_found'])
  })

  it.each([
    ['1', {}, 'uuid'],
    [randomUUID(), { timestamp: 'noon' }, 'timestamp'],
    [randomUUID(), { colour: 'red' }, 'colour'],
  ])('refuses %s with %j', async (uuid, more, field) => {
    const path = `/api/events/${uuid}`
    const { status, body } = await api.get<ApiError>(path, { project: 'default', ...more })
    expect([status, body.error.field]).toEqual([400, field])
  })
})
