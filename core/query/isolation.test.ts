import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPglite } from '../auth/database.ts'
import { startIdentity } from '../identity/start.ts'
import { silentLogger } from '../shared/logger.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { sampleRows } from '../store/sample-row.ts'
import { LEAK, OTHER_PROJECT, SECRET } from './hostile-strings.ts'
import { describeQueryApi } from './openapi.ts'
import { metadataOn } from './saved/metadata.ts'
import type { MetadataDatabase, MetadataTables } from './saved/tables.ts'
import { NOW, type TestClient, testClient } from './test-api.ts'
import { type Operation, operationsOf } from './test-operations.ts'

// Every operation that the API describes is called for one project while another holds the secret: one
// that is added is tried without another word.
const OWN_PROJECT = 'mine'
const UUID = '018f0000-0000-7000-8000-000000000001'
/** Told by e-mail of what the other project holds. */
const ADDRESS = 'belongs-to-another-project@example.com'
/** A stream is read so long. */
const STREAM_MS = 500

const operations = operationsOf(JSON.parse(describeQueryApi()))
let folder: string
let store: ChdbStore
let db: MetadataDatabase
let client: TestClient
/** Ids of things of the other project. */
let ids: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-isolation-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  db = await openPglite<MetadataTables>('memory://')
  const replays = { append: async () => {}, insert: store.insert.bind(store) }
  const metadata = metadataOn(() => db)
  // Nobody listens there: nothing is ever to be sent.
  const server = { host: '127.0.0.1', port: 1, secure: false }
  const mail = { server, from: { name: '', address: 'alerts@example.com' } }
  client = testClient({
    ...{ store, raw: store, writer: store, journal: store, metadata, replays, mail },
  })
  await insertSecrets()
  ids = [...(await saveSecrets()), UUID, await personOf(OTHER_PROJECT), 'log.0.7']
}, 120_000)
afterAll(async () => {
  await store.close()
  await db.destroy()
  await rm(folder, { recursive: true })
})

async function insertSecrets(): Promise<void> {
  const row = {
    distinct_id: SECRET,
    timestamp: NOW - 60_000,
    session_id: SECRET,
    current_url: `https://shop.example/${SECRET}`,
    browser: SECRET,
    properties: { plan: SECRET, [SECRET]: 1, $groups: { company: SECRET } },
    person_set: { plan: SECRET },
  }
  const identify = { event: '$identify', properties: { $anon_distinct_id: `${SECRET} before` } }
  const secrets = [
    { ...row, uuid: UUID },
    { ...row, event: SECRET },
    { ...row, ...identify },
  ]
  const rows = [
    ...secrets.map((secret) => ({ ...secret, project_id: OTHER_PROJECT })),
    { project_id: OWN_PROJECT, distinct_id: 'ann', timestamp: NOW - 60_000 },
  ]
  await store.insert('events', sampleRows(rows), 'secrets')
  const letter = {
    project_id: OTHER_PROJECT,
    record_key: `${OTHER_PROJECT}:${SECRET}`,
    record: SECRET,
    error: SECRET,
    log_id: 'log',
    log_partition: 0,
    log_offset: 7,
  }
  await store.insert('dead_letters', [JSON.stringify(letter)], 'letter')
  const identity = startIdentity({ store, clock: Date.now, logger: silentLogger })
  await identity.catchUp()
  await identity.close()
}

/** One of everything that can be saved, with its ids. */
async function saveSecrets(): Promise<string[]> {
  const made: string[] = []
  for (const { path, bodies } of operations.filter(({ method, path }) =>
    isCollection(method, path),
  )) {
    for (const body of bodies) {
      const told = 'channels' in body && { channels: [{ type: 'email', to: [ADDRESS] }] }
      // Where the insight that was saved before has a number.
      const watched = 'condition' in body && { value: 'series.0.counts.0' }
      const secret = {
        ...{ ...renamed(body, OTHER_PROJECT, made), ...told, ...watched },
        ...{ name: SECRET, description: SECRET },
      }
      for (const fields of [secret, { ...renamed(body, OTHER_PROJECT, made), text: SECRET }]) {
        const { status, text } = await call('POST', `${path}?project=${OTHER_PROJECT}`, fields)
        if (status === 201) made.push(JSON.parse(text).id)
      }
    }
  }
  const settings = {
    version: 0,
    internal_users_filters: [{ property: SECRET, operator: 'is_not', value: SECRET }],
  }
  expect((await call('PUT', settingsOf(OTHER_PROJECT), settings)).status).toBe(200)
  return made
}

const settingsOf = (project: string) => `/api/settings?project=${project}`

async function personOf(project: string): Promise<string> {
  const [row] = await store.query<{ id: string }>({
    text: 'SELECT toString(person_id) AS id FROM events WHERE project_id = {project:String} LIMIT 1',
    params: { project },
  })
  return row?.id ?? ''
}

async function call(method: string, path: string, body?: object) {
  const response = await client.fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(20_000),
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await readSome(response) }
}

// A stream that has no end is read for a while.
async function readSome(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.includes('event-stream')) return response.text()
  const reader = response.body?.getReader()
  let text = ''
  const end = Date.now() + STREAM_MS
  while (reader && Date.now() < end) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), STREAM_MS))
    const chunk = await Promise.race([reader.read(), late])
    if (!chunk || chunk.done) break
    text += new TextDecoder().decode(chunk.value)
  }
  await reader?.cancel()
  return text
}

describe('every operation', () => {
  it('is tried on things that the other project has', async () => {
    expect(ids.length).toBeGreaterThan(5)
    const saved = await savedOf(OTHER_PROJECT)
    for (const list of saved) expect(list).toContain(SECRET)
    expect(saved.filter((list) => list.includes(ADDRESS))).toHaveLength(2)
    expect(operations.length).toBeGreaterThan(50)
  })

  it.each(operations)(
    '$method $path shows nothing of another project',
    async (operation) => {
      const before = await savedOf(OTHER_PROJECT)
      for (const path of pathsOf(operation)) {
        for (const body of operation.bodies.length > 0 ? operation.bodies : [undefined]) {
          const { method } = operation
          const { status, text } = await call(method, path, body && renamed(body, OWN_PROJECT, ids))
          expect(status, `${path} ${text.slice(0, 300)}`).toBeLessThan(500)
          // What is asked for may be empty; what is to be changed must not be there.
          if (method !== 'GET' && operation.path.includes('{')) {
            expect([400, 404], `${path} ${text.slice(0, 300)}`).toContain(status)
          }
          expect(text).not.toContain(SECRET)
          expect(text).not.toContain(ADDRESS)
          // It names the functions that may be called.
          if (operation.path !== '/api/sql/schema') expect(text).not.toMatch(LEAK)
        }
      }
      expect(await savedOf(OTHER_PROJECT)).toEqual(before)
    },
    60_000,
  )
})

/** Everything that the other project saved, as it is. */
async function savedOf(project: string): Promise<string[]> {
  const lists = operations.filter(({ method, path }) => isCollection(method, path))
  const paths = [...lists.map(({ path }) => `${path}?project=${project}`), settingsOf(project)]
  return Promise.all(paths.map(async (path) => (await call('GET', path)).text))
}

function isCollection(method: string, path: string): boolean {
  return method === 'POST' && operations.some((one) => one.path === `${path}/{id}`)
}

/** The addresses of an operation: with what its parameters have as examples, and each id of the other project. */
function pathsOf({ path, parameters }: Operation): string[] {
  const query = new URLSearchParams()
  for (const { name, in: place, schema } of parameters) {
    if (place !== 'query') continue
    if (name === 'project') query.set(name, OWN_PROJECT)
    else if (schema?.example !== undefined && !['before', 'after', 'scope'].includes(name)) {
      query.set(name, String(schema.example))
    }
  }
  const address = query.size > 0 ? `${path}?${query}` : path
  if (!path.includes('{')) return [address]
  return ids.map((id) => address.replace(/\{\w+\}/, encodeURIComponent(id)))
}

/** A body of another project, with what it refers to. */
function renamed(body: object, project: string, known: readonly string[]): object {
  const text = JSON.stringify(body)
    .replaceAll('"project":"default"', `"project":"${project}"`)
    .replace(/"(coh|ins|dash|note|alert|sub)_7k2m9xqd"/g, (all, prefix) => {
      const id = known.find((one) => one.startsWith(`${prefix}_`))
      return id ? JSON.stringify(id) : all
    })
  return JSON.parse(text)
}
