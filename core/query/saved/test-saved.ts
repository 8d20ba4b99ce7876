// For tests: the query API with a database for what is saved, and no events.
import type { ApiError } from '@headwater/schemas/insights/question'
import { openPglite } from '../../auth/database.ts'
import type { QueryAppDeps } from '../app.ts'
import { NOW, testClient } from '../test-api.ts'
import { metadataOn } from './metadata.ts'
import type { MetadataDatabase, MetadataTables } from './tables.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the body is
type Body = any
export interface SavedAnswer {
  status: number
  headers: Headers
  body: Body & Partial<ApiError>
}

export interface SavedApi {
  db: MetadataDatabase
  /** The moment that the API takes for now. */
  now: number
  call(method: string, path: string, body?: unknown, headers?: object): Promise<SavedAnswer>
  get(path: string): Promise<SavedAnswer>
  /** What was made; throws what it was refused with. */
  made(path: string, body: object): Promise<Body>
  close(): Promise<void>
}

/** @param deps Besides those of an API without events. */
export async function openSavedApi(deps: Partial<QueryAppDeps> = {}): Promise<SavedApi> {
  const db = await openPglite<MetadataTables>('memory://')
  const metadata = metadataOn(() => db)
  const store = { query: async () => [], dataVersion: async () => '1' }
  const client = testClient({ store, metadata, clock: () => api.now, ...deps })
  const api: SavedApi = {
    db,
    now: NOW,
    async call(method, path, body, headers = {}) {
      const response = await client.fetch(path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, headers: response.headers, body: await response.json() }
    },
    get: (path) => api.call('GET', path),
    async made(path, body) {
      const answer = await api.call('POST', path, body)
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
      return answer.body
    },
    close: () => db.destroy(),
  }
  return api
}

export const insightOn = (project: string, name: string, more: object = {}) => ({
  name,
  query: { kind: 'stickiness', project, series: [{ event: '$pageview' }] },
  ...more,
})
