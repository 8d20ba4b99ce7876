import type { PropertyFilter } from '@headwater/schemas/insights/property'
import {
  SESSION_PROPERTY_NAMES,
  type SessionProperty,
} from '@headwater/schemas/insights/session-properties'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const HOUR_MS = 3_600_000
const DAY = Date.UTC(2026, 5, 15)
const RANGE = { date_from: '2026-06-15', date_to: '2026-06-15' }
const view = (at: number, facts: Partial<EventRow> = {}): Partial<EventRow> => ({
  event: '$pageview',
  timestamp: DAY + at,
  ...facts,
})

interface Trend {
  sql: { text: string }[]
  series: { total: number; breakdown: { values: (string | null)[] } | null }[]
  error: { field: string; message: string; allowed: string[] }
}
const ask = async (question: object) =>
  api.post<Trend>('/api/query', {
    kind: 'trends',
    series: [{ event: '$pageview' }],
    display: 'table',
    ...RANGE,
    ...question,
  })
const ofSession = (property: SessionProperty, more: Partial<PropertyFilter> = {}) => ({
  type: 'session' as const,
  property,
  ...more,
})
async function totalOf(project: string, filters: object[], more: object = {}): Promise<number> {
  const { status, body } = await ask({ project, filters, ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.series[0]?.total ?? 0
}
async function linesOf(project: string, property: SessionProperty, more: object = {}) {
  const { status, body } = await ask({ project, breakdowns: [ofSession(property)], ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.series.map(({ breakdown, total }) => [breakdown?.values[0] ?? null, total])
}

describe('what is known of a session', () => {
  const project = 'known'
  beforeAll(() => {
    const own = { project_id: project, session_id: 's' }
    const entry = {
      current_url: 'https://shop.example/a?x=1',
      host: 'shop.example',
      pathname: '/a',
      referring_domain: 'google.com',
      channel: 'search',
      utm_source: 'google',
      utm_medium: 'cpc',
      utm_campaign: 'spring',
      utm_term: 'shoes',
      utm_content: 'banner',
      country: 'DE',
    }
    const exit = { current_url: 'https://shop.example/b', host: 'other', pathname: '/b' }
    return api.insert([
      view(12 * HOUR_MS + 2_500, { ...own, ...exit }),
      view(12 * HOUR_MS, { ...own, ...entry }),
      { ...own, event: '$identify', timestamp: DAY + 12 * HOUR_MS - 500, pathname: '/before' },
    ])
  })

  const expected: Record<SessionProperty, string> = {
    $session_duration: '3',
    $event_count: '3',
    $pageview_count: '2',
    $is_bounce: 'false',
    $entry_current_url: 'https://shop.example/a?x=1',
    $entry_hostname: 'shop.example',
    $entry_pathname: '/a',
    $exit_current_url: 'https://shop.example/b',
    $exit_pathname: '/b',
    $entry_referring_domain: 'google.com',
    $channel_type: 'search',
    $entry_utm_source: 'google',
    $entry_utm_medium: 'cpc',
    $entry_utm_campaign: 'spring',
    $entry_utm_term: 'shoes',
    $entry_utm_content: 'banner',
    $entry_country: 'DE',
  }
  it.each(SESSION_PROPERTY_NAMES)('%s splits events, and chooses them', async (property) => {
    expect(await linesOf(project, property)).toEqual([[expected[property], 2]])
    expect(await totalOf(project, [ofSession(property, { value: expected[property] })])).toBe(2)
    expect(await totalOf(project, [ofSession(property, { value: 'else' })])).toBe(0)
  })
})

describe('a session', () => {
  it('is the one of its own project when two have sessions of one id', async () => {
    const rows = ['one', 'two'].flatMap((project_id, place) => [
      view(0, { project_id, session_id: 'same', pathname: `/${project_id}` }),
      ...Array.from({ length: place }, () => view(9_000, { project_id, session_id: 'same' })),
    ])
    await api.insert(rows)
    expect(await linesOf('one', '$entry_pathname')).toEqual([['/one', 1]])
    expect(await linesOf('two', '$entry_pathname')).toEqual([['/two', 2]])
    expect(await totalOf('one', [ofSession('$is_bounce', { value: true })])).toBe(1)
    expect(await totalOf('two', [ofSession('$is_bounce', { value: true })])).toBe(0)
  })

  it('is told by events that bots made only when they count', async () => {
    const own = { project_id: 'bots', session_id: 's' }
    await api.insert([
      view(0, { ...own, is_bot: true, pathname: '/bot' }),
      view(5_000, { ...own, pathname: '/person' }),
    ])
    expect(await linesOf('bots', '$entry_pathname')).toEqual([['/person', 1]])
    expect(await linesOf('bots', '$entry_pathname', { include_bots: true })).toEqual([['/bot', 2]])
    expect(await totalOf('bots', [ofSession('$session_duration', { value: 0 })])).toBe(1)
  })

  it('is looked for a day around what is read, and no further', async () => {
    const own = { project_id: 'reach', session_id: 's' }
    await api.insert([
      view(-25 * HOUR_MS, { ...own, pathname: '/too-early' }),
      view(-24 * HOUR_MS, { ...own, pathname: '/early' }),
      view(12 * HOUR_MS, own),
      view(48 * HOUR_MS - 1_000, { ...own, pathname: '/late' }),
      view(48 * HOUR_MS, { ...own, pathname: '/too-late' }),
    ])
    expect(await linesOf('reach', '$entry_pathname')).toEqual([['/early', 1]])
    expect(await linesOf('reach', '$exit_pathname')).toEqual([['/late', 1]])
    expect(await linesOf('reach', '$pageview_count')).toEqual([['3', 1]])
  })

  it('is the same for the people behind one bucket as for the bucket’s number', async () => {
    const own = { project_id: 'long', session_id: 's', distinct_id: 'ann' }
    await api.insert([
      view(0, { ...own, pathname: '/first' }),
      view(40 * HOUR_MS, own),
      view(70 * HOUR_MS, own),
    ])
    const query = {
      kind: 'trends',
      project: 'long',
      series: [{ event: '$pageview' }],
      filters: [ofSession('$entry_pathname', { value: '/first' })],
      date_from: '2026-06-15',
      date_to: '2026-06-17',
    }
    const { body: answer } = await api.post<{ buckets: string[]; series: { values: number[] }[] }>(
      '/api/query',
      query,
    )
    expect(answer.series[0]?.values).toEqual([1, 1, 1])
    const { body } = await api.post<{ actors: { distinct_ids: string[] }[] }>('/api/actors', {
      query,
      select: { series: 0, bucket: answer.buckets[2] },
    })
    expect(body.actors.map(({ distinct_ids }) => distinct_ids)).toEqual([['ann']])
  })

  it('has first times looked for in all of the past by what its sessions were then', async () => {
    const own = { project_id: 'firsts', distinct_id: 'ann' }
    await api.insert([
      view(-300 * 24 * HOUR_MS, { ...own, session_id: 'old', utm_source: 'ads' }),
      view(0, { ...own, session_id: 'new', utm_source: 'ads' }),
    ])
    const filters = [ofSession('$entry_utm_source', { value: 'ads' })]
    const series = (measure: string) => ({ series: [{ event: '$pageview', measure }] })
    expect(await totalOf('firsts', filters, series('first_matching'))).toBe(0)
    expect(await totalOf('firsts', filters, series('unique_persons'))).toBe(1)
  })

  it('keeps texts as they are, whatever is in them', async () => {
    const texts = [`' OR 1=1 --`, '\\', '{project:String}', `"),(1,'`, '\n\t', 'é\u202e', '%_*']
    const rows = texts.map((pathname, place) =>
      view(place * 1_000, { project_id: 'texts', session_id: pathname, pathname }),
    )
    await api.insert(rows)
    const lines = await linesOf('texts', '$entry_pathname')
    expect(new Map(lines as [string, number][])).toEqual(new Map(texts.map((text) => [text, 1])))
    for (const value of texts) {
      expect(await totalOf('texts', [ofSession('$entry_pathname', { value })]), value).toBe(1)
    }
  })
})

describe('a question', () => {
  const project = 'asked'
  beforeAll(() =>
    api.insert([
      view(0, { project_id: project, session_id: 's', distinct_id: 'ann' }),
      view(60_000, { project_id: project, session_id: 's', distinct_id: 'ann' }),
      view(0, { project_id: project, session_id: 't', distinct_id: 'bob' }),
      view(0, { project_id: project, distinct_id: 'cem' }),
    ]),
  )

  it.each(['filters', 'breakdowns'])('is told which properties %s can ask for', async (field) => {
    const { status, body } = await ask({
      project,
      [field]: [{ type: 'session', property: 'plan' }],
    })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      field: `${field}.0.property`,
      allowed: SESSION_PROPERTY_NAMES,
    })
  })

  it('is told which properties have ranges', async () => {
    const { status, body } = await ask({
      project,
      breakdowns: [{ ...ofSession('$is_bounce'), bins: 3 }],
    })
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      field: 'breakdowns.0.property',
      allowed: ['$session_duration', '$event_count', '$pageview_count'],
    })
  })

  it('is told the field of a value that is no number', async () => {
    const filters = [
      ofSession('$is_bounce', { value: true }),
      ofSession('$session_duration', { operator: 'gt', value: 'long' }),
    ]
    const { status, body } = await ask({ project, filters })
    expect(status).toBe(400)
    expect(body.error.field).toBe('filters.1.value')
  })

  it('reads sessions once for several conditions of one list', async () => {
    const filters = [
      ofSession('$session_duration', { operator: 'gte', value: 10 }),
      ofSession('$session_duration', { operator: 'lt', value: 100 }),
      ofSession('$pageview_count', { value: 2 }),
    ]
    const { body } = await ask({ project, filters, include_sql: true })
    expect(body.series[0]?.total).toBe(2)
    expect(body.sql[0]?.text.match(/GROUP BY session/g)).toHaveLength(1)
  })

  it('lists and exports events by their sessions', async () => {
    const filters = [ofSession('$pageview_count', { operator: 'gt', value: 1 })]
    const { status, body } = await api.post<{ events: { distinct_id: string }[] }>('/api/events', {
      project,
      filters,
      ...RANGE,
    })
    expect(status).toBe(200)
    expect(body.events.map(({ distinct_id }) => distinct_id)).toEqual(['ann', 'ann'])
    const response = await api.fetch('/api/export', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ project, filters, ...RANGE, format: 'csv', columns: ['distinct_id'] }),
    })
    expect((await response.text()).split(/\r?\n/)).toEqual(['"distinct_id"', '"ann"', '"ann"', ''])
  })

  it('of persons is refused what is asked of sessions', async () => {
    const filters = JSON.stringify([ofSession('$is_bounce', { value: true })])
    const { status, body } = await api.get<Trend>('/api/persons', { project, filters })
    expect(status).toBe(400)
    expect(body.error.field).toMatch(/^filters\.0/)
  })

  it('names the people of sessions that a measure was made of', async () => {
    const query = {
      kind: 'trends',
      project,
      series: [
        {
          event: '$pageview',
          measure: 'max',
          measure_property: ofSession('$pageview_count'),
        },
      ],
      ...RANGE,
    }
    const { status, body } = await api.post<{ actors: { distinct_ids: string[] }[] }>(
      '/api/actors',
      { query, select: { series: 0, bucket: null } },
    )
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.actors.map(({ distinct_ids }) => distinct_ids[0]).sort()).toEqual(['ann', 'bob'])
  })
})
