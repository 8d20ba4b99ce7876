import type { FunnelResult, TrendResult } from '@headwater/schemas/insight'
import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import type { InsightKind, InsightResult } from '@headwater/schemas/insights/insight'
import type { ApiError } from '@headwater/schemas/insights/question'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPglite } from '../auth/database.ts'
import { DatabaseAway } from '../auth/database-away.ts'
import { startIdentity } from '../identity/start.ts'
import { silentLogger } from '../shared/logger.ts'
import { hostileString, LEAK, OTHER_PROJECT, SECRET } from './hostile-strings.ts'
import { metadataOn } from './saved/metadata.ts'
import type { MetadataDatabase, MetadataTables } from './saved/tables.ts'
import { openTestApi, type TestApi, type TestClient, testClient } from './test-api.ts'

let api: TestApi
let db: MetadataDatabase
let client: TestClient
beforeAll(async () => {
  api = await openTestApi()
  db = await openPglite<MetadataTables>('memory://')
  const metadata = metadataOn(() => db)
  client = testClient({ store: api.store, raw: api.store, metadata, clock: () => api.now })
  const people = ['ann', 'bob', 'cem'].flatMap((id) => visitsOf(id))
  const team = ['dev', 'tester'].flatMap((id) => visitsOf(id, `${id}@example.com`))
  await api.insert([
    ...people.map((row) => ({ ...row, project_id: 'outside' })),
    ...[...people, ...team].map((row) => ({ ...row, project_id: 'all' })),
  ])
  const identity = startIdentity({ store: api.store, clock: Date.now, logger: silentLogger })
  await identity.catchUp()
  await identity.close()
  await change('all', {
    internal_users_filters: [
      { type: 'person', property: 'email', operator: 'not_contains', value: '@example.com' },
      { property: 'plan', operator: 'is_not', value: 'test' },
    ],
    filter_internal_by_default: true,
  })
})
afterAll(async () => {
  await db.destroy()
  await api.remove()
})

const STEPS = ['$pageview', 'feature_click', 'signup_click', 'signup']
function visitsOf(distinct_id: string, email?: string) {
  return [0, 1, 8].flatMap((days) =>
    // A tester never signs up: rates are others with the team, too.
    (distinct_id === 'tester' ? STEPS.slice(0, 2) : STEPS).map((event, place) => ({
      distinct_id,
      event,
      session_id: `${distinct_id} ${days}`,
      timestamp: api.now - days * 86_400_000 - (60 - place) * 60_000,
      pathname: `/${event}`,
      current_url: `https://shop.example/${event}`,
      properties: { plan: 'pro' },
      ...(email && { person_set: { email } }),
    })),
  )
}

const ask = (question: object) => client.post<InsightResult & ApiError>('/api/query', question)
const QUESTION = { kind: 'trends', series: [{ event: '$pageview' }], date_from: '-1d' }
/** An answer without what depends on when and for whom it was given. */
function numbersOf({ body }: { body: unknown }): object {
  const {
    duration_ms: _,
    from_cache: __,
    exclude_internal: ___,
    ...numbers
  } = body as Record<string, unknown>
  return numbers
}

async function change(project: string, settings: object): Promise<void> {
  const path = `/api/settings?project=${project}`
  const { version } = (await (await client.fetch(path)).json()) as { version: number }
  const response = await client.fetch(path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...settings, version }),
  })
  expect(response.status).toBe(200)
}

describe('what a question leaves out', () => {
  it('is UTC, Monday and everybody in a project that was told nothing', async () => {
    const { body } = await ask({ ...QUESTION, project: 'outside' })
    expect(body).toMatchObject({ time_zone: 'UTC', week_start: 'monday', exclude_internal: false })
  })

  it('is what the project says, at once when that is changed', async () => {
    const question = { ...QUESTION, project: 'zones', interval: 'week' }
    const bucketOf = async (more = {}) => {
      const { body } = await ask({ ...question, ...more })
      return [body.time_zone, (body as { buckets?: string[] }).buckets?.at(-1)]
    }
    expect(await bucketOf()).toEqual(['UTC', '2026-06-15T00:00:00+00:00'])
    await change('zones', { time_zone: 'Asia/Kolkata', week_start: 'sunday' })
    expect(await bucketOf()).toEqual(['Asia/Kolkata', '2026-06-14T00:00:00+05:30'])
    await change('zones', { time_zone: 'Asia/Tokyo', week_start: 'saturday' })
    expect(await bucketOf()).toEqual(['Asia/Tokyo', '2026-06-13T00:00:00+09:00'])
    const own = { time_zone: 'Europe/Berlin', week_start: 'monday' }
    expect(await bucketOf(own)).toEqual(['Europe/Berlin', '2026-06-15T00:00:00+02:00'])
  })

  it('is kept apart in the answers that are kept', async () => {
    const question = { ...QUESTION, project: 'all', date_from: '-6d' }
    const total = async () => {
      const { body } = await ask(question)
      return [(body as { series?: { total: number }[] }).series?.[0]?.total, body.from_cache]
    }
    const { internal_users_filters } = (await (
      await client.fetch('/api/settings?project=all')
    ).json()) as { internal_users_filters: object[] }
    expect(await total()).toEqual([6, false])
    expect(await total()).toEqual([6, true])
    await change('all', { internal_users_filters, filter_internal_by_default: false })
    expect(await total()).toEqual([10, false])
    await change('all', { internal_users_filters, filter_internal_by_default: true })
    expect(await total()).toEqual([6, true])
  })
})

describe('internal events', () => {
  const both = async (question: object) => {
    const answers = await Promise.all([
      ask({ ...question, project: 'all' }),
      ask({ ...question, project: 'outside' }),
      ask({ ...question, project: 'all', exclude_internal: false }),
    ])
    for (const { status, body } of answers) expect(status, JSON.stringify(body)).toBe(200)
    return answers
  }

  it.each(Object.keys(INSIGHT_EXAMPLES) as InsightKind[])(
    'are left out of %s as if they had never been sent',
    async (kind) => {
      const { project: _, ...question } = INSIGHT_EXAMPLES[kind]
      const [outside, without, everybody] = await both(question)
      expect(numbersOf(outside)).toEqual(numbersOf(without))
      expect(numbersOf(everybody)).not.toEqual(numbersOf(without))
      expect([outside.body.exclude_internal, everybody.body.exclude_internal]).toEqual([
        true,
        false,
      ])
    },
  )

  it('are not behind a number that leaves them out', async () => {
    const query = { ...QUESTION, project: 'all' }
    const names = async (more = {}) => {
      const body = { query: { ...query, ...more }, select: { series: 0 } }
      const answer = await client.post<{ actors: { distinct_ids: string[] }[] }>(
        '/api/actors',
        body,
      )
      return answer.body.actors.flatMap(({ distinct_ids }) => distinct_ids).sort()
    }
    expect(await names()).toEqual(['ann', 'bob', 'cem'])
    expect(await names({ exclude_internal: false })).toHaveLength(5)
  })

  it('are left out of GET /api/trends and POST /api/funnels alike', async () => {
    const trend = async (params: Record<string, string>) => {
      const all = { project: 'all', event: '$pageview', date_from: '-1d', ...params }
      const { body } = await client.get<TrendResult>('/api/trends', all)
      return [body.series[0]?.total, body.exclude_internal, body.time_zone]
    }
    expect(await trend({})).toEqual([6, true, 'UTC'])
    expect(await trend({ exclude_internal: 'false' })).toEqual([10, false, 'UTC'])
    expect(await trend({ project: 'zones' })).toEqual([0, false, 'Asia/Tokyo'])
    const funnel = async (more = {}) => {
      const asked = { project: 'all', steps: STEPS.map((event) => ({ event })), ...more }
      const { body } = await client.post<FunnelResult>('/api/funnels', asked)
      return [body.groups[0]?.steps[0]?.count, body.exclude_internal]
    }
    expect(await funnel()).toEqual([3, true])
    expect(await funnel({ exclude_internal: false })).toEqual([5, false])
  })

  it('are in lists and files of events until these are to leave them out', async () => {
    const listed = async (more = {}) => {
      const asked = { project: 'all', events: ['feature_click'], ...more }
      const { body } = await client.post<{ events: object[] }>('/api/events', asked)
      return body.events.length
    }
    expect([await listed(), await listed({ exclude_internal: true })]).toEqual([10, 6])
    const exported = async (more: string) => {
      const path = `/api/export?project=all&format=ndjson&events=feature_click&date_from=-1d${more}`
      const text = await (await client.fetch(path)).text()
      return text.trim().split('\n').length
    }
    expect([await exported(''), await exported('&exclude_internal=true')]).toEqual([10, 6])
  })
})

it('hostile settings break out of nothing', async () => {
  const secret = { project_id: OTHER_PROJECT, properties: { plan: SECRET }, pathname: SECRET }
  await api.insert([{ ...secret, timestamp: api.now - 60_000 }])
  const text = (usual: string) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 1 }, { arbitrary: hostileString, weight: 3 })
  const filter = fc.record({
    type: fc.constantFrom('event', 'person'),
    property: text('plan'),
    operator: fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'is_set'),
    value: fc.oneof(hostileString, fc.array(hostileString, { minLength: 1, maxLength: 2 })),
  })
  const settings = fc.record({
    time_zone: fc.oneof({ arbitrary: fc.constant('UTC'), weight: 9 }, hostileString),
    internal_users_filters: fc.array(filter, { maxLength: 2 }),
    filter_internal_by_default: fc.constant(true),
  })
  let taken = 0
  const path = '/api/settings?project=hostile'
  const property = fc.asyncProperty(settings, async (body) => {
    const { version } = (await (await client.fetch(path)).json()) as { version: number }
    const put = await client.fetch(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, version }),
    })
    const question = { kind: 'paths', project: 'hostile', include_sql: false }
    const answer = await ask(question)
    expect([put.status, answer.status].filter((status) => ![200, 400].includes(status))).toEqual([])
    if (put.status === 200) taken++
    for (const told of [await put.text(), JSON.stringify(answer.body)]) {
      expect(told).not.toContain(SECRET)
      expect(told).not.toMatch(LEAK)
    }
  })
  await fc.assert(property, { numRuns: 150, seed: 20_260_617 })
  expect(taken).toBeGreaterThan(50)
}, 600_000)

describe('while the database of the settings is away', () => {
  const away = () =>
    testClient({
      store: api.store,
      metadata: () => Promise.reject(new DatabaseAway(new Error('SELECT secret'))),
    })
  const own = { time_zone: 'UTC', week_start: 'monday', exclude_internal: false }

  it('a question that leaves anything to them is refused, not answered by others', async () => {
    const { time_zone: _, ...most } = own
    for (const more of [{}, most, { ...own, exclude_internal: true }]) {
      const question = { ...QUESTION, project: 'all', ...more }
      const { status, headers, body } = await away().post<ApiError>('/api/query', question)
      expect([status, body.error.code]).toEqual([503, 'metadata_unavailable'])
      expect(headers.get('retry-after')).toBe('2')
      expect(JSON.stringify(body)).not.toContain('SELECT')
    }
  })

  it('one that says all itself is answered', async () => {
    const { status } = await away().post('/api/query', { ...QUESTION, project: 'all', ...own })
    expect(status).toBe(200)
  })
})
