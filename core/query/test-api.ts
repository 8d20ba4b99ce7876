import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventRow } from '@headwater/schemas/row'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { openChdbStore } from '../store/chdb.ts'
import { sampleRows } from '../store/sample-row.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { createQueryApp, type QueryAppDeps } from './app.ts'

export const NOW = Date.UTC(2026, 5, 17, 12)
export const SITE = 'http://localhost:3000'

export interface Answer<Body> {
  status: number
  headers: Headers
  body: Body
}

export interface TestApi {
  store: EventStore & QueryStore
  /** The moment the API takes for now, and how far the store says it is complete. */
  now: number
  insert(facts: readonly Partial<EventRow>[]): Promise<void>
  get<Body>(path: string, params: Record<string, string>): Promise<Answer<Body>>
  post<Body>(path: string, body: unknown): Promise<Answer<Body>>
  fetch(path: string, init?: RequestInit): Promise<Response>
  remove(): Promise<void>
}

/** The query API on a real chDB in a folder of its own. */
export async function openTestApi(overrides: Partial<QueryAppDeps> = {}): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-query-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  const app = createQueryApp({
    store,
    freshness: { read: async () => ({ complete_until: api.now, lag_records: 0 }) },
    projectExists: async (id) => id !== 'nobody',
    timeoutMs: 20_000,
    origins: [SITE],
    hosts: [],
    clock: () => api.now,
    logger: silentLogger,
    metrics: createMetrics(),
    ...overrides,
  })
  let inserts = 0
  const fetch = async (path: string, init?: RequestInit) =>
    app.request(`http://localhost:8001${path}`, init)
  const answer = async <Body>(response: Response): Promise<Answer<Body>> => ({
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Body,
  })
  const api: TestApi = {
    store,
    now: NOW,
    insert: (facts) => store.insert('events', sampleRows(facts), `insert ${inserts++}`),
    get: async (path, params) => answer(await fetch(`${path}?${new URLSearchParams(params)}`)),
    post: async (path, body) =>
      answer(
        await fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    fetch,
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
  return api
}
