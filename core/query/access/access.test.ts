import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROLES } from '@headwater/schemas/asker'
import type { ApiError } from '@headwater/schemas/insight'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPglite } from '../../auth/database.ts'
import { startTestAuth, type TestAuth } from '../../auth/test-auth.ts'
import { type ChdbStore, openChdbStore } from '../../store/chdb.ts'
import { describeQueryApi } from '../openapi.ts'
import { metadataOn } from '../saved/metadata.ts'
import type { MetadataDatabase, MetadataTables } from '../saved/tables.ts'
import { type TestClient, testClient } from '../test-api.ts'
import { type Operation, operationsOf } from '../test-operations.ts'
import { NEEDED_ROLES, rolesFrom } from './needed-roles.ts'

// Every operation that the API describes is called without a credential, with that of another project,
// and with each role: one that is added is tried without another word.
const UUID = '018f0000-0000-7000-8000-000000000001'
const operations = operationsOf(JSON.parse(describeQueryApi()))
const nameOf = ({ method, path }: Operation) => `${method} ${path}`

let folder: string
let store: ChdbStore
let db: MetadataDatabase
let auth: TestAuth
let client: TestClient
/** A credential of each role in the project `team`; `stranger` has another project. */
let credentials: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-access-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  db = await openPglite<MetadataTables>('memory://')
  auth = await startTestAuth()
  credentials = await makeTeam()
  const replays = { append: async () => {}, insert: store.insert.bind(store) }
  const metadata = metadataOn(() => db)
  const findAsker = (credential: string) => auth.findAsker(credential)
  client = testClient({
    ...{ store, raw: store, journal: store, writer: store, metadata, replays, findAsker },
    projectExists: () => Promise.reject(new Error('auth has said it already')),
  })
}, 120_000)
afterAll(async () => {
  await store.close()
  await db.destroy()
  await auth.close()
  await rm(folder, { recursive: true })
})

async function makeTeam(): Promise<Record<string, string>> {
  const olga = await auth.signUp('olga')
  await olga('/api/projects', { json: { id: 'team', name: 'Team' } })
  const organization = (await olga('/api/me')).body.organizations[0].id
  for (const name of ['ada', 'mia']) await auth.signUp(name)
  await auth.join('ada', organization, 'admin')
  await auth.join('mia', organization, 'member')
  const stranger = await auth.signUp('sven')
  await stranger('/api/projects', { json: { id: 'theirs', name: 'Theirs' } })
  const keyOf = async (call: typeof olga, project: string) =>
    (await call(`/api/projects/${project}/read-keys`, { json: { name: 'wall' } })).body.key
  return {
    owner: await auth.signIn('olga'),
    admin: await auth.signIn('ada'),
    member: await auth.signIn('mia'),
    reader: await keyOf(olga, 'team'),
    stranger: await auth.signIn('sven'),
    strangerKey: await keyOf(stranger, 'theirs'),
  }
}

interface Refused {
  status: number
  error: ApiError['error'] | undefined
  headers: Headers
}

async function call(
  { method, path, parameters, bodies }: Operation,
  project: string,
  headers: Record<string, string>,
): Promise<Refused> {
  const query = new URLSearchParams()
  let filled = path
  for (const { name, in: place, required, schema } of parameters) {
    const example = String(schema?.example ?? UUID)
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(example))
    if (place !== 'query') continue
    if (name === 'project') query.set(name, project)
    else if (required) query.set(name, example)
  }
  const [body] = bodies
  const named = JSON.stringify(body)?.replaceAll('"project":"default"', `"project":"${project}"`)
  const response = await client.fetch(`${filled}?${query}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(named && { body: named }),
  })
  const isJson = response.headers.get('content-type')?.includes('json')
  const { error } = isJson && !response.ok ? ((await response.json()) as ApiError) : {}
  await response.body?.cancel().catch(() => {})
  return { status: response.status, error, headers: response.headers }
}

const bearer = (credential = '') => ({ authorization: `Bearer ${credential}` })

describe('every operation', () => {
  it('is one for which it is said who may, and the other way round', () => {
    expect(operations.map(nameOf).toSorted()).toEqual(Object.keys(NEEDED_ROLES).toSorted())
  })

  it('says that it wants a credential, and what it answers to who may not', () => {
    const document = JSON.parse(describeQueryApi())
    expect(document.security).toEqual([{ credential: [] }])
    expect(document.components.securitySchemes.credential.scheme).toBe('bearer')
    for (const { method, path } of operations) {
      const { responses } = document.paths[path][method.toLowerCase()]
      expect(Object.keys(responses), path).toEqual(expect.arrayContaining(['401', '403']))
    }
  })

  it.each(operations)('$method $path is shut without a credential', async (operation) => {
    const wrong = [
      {},
      bearer(''),
      bearer('nonsense'),
      bearer(`rk_${'a'.repeat(48)}`),
      bearer(`${credentials.owner}x`),
      bearer('a b'),
      { authorization: `Basic ${credentials.owner}` },
      { authorization: credentials.owner ?? '' },
      { 'x-api-key': credentials.owner ?? '', cookie: `session_token=${credentials.owner}` },
    ]
    for (const headers of wrong) {
      const { status, error, headers: answered } = await call(operation, 'team', headers)
      expect([status, error?.code, error?.field]).toEqual([401, 'unauthorized', 'authorization'])
      expect(answered.get('www-authenticate')).toBe('Bearer')
    }
  })

  it.each(operations)('$method $path knows no project of others', async (operation) => {
    for (const credential of [credentials.stranger, credentials.strangerKey]) {
      const others = await call(operation, 'team', bearer(credential))
      const none = await call(operation, 'none', bearer(credential))
      expect(others).toMatchObject({ status: 404, error: { code: 'unknown_project' } })
      const renamed = JSON.stringify(others.error).replaceAll('team', 'none')
      expect([others.status, renamed]).toEqual([none.status, JSON.stringify(none.error)])
    }
  })

  it.each(operations)('$method $path is open to whom it is meant for', async (operation) => {
    const needed = NEEDED_ROLES[nameOf(operation)] ?? 'owner'
    const allowed = rolesFrom(needed)
    for (const role of ROLES) {
      const { status, error } = await call(operation, 'team', bearer(credentials[role]))
      if (allowed.includes(role)) {
        expect(status, `${role} ${JSON.stringify(error)}`).not.toBe(401)
        expect(status, `${role} ${JSON.stringify(error)}`).toBeLessThan(500)
        expect(['unauthorized', 'forbidden', 'unknown_project']).not.toContain(error?.code)
      } else {
        expect([status, error?.code]).toEqual([403, 'forbidden'])
        expect(error?.message).toContain(`the role ${needed}`)
        expect(error?.allowed).toEqual(allowed)
      }
    }
  })
})

describe('a question', () => {
  it('is answered by the same rights whatever the credential names in its body', async () => {
    const [insight] = operations.filter(({ path }) => path === '/api/query')
    if (!insight) throw new Error('no /api/query')
    const body = { ...insight.bodies[0], project: 'team' }
    const response = await client.fetch('/api/query?project=theirs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(credentials.stranger) },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(404)
  })

  it('is answered to HEAD as to GET', async () => {
    const path = '/api/webhooks/secret?project=team'
    const statuses = ['reader', 'admin'].map(async (role) => {
      const headers = bearer(credentials[role])
      return (await client.fetch(path, { method: 'HEAD', headers })).status
    })
    expect(await Promise.all(statuses)).toEqual([403, 200])
  })
})

describe('health, metrics and descriptions', () => {
  it.each(['/_health', '/_live', '/_metrics', '/docs', '/openapi.json'])(
    '%s needs no credential',
    async (path) => expect((await client.fetch(path)).status).toBe(200),
  )
})
