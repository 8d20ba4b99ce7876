import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventRow } from '@headwater/schemas/row'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { openChdbStore } from '../store/chdb.ts'
import type { RawStore } from '../store/raw-store.ts'
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

export interface TestClient {
  get<Body>(path: string, params: Record<string, string>): Promise<Answer<Body>>
  post<Body>(path: string, body: unknown): Promise<Answer<Body>>
  /** @param path A path, or a whole URL. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export interface TestApi extends TestClient {
  store: EventStore & QueryStore & RawStore
  /** The moment the API takes for now, and how far the store says it is complete. */
  now: number
  /** Questions with values that reached the store so far. */
  questions: number
  insert(facts: readonly Partial<EventRow>[]): Promise<void>
  remove(): Promise<void>
}

/** The query API on a real chDB in a folder of its own. */
export async function openTestApi(): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-query-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  let inserts = 0
  const counted: QueryStore = {
    query(query, options) {
      if (query.params) api.questions++
      return store.query(query, options)
    },
    dataVersion: () => store.dataVersion(),
  }
  const api: TestApi = {
    ...testClient({
      store: counted,
      raw: store,
      writer: store,
      journal: store,
      clock: () => api.now,
      freshness: { read: async () => ({ complete_until: api.now, lag_records: 0 }) },
    }),
    store,
    now: NOW,
    questions: 0,
    insert: (facts) => store.insert('events', sampleRows(facts), `insert ${inserts++}`),
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
  return api
}

/** The query API on a given store. */
export function testClient(deps: Pick<QueryAppDeps, 'store'> & Partial<QueryAppDeps>): TestClient {
  const app = createQueryApp({
    freshness: { read: async () => ({ complete_until: NOW, lag_records: 0 }) },
    projectExists: async (id) => id !== 'nobody',
    timeoutMs: 20_000,
    origins: [SITE],
    hosts: [],
    clock: () => NOW,
    logger: silentLogger,
    metrics: createMetrics(),
    ...deps,
  })
  const fetch = async (path: string, init?: RequestInit) =>
    app.request(path.startsWith('/') ? `http://localhost:8001${path}` : path, init)
  const answer = async <Body>(response: Response): Promise<Answer<Body>> => ({
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Body,
  })
  return {
    fetch,
    get: async (path, params) => answer(await fetch(`${path}?${new URLSearchParams(params)}`)),
    post: async (path, body) =>
      answer(
        await fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
  }
}
