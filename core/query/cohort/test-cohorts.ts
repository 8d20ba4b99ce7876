// For tests: the query API on events of a few persons, with a database for the cohorts that are saved.
import type { ApiError } from '@headwater/schemas/insights/question'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { openPglite } from '../../auth/database.ts'
import { metadataOn } from '../saved/metadata.ts'
import type { MetadataTables } from '../saved/tables.ts'
import { openTestApi, type TestApi, type TestClient, testClient } from '../test-api.ts'

export const DAY_MS = 86_400_000
/** Of no cohort. */
export const UNKNOWN = 'coh_00000000'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the body is
  body: any & Partial<ApiError>
}

export interface CohortApi {
  api: TestApi
  client: TestClient
  call(method: string, path: string, body?: object): Promise<Answer>
  /** The id of a cohort that is saved; throws what it was refused with. */
  saved(name: string, rule: object, project?: string): Promise<string>
  ask(more: object): Promise<{ status: number; body: TrendsResult & ApiError }>
  close(): Promise<void>
}

/** In p and in q ann and bob bought, bob and cem have a cart; these and dee visit today. */
export async function openCohortApi(): Promise<CohortApi> {
  const api = await openTestApi()
  const db = await openPglite<MetadataTables>('memory://')
  const deps = { store: api.store, raw: api.store, clock: () => api.now }
  const client = testClient({ ...deps, metadata: metadataOn(() => db) })
  const rows = (event: string, ago: number, ...ids: string[]) =>
    ['p', 'q'].flatMap((project_id) =>
      ids.map((distinct_id) => ({ project_id, event, distinct_id, timestamp: api.now - ago })),
    )
  await api.insert([
    ...rows('buy', 9 * DAY_MS, 'ann', 'bob'),
    ...rows('cart', 2 * DAY_MS, 'bob', 'cem'),
    ...rows('visit', 0, 'ann', 'bob', 'cem', 'dee'),
  ])
  async function call(method: string, path: string, body?: object): Promise<Answer> {
    const response = await client.fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
  return {
    api,
    client,
    call,
    async saved(name, rule, project = 'p') {
      const answer = await call('POST', `/api/cohorts?project=${project}`, { name, rule })
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      return answer.body.id
    },
    ask: (more) => client.post('/api/query', question(more)),
    async close() {
      await db.destroy()
      await api.remove()
    },
  }
}

export const did = (event: string, more: object = {}) => ({
  conditions: [{ type: 'did', event, ...more }],
})

/** How many persons visit. */
export const question = (more: object) => ({
  ...{ kind: 'trends', project: 'p', date_from: '-1d' },
  ...{ series: [{ event: 'visit', measure: 'unique_persons' }], ...more },
})

/** The total of each line, after its cohort. */
export const totals = ({ body }: { body: TrendsResult }) =>
  body.series.map(({ breakdown, total }) => [breakdown?.values[0] ?? null, total])
