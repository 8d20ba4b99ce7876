import { readFileSync } from 'node:fs'
import type {
  ApiError,
  EventNames,
  Freshness,
  FunnelResult,
  PropertyNames,
  TrendResult,
} from '@headwater/schemas/insight'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonLogger } from '../shared/logger.ts'
import { StoreError, type StoreErrorKind } from '../store/store.ts'
import { describeQueryApi, OPENAPI_FILE } from './openapi.ts'
import { NOW, openTestApi, SITE, type TestApi, testClient } from './test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  await api.insert([{ timestamp: api.now, properties: { plan: 'pro', 'a.b': 1 } }])
})
afterAll(() => api.remove())

const QUESTION = { project: 'default', event: '$pageview' }
const FUNNEL = { project: 'default', steps: [{ event: 'a' }, { event: 'b' }] }
const refused = async (params: Record<string, string>) => {
  const { status, body } = await api.get<ApiError>('/api/trends', params)
  return [status, body.error.code, body.error.field]
}

describe('refusals', () => {
  it.each([
    [{ event: 'a' }, 'project'],
    [{ project: 'default' }, 'event'],
    [{ ...QUESTION, event: '' }, 'event'],
    [{ ...QUESTION, event: 'x'.repeat(201) }, 'event'],
    [{ ...QUESTION, project: 'No Such' }, 'project'],
    [{ ...QUESTION, interval: 'fortnight' }, 'interval'],
    [{ ...QUESTION, time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ ...QUESTION, time_zone: '+02:00' }, 'time_zone'],
    [{ ...QUESTION, date_from: 'yesterday' }, 'date_from'],
    [{ ...QUESTION, measure: 'sum' }, 'measure'],
    [{ ...QUESTION, breakdown_limit: 'many' }, 'breakdown_limit'],
    [{ ...QUESTION, breakdown_limit: '0' }, 'breakdown_limit'],
    [{ ...QUESTION, include_bots: 'maybe' }, 'include_bots'],
    [{ ...QUESTION, filters: '{' }, 'filters'],
    [{ ...QUESTION, filters: '{}' }, 'filters'],
    [{ ...QUESTION, filters: '[{"property":"a"}]' }, 'filters.0.value'],
    [
      { ...QUESTION, filters: '[{"property":"a","operator":"like","value":1}]' },
      'filters.0.operator',
    ],
    [{ ...QUESTION, colour: 'red' }, 'colour'],
  ])('names the field of %j', async (params, field) => {
    expect(await refused(params)).toEqual([400, 'invalid_query', field])
  })

  it('lists the values that a field may have', async () => {
    const { body } = await api.get<ApiError>('/api/trends', { ...QUESTION, interval: 'x' })
    expect(body.error).toMatchObject({
      message: 'interval must be one of minute, hour, day, week, month, quarter, year',
      allowed: ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'],
    })
  })

  it('says that a project does not exist', async () => {
    expect(await refused({ ...QUESTION, project: 'nobody' })).toEqual([
      404,
      'unknown_project',
      'project',
    ])
  })

  it.each([
    ['{', 'malformed_json', undefined],
    ['{"project":"default","steps":[]}', 'invalid_query', 'steps'],
    ['{"project":"default","steps":[{"event":"a"},{}]}', 'invalid_query', 'steps.1.event'],
    ['[]', 'invalid_query', undefined],
  ])('refuses the funnel %s', async (body, code, field) => {
    const headers = { 'content-type': 'application/json' }
    const response = await api.fetch('/api/funnels', { method: 'POST', body, headers })
    expect(response.status).toBe(400)
    expect(((await response.json()) as ApiError).error).toMatchObject({
      code,
      ...(field && { field }),
    })
  })

  it('refuses a body that is too big', async () => {
    const { status } = await api.post('/api/funnels', { ...FUNNEL, pad: 'x'.repeat(2_000_000) })
    expect(status).toBe(413)
  })

  it('answers what is not there with an error of the same form', async () => {
    const { status, body } = await api.get<ApiError>('/api/nothing', {})
    expect([status, body.error.code]).toEqual([404, 'not_found'])
  })
})

describe('the door', () => {
  it('lets the pages of the site read, and no others', async () => {
    const allowed = async (origin: string) => {
      const url = `/api/trends?${new URLSearchParams(QUESTION)}`
      const response = await api.fetch(url, { headers: { origin } })
      return response.headers.get('access-control-allow-origin')
    }
    expect(await allowed(SITE)).toBe(SITE)
    expect(await allowed('http://evil.example')).toBe(null)
  })

  it('refuses a host name that was made to point here', async () => {
    const response = await api.fetch('http://evil.example:8001/api/trends')
    expect(response.status).toBe(403)
  })
})

describe('facts of a result', () => {
  it('says until when it is complete, and keeps the answer until something is inserted', async () => {
    const ask = async () => (await api.get<TrendResult>('/api/trends', QUESTION)).body
    await api.insert([{ timestamp: api.now }])
    const first = await ask()
    const second = await ask()
    expect(first).toMatchObject({
      from_cache: false,
      complete_until: new Date(api.now).toISOString(),
    })
    expect(second).toEqual({ ...first, from_cache: true, duration_ms: 0 })
    await api.insert([{ timestamp: api.now }])
    const third = await ask()
    expect(third.from_cache).toBe(false)
    expect(third.series[0]?.total).toBe((first.series[0]?.total ?? 0) + 1)
  })

  it('asks the store once for what many ask at one time', async () => {
    await api.insert([{ timestamp: api.now }])
    const asked = api.questions
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post<FunnelResult>('/api/funnels', FUNNEL)),
    )
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.groups))).size).toBe(1)
    // How great sequences are, and the answer.
    expect(api.questions - asked).toBe(2)
  })

  it('lets go of one who went away, and still answers the other', async () => {
    await api.insert([{ timestamp: api.now }])
    const controller = new AbortController()
    const url = `/api/trends?${new URLSearchParams({ ...QUESTION, interval: 'hour' })}`
    const gone = api.fetch(url, { signal: controller.signal })
    const stays = api.fetch(url)
    controller.abort()
    expect((await stays).status).toBe(200)
    await gone.catch(() => {})
  })
})

describe('when the store fails', () => {
  it.each<[StoreErrorKind, number, string]>([
    ['unavailable', 503, 'store_unavailable'],
    ['too_heavy', 504, 'query_too_heavy'],
    ['refused', 500, 'internal_error'],
  ])('answers %s with %d and without a word of SQL', async (kind, status, code) => {
    const failure = new StoreError(kind, 'SELECT secret FROM events')
    const fail = () => Promise.reject(failure)
    const failing = testClient({ store: { query: fail, dataVersion: fail } })
    const { status: got, headers, body } = await failing.get<ApiError>('/api/trends', QUESTION)
    expect([got, body.error.code]).toEqual([status, code])
    expect(headers.get('retry-after')).toBe(status === 503 ? '2' : null)
    expect(JSON.stringify(body)).not.toMatch(/SELECT|secret|store\.ts/)
  })

  it('refuses more questions of a project than may wait, and says when to come back', async () => {
    const { promise: held, resolve } = Promise.withResolvers<never[]>()
    const store = { query: () => held, dataVersion: async () => '1' }
    const busy = testClient({ store, gate: { maxRunning: 1, maxWaiting: 0 } })
    const first = busy.get('/api/trends', QUESTION)
    const { status, headers, body } = await busy.post<ApiError>('/api/funnels', FUNNEL)
    expect([status, body.error.code]).toEqual([429, 'too_many_queries'])
    expect(headers.get('retry-after')).toBe('2')
    resolve([])
    expect((await first).status).toBe(200)
  })

  it('ends a question that takes too long', async () => {
    const hurried = testClient({ store: api.store, timeoutMs: 1 })
    const { status } = await hurried.post('/api/funnels', FUNNEL)
    expect([503, 504]).toContain(status)
  })
})

describe('pickers', () => {
  it('names the events of a project, the most frequent first', async () => {
    await api.insert([{ project_id: 'named', event: 'b', timestamp: api.now }])
    await api.insert(
      [1, 2].map((n) => ({ project_id: 'named', event: 'a', timestamp: api.now - n })),
    )
    const { body } = await api.get<EventNames>('/api/events/names', { project: 'named' })
    expect(body.events).toEqual([
      { event: 'a', count: 2, last_seen: new Date(api.now - 1).toISOString() },
      { event: 'b', count: 1, last_seen: new Date(api.now).toISOString() },
    ])
  })

  it('names properties as they were sent', async () => {
    const { body } = await api.get<PropertyNames>('/api/properties', { project: 'default' })
    expect(body.properties).toContainEqual({ property: '$browser', source: 'server' })
    expect(body.properties.filter(({ source }) => source === 'sender')).toEqual([
      { property: 'a.b', source: 'sender' },
      { property: 'plan', source: 'sender' },
    ])
  })

  it('tells how fresh the store is', async () => {
    const { body } = await api.get<Freshness>('/api/freshness', { project: 'default' })
    expect(body).toEqual({ complete_until: new Date(api.now).toISOString(), lag_records: 0 })
  })
})

describe('the service itself', () => {
  it('is healthy, counts what it answered, and needs nothing from the internet for its docs', async () => {
    expect(await (await api.fetch('/_health')).json()).toMatchObject({ status: 'ok' })
    await api.get('/api/trends', QUESTION)
    const metrics = await (await api.fetch('/_metrics')).text()
    expect(metrics).toMatch(/headwater_query_answers_total\{insight="trend",source="store"\} \d+/)
    const docs = await (await api.fetch('/docs')).text()
    expect(docs).not.toMatch(/(src|href)="https?:/)
  })

  it('leaves one record of every answer, without what was asked', async () => {
    const lines: string[] = []
    const logger = jsonLogger('query', 'info', (line) => lines.push(line))
    const { get, post } = testClient({ store: api.store, logger })
    const secret = 'a value that nobody may read'
    const filters = JSON.stringify([{ property: secret, value: secret }])
    for (let i = 0; i < 2; i++) await get('/api/trends', { ...QUESTION, filters })
    await post('/api/funnels', { ...FUNNEL, steps: [{ event: secret }, { event: 'b' }] })
    await get('/api/events/names', { project: 'default' })
    const records = lines.map((line) => JSON.parse(line))
    const facts = { event: 'query', project: 'default', rows: expect.any(Number) }
    const complete_until = new Date(NOW).toISOString()
    expect(records).toMatchObject([
      { ...facts, insight: 'trend', from_cache: false, complete_until },
      { ...facts, insight: 'trend', from_cache: true, duration_ms: 0, complete_until },
      { ...facts, insight: 'funnel', from_cache: false, duration_ms: expect.any(Number) },
      { ...facts, insight: 'event_names', rows: 1 },
    ])
    expect(lines.join('')).not.toMatch(/nobody may read|SELECT/)
  })

  it('is described by schemas/openapi/query.json', () => {
    expect(describeQueryApi()).toBe(readFileSync(OPENAPI_FILE, 'utf8'))
  })
})
