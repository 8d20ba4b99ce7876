import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPglite } from '../../auth/database.ts'
import { DatabaseAway } from '../../auth/database-away.ts'
import { metadataOn } from '../saved/metadata.ts'
import type { MetadataDatabase, MetadataTables } from '../saved/tables.ts'
import { openTestApi, type TestApi, type TestClient, testClient } from '../test-api.ts'

const DAY_MS = 86_400_000
const UNKNOWN = 'coh_00000000'

// Ann and bob bought, bob and cem have a cart; all of them visit today.
let api: TestApi
let db: MetadataDatabase
let client: TestClient
beforeAll(async () => {
  api = await openTestApi()
  db = await openPglite<MetadataTables>('memory://')
  const deps = { store: api.store, raw: api.store, clock: () => api.now }
  client = testClient({ ...deps, metadata: metadataOn(() => db) })
  const rows = (event: string, ago: number, ...ids: string[]) =>
    ['p', 'q'].flatMap((project_id) =>
      ids.map((distinct_id) => ({ project_id, event, distinct_id, timestamp: api.now - ago })),
    )
  await api.insert([
    ...rows('buy', 9 * DAY_MS, 'ann', 'bob'),
    ...rows('cart', 2 * DAY_MS, 'bob', 'cem'),
    ...rows('visit', 0, 'ann', 'bob', 'cem', 'dee'),
  ])
}, 60_000)
afterAll(async () => {
  await db.destroy()
  await api.remove()
})

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the body is
type Answer = { status: number; body: any & Partial<ApiError> }
async function call(method: string, path: string, body?: object): Promise<Answer> {
  const response = await client.fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}
const did = (event: string, more = {}) => ({ conditions: [{ type: 'did', event, ...more }] })
async function saved(name: string, rule: object, project = 'p'): Promise<string> {
  const { status, body } = await call('POST', `/api/cohorts?project=${project}`, { name, rule })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const question = (more: object) => ({
  ...{ kind: 'trends', project: 'p', date_from: '-1d' },
  ...{ series: [{ event: 'visit', measure: 'unique_persons' }], ...more },
})
const ask = (more: object) => client.post<TrendsResult & ApiError>('/api/query', question(more))
const totals = ({ body }: { body: TrendsResult }) =>
  body.series.map(({ breakdown, total }) => [breakdown?.values[0] ?? null, total])

describe('a cohort that a question names by its id', () => {
  it('is meant as it is at that moment: an answer is never that of another rule', async () => {
    const id = await saved('Buyers', did('buy'))
    const filters = [{ cohort: id }]
    expect(totals(await ask({ filters }))).toEqual([[null, 2]])
    expect((await ask({ filters })).body.from_cache).toBe(true)
    const changed = { name: 'Buyers', version: 1, rule: did('cart', { negate: true }) }
    expect((await call('PUT', `/api/cohorts/${id}?project=p`, changed)).status).toBe(200)
    const after = await ask({ filters })
    expect([after.body.from_cache, totals(after)]).toEqual([false, [[null, 2]]])
    const { body } = await client.post<ActorsResult>('/api/actors', {
      query: question({ filters }),
      select: {},
    })
    expect(body.actors.flatMap(({ distinct_ids }) => distinct_ids).sort()).toEqual(['ann', 'dee'])
  })

  it('looks back from the moment of the question', async () => {
    const id = await saved('Lately', did('cart', { within: { value: 3, unit: 'day' } }))
    expect(totals(await ask({ filters: [{ cohort: id }] }))).toEqual([[null, 2]])
    api.now += 2 * DAY_MS
    const later = await ask({ filters: [{ cohort: id }], date_from: '-3d' })
    api.now -= 2 * DAY_MS
    expect(totals(later)).toEqual([[null, 0]])
  })

  it('gives its name to a line that has none', async () => {
    const [buyers, carts] = [await saved('Buy', did('buy')), await saved('Cart', did('cart'))]
    const by = (...cohorts: object[]) => ask({ breakdowns: [{ cohorts }] })
    const answer = await by({ cohort: carts }, { name: 'mine', cohort: buyers })
    expect(totals(answer)).toEqual([
      ['Cart', 2],
      ['mine', 2],
    ])
    const twice = await by({ name: 'Cart', cohort: buyers }, { cohort: carts })
    expect([twice.status, twice.body.error.field]).toEqual([400, 'breakdowns.0.cohorts.1.name'])
  })

  it('stands in groups of filters, in series, and in lists of events and persons and exports', async () => {
    const id = await saved('Buyers', did('buy'))
    const group = { match: 'any', filters: [{ cohort: id }, { property: 'a', value: 'x' }] }
    expect(totals(await ask({ filters: [group] }))).toEqual([[null, 2]])
    expect(totals(await ask({ series: [{ event: 'visit', filters: [{ cohort: id }] }] }))).toEqual([
      [null, 2],
    ])
    const filters = [{ cohort: id }]
    const query = { project: 'p', date_from: '-1d', filters }
    const events = await call('POST', '/api/events', query)
    expect(events.body.events).toHaveLength(2)
    const exported = await call('POST', '/api/export', { ...query, format: 'csv' })
    expect(exported.body.trim().split('\n')).toHaveLength(3)
    const params = new URLSearchParams({ project: 'p', filters: JSON.stringify(filters) })
    expect((await call('GET', `/api/persons?${params}`)).body.persons).toHaveLength(2)
  })

  it('is unknown when it is not there, was deleted, or is another project’s', async () => {
    const gone = await saved('Gone', did('buy'))
    expect((await call('DELETE', `/api/cohorts/${gone}?project=p`)).status).toBe(200)
    const theirs = await saved('Theirs', did('buy'), 'q')
    for (const id of [UNKNOWN, gone, theirs]) {
      const filters = [{ property: 'a', operator: 'is_not', value: 1 }, { cohort: id }]
      const message = `filters.1.cohort: there is no cohort ${id}`
      const params = new URLSearchParams({ project: 'p', filters: JSON.stringify([filters[1]]) })
      const answers = [
        await ask({ filters }),
        await call('POST', '/api/events', { project: 'p', filters }),
        await call('POST', '/api/export', { project: 'p', filters }),
        await call('POST', '/api/actors', { query: question({ filters }), select: {} }),
      ]
      for (const { status, body } of answers) {
        expect([status, body.error]).toMatchObject([400, { field: 'filters.1.cohort', message }])
      }
      const persons = await call('GET', `/api/persons?${params}`)
      expect([persons.status, persons.body.error.field]).toEqual([400, 'filters.0.cohort'])
    }
    const cohorts = [{ cohort: theirs }]
    const { body } = await ask({ breakdowns: [{ cohorts }] })
    expect(body.error.field).toBe('breakdowns.0.cohorts.0.cohort')
  })

  it.each([
    ['coh_x', 'filters.0.cohort', 'is coh_ and eight letters or digits'],
    ['ins_7k2m9xqd', 'filters.0.cohort', 'is coh_ and eight letters or digits'],
    [7, 'filters.0.cohort', ''],
    [{ match: 'some', conditions: [] }, 'filters.0.cohort.match', 'must be one of all, any'],
  ])('is refused as %j, naming the field', async (cohort, field, message) => {
    const { status, body } = await ask({ filters: [{ cohort }] })
    expect([status, body.error?.field]).toEqual([400, field])
    expect(body.error?.message).toContain(message)
  })

  it('is not asked for where nothing is saved, and no other question needs it', async () => {
    const alone = testClient({ store: api.store, clock: () => api.now })
    const filters = [{ cohort: UNKNOWN }]
    const { status, body } = await alone.post<ApiError>('/api/query', question({ filters }))
    expect([status, body.error.code]).toEqual([503, 'not_configured'])
    expect((await alone.post('/api/query', question({}))).status).toBe(200)
    const metadata = () => Promise.reject(new DatabaseAway('gone'))
    const away = testClient({ store: api.store, clock: () => api.now, metadata })
    const complete = { time_zone: 'UTC', week_start: 'monday', exclude_internal: false }
    const answer = await away.post<ApiError>('/api/query', question({ ...complete, filters }))
    expect([answer.status, answer.body.error.code]).toEqual([503, 'metadata_unavailable'])
    expect((await away.post('/api/query', question(complete))).status).toBe(200)
  })
})

describe('the persons of a saved cohort', () => {
  const of = (id: string, more: string, project = 'p') =>
    call('GET', `/api/cohorts/${id}/${more}project=${project}`)
  const names = ({ body }: Answer) =>
    body.persons.flatMap((person: { distinct_ids: string[] }) => person.distinct_ids).sort()

  it('are listed page by page, and counted, by its rule as it is now', async () => {
    const id = await saved('Counted', did('cart'))
    expect(names(await of(id, 'persons?'))).toEqual(['bob', 'cem'])
    expect((await of(id, 'size?')).body).toMatchObject({ persons: 2, from_cache: false })
    const rule = did('cart', { negate: true })
    await call('PUT', `/api/cohorts/${id}?project=p`, { name: 'Counted', version: 1, rule })
    expect((await of(id, 'size?')).body.persons).toBe(2)
    const first = await of(id, 'persons?limit=1&')
    const rest = await of(id, `persons?limit=1&after=${first.body.next}&`)
    expect([...names(first), ...names(rest)].sort()).toEqual(['ann', 'dee'])
    expect(rest.body.next).toBeNull()
    const { body } = await call('GET', `/api/persons/${rest.body.persons[0].id}?project=p`)
    expect(body.person).toEqual(rest.body.persons[0])
  })

  it('are nobody where nobody meets the rule, and those of the last days only', async () => {
    const never = await saved('Never', did('refund'))
    expect((await of(never, 'size?')).body.persons).toBe(0)
    expect((await of(never, 'persons?')).body).toMatchObject({ persons: [], next: null })
    const within = { within: { value: 3, unit: 'day' } }
    const lately = await saved('Just', did('buy', within))
    expect((await of(lately, 'size?')).body.persons).toBe(0)
  })

  it('are not told of another project’s cohort, nor of one that is gone', async () => {
    const theirs = await saved('Theirs', did('buy'), 'q')
    const gone = await saved('Gone', did('buy'))
    await call('DELETE', `/api/cohorts/${gone}?project=p`)
    for (const id of [theirs, gone, UNKNOWN]) {
      for (const path of ['persons?', 'size?']) {
        const { status, body } = await of(id, path)
        expect([status, body.error.code]).toEqual([404, 'not_found'])
      }
    }
    expect((await of(theirs, 'size?', 'nobody')).body.error.code).toBe('unknown_project')
    expect((await of('x', 'size?')).status).toBe(400)
    expect((await of(theirs, 'persons?limit=0&')).body.error.field).toBe('limit')
    expect((await of(gone, 'persons?filters=[]&')).body.error.field).toBe('filters')
  })
})

describe('what is saved with a cohort in it', () => {
  const insight = (filters: object[]) => ({ name: 'x', query: question({ filters }) })

  it('keeps the cohort from being deleted until it names it no more', async () => {
    const id = await saved('Used', did('buy'))
    const remove = () => call('DELETE', `/api/cohorts/${id}?project=p`)
    const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
    const lines = question({ breakdowns: [{ cohorts: [{ cohort: id }] }] })
    const split = await call('POST', '/api/insights?project=p', { name: 'y', query: lines })
    const board = { name: 'd', filters: [{ cohort: id, operator: 'not_in' }] }
    const dashboard = await call('POST', '/api/dashboards?project=p', board)
    const users = [made, split, dashboard]
    for (const { status, body } of users) expect(status, JSON.stringify(body)).toBe(201)
    for (const [place, { body }] of users.entries()) {
      const refused = await remove()
      expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use'])
      expect(refused.body.error.message).toContain(body.id)
      const path = place === 2 ? 'dashboards' : 'insights'
      await call('DELETE', `/api/${path}/${body.id}?project=p`)
    }
    expect((await remove()).status).toBe(200)
    const restored = `/api/insights/${made.body.id}/restore?project=p`
    const refused = await call('POST', restored, { version: 1 })
    expect([refused.status, refused.body.error.field]).toEqual([400, 'query.filters.0.cohort'])
  })

  it('is kept for the settings, and leaves out whoever is not in it', async () => {
    const id = await saved('Outside', did('buy'))
    const put = (version: number, filters: object[]) =>
      call('PUT', '/api/settings?project=p', { version, internal_users_filters: filters })
    const unknown = await put(0, [{ cohort: UNKNOWN }])
    const field = 'internal_users_filters.0.cohort'
    expect([unknown.status, unknown.body.error.field]).toEqual([400, field])
    expect((await put(0, [{ cohort: id }])).status).toBe(200)
    const totalOf = async (more: object) =>
      totals(await client.post<TrendsResult>('/api/query', question(more)))
    const inside = await totalOf({ filters: [{ cohort: id }] })
    expect(await totalOf({ exclude_internal: true })).toEqual(inside)
    expect(await totalOf({})).not.toEqual(inside)
    const refused = await call('DELETE', `/api/cohorts/${id}?project=p`)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use'])
    expect(refused.body.error.message).toContain('used by the settings of the project')
    const { body: document } = await call('GET', '/api/dashboards/export?project=p')
    expect(document.settings.internal_users_filters).toEqual([
      { cohort: 'outside', operator: 'in' },
    ])
    const copy = await call('PUT', '/api/dashboards/import?project=copy', document)
    expect(copy.status, JSON.stringify(copy.body)).toBe(200)
    const copied = await call('GET', '/api/dashboards/export?project=copy')
    expect(copied.body).toEqual(document)
    const missing = { version: 1, settings: document.settings }
    const bad = await call('PUT', '/api/dashboards/import?project=empty', missing)
    expect([bad.status, bad.body.error.field]).toEqual([400, `settings.${field}`])
    expect((await put(1, [])).status).toBe(200)
    expect((await call('DELETE', `/api/cohorts/${id}?project=p`)).status).toBe(200)
  })

  it('names its field when there is no such cohort', async () => {
    const theirs = await saved('Theirs', did('buy'), 'q')
    for (const id of [UNKNOWN, theirs]) {
      const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
      expect([made.status, made.body.error.field]).toEqual([400, 'query.filters.0.cohort'])
      const board = { name: 'd', filters: [{ cohort: id }] }
      const dashboard = await call('POST', '/api/dashboards?project=p', board)
      expect([dashboard.status, dashboard.body.error.field]).toEqual([400, 'filters.0.cohort'])
    }
  })

  it('can be watched by an alert', async () => {
    const id = await saved('Watched', did('buy'))
    const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
    const alert = {
      ...{ name: 'a', insight: made.body.id, every: 'day' },
      condition: { type: 'below', threshold: 1 },
      channels: [{ type: 'webhook', url: 'https://example.com/hook' }],
    }
    expect((await call('POST', '/api/alerts?project=p', alert)).status).toBe(201)
  })

  it('is answered as the dashboard asks it, with the cohort by its id', async () => {
    const id = await saved('Shown', did('buy'))
    const made = await call('POST', '/api/insights?project=p', insight([]))
    const tile = { insight: made.body.id, x: 0, y: 0, w: 1, h: 1 }
    const board = { name: 'd', filters: [{ cohort: id }], tiles: [tile] }
    const { body } = await call('POST', '/api/dashboards?project=p', board)
    const [{ query }] = body.insights
    expect(query.filters).toEqual([{ cohort: id, operator: 'in' }])
    expect(totals(await client.post<TrendsResult>('/api/query', query))).toEqual([[null, 2]])
  })
})
