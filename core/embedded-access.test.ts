import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoreProcess, freePort, SECRETS, startCore } from './core-process.ts'
import { remoteAskers } from './query/access/remote-askers.ts'
import { testClient } from './query/test-api.ts'

const ORIGIN = 'http://localhost:3000'
const ACCOUNT = { email: 'ann@example.com', password: 'correct horse battery' }

let folder: string
let core: CoreProcess
let token: string
let readKey: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-access-'))
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const [AUTH_PORT = '', QUERY_PORT = '', BRIDGE_PORT = ''] = ports
  const places = { DATA_DIR: folder, AUTH_PORT, QUERY_PORT, BRIDGE_PORT }
  core = await startCore('all', { ...SECRETS, ...places, QUERY_ACCESS: 'required' })
  await auth('/api/auth/sign-up/email', { name: 'Ann', ...ACCOUNT })
  const { body, cookie } = await auth('/api/auth/sign-in/email', ACCOUNT)
  token = body.token
  readKey = (await auth('/api/projects/default/read-keys', { name: 'wall' }, cookie)).body.key
})
afterAll(async () => {
  core.child.kill('SIGKILL')
  await core.exit
  rmSync(folder, { recursive: true, force: true })
})

async function auth(path: string, json: object, cookie = '') {
  const headers = { origin: ORIGIN, 'content-type': 'application/json', cookie }
  const init = { method: 'POST', headers, body: JSON.stringify(json) }
  const response = await fetch(`${core.urls.auth}${path}`, init)
  const cookies = response.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  return { body: await response.json(), cookie: cookies.join('; ') }
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })
const settings = '/api/settings?project=default'
const change = (headers: object): RequestInit => ({
  method: 'PUT',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({ version: 0, time_zone: 'Europe/Berlin' }),
})

describe('a core that wants to know who asks', () => {
  it('answers its first user and their read key, each by their role, and nobody else', async () => {
    const url = `${core.urls.query}${settings}`
    const statusOf = async (init?: RequestInit) => (await fetch(url, init)).status
    expect(await statusOf()).toBe(401)
    expect(await statusOf({ headers: bearer(readKey) })).toBe(200)
    expect(await statusOf(change({}))).toBe(401)
    expect(await statusOf(change(bearer(readKey)))).toBe(403)
    expect(await statusOf(change(bearer(token)))).toBe(200)
    const history = await fetch(`${core.urls.query}/api/settings/history?project=default`, {
      headers: bearer(readKey),
    })
    expect(await history.json()).toMatchObject({ versions: [{ author: ACCOUNT.email }] })
    expect((await fetch(`${core.urls.query}/_health`)).status).toBe(200)
  })

  it('writes no credential to its log', () => {
    for (const credential of [token, readKey]) expect(core.output()).not.toContain(credential)
  })
})

describe('a query service of its own', () => {
  it('asks auth over HTTP, and is shut while it never reached it', async () => {
    const store = { query: async () => [], dataVersion: async () => '1' }
    const clientOf = (url = '') => {
      const secret = SECRETS.BRIDGE_SECRET
      return testClient({ store, findAsker: remoteAskers({ url, secret, clock: Date.now }) })
    }
    const ask = async (url: string | undefined, headers: Record<string, string>) =>
      clientOf(url).fetch('/api/freshness?project=default', { headers })
    expect((await ask(core.urls.auth, bearer(readKey))).status).toBe(200)
    expect((await ask(core.urls.auth, bearer(token))).status).toBe(200)
    expect((await ask(core.urls.auth, bearer(`${readKey}x`))).status).toBe(401)
    const away = await ask(`http://127.0.0.1:${await freePort()}`, bearer(readKey))
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await away.json()).toMatchObject({ error: { code: 'auth_unavailable' } })
  })
})
