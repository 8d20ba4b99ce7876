import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SECRETS, startTestAuth, type TestAuth } from '../../auth/test-auth.ts'
import { AWAY_FRESH_MS, FRESH_MS, KnownAskers } from './known-askers.ts'
import { remoteAskers } from './remote-askers.ts'

type Call = Awaited<ReturnType<TestAuth['signUp']>>

let auth: TestAuth
let olga: Call
beforeAll(async () => {
  auth = await startTestAuth()
  olga = await auth.signUp('olga')
})
afterAll(() => auth.close())

let now: number
let asked: string[]
let logged: unknown[]
beforeEach(() => {
  now = Date.now()
  asked = []
  logged = []
})

const urlOfAuth = () => auth.url ?? ''

/** Where auth is can be changed. */
function open(place = { url: urlOfAuth() }, secret = SECRETS.BRIDGE_SECRET) {
  const clock = () => now
  return new KnownAskers({
    clock,
    logger: { log: (...facts) => logged.push(facts) },
    find(credential) {
      asked.push(credential)
      // Auth has its own clock, by which a signature ends.
      return remoteAskers({ url: place.url, secret, clock: Date.now })(credential)
    },
  })
}

async function makeKey(): Promise<{ key: string; id: string }> {
  const made = await olga('/api/projects/default/read-keys', { json: { name: 'wall' } })
  return made.body
}

describe('who asks', () => {
  it('is asked of auth once in ten seconds, however many ask at one time', async () => {
    const askers = open()
    const { key } = await makeKey()
    const found = await Promise.all([1, 2, 3].map(() => askers.find(key)))
    for (const asker of found) expect(asker?.name).toBe('wall')
    now += FRESH_MS - 1
    await askers.find(key)
    expect(asked).toHaveLength(1)
    now += 1
    await askers.find(key)
    expect(asked).toHaveLength(2)
  })

  it('is nobody ten seconds after their key was revoked', async () => {
    const askers = open()
    const { key, id } = await makeKey()
    await askers.find(key)
    await olga(`/api/projects/default/read-keys/${id}`, { method: 'DELETE' })
    now += FRESH_MS
    expect(await askers.find(key)).toBeNull()
  })

  it('is known two seconds after they were nobody', async () => {
    const askers = open()
    const token = 'x'.repeat(32)
    expect(await askers.find(token)).toBeNull()
    now += 1_999
    await askers.find(token)
    expect(asked).toHaveLength(1)
    now += 1
    await askers.find(token)
    expect(asked).toHaveLength(2)
  })

  it('stays known whatever others guess', async () => {
    const askers = open()
    const token = await auth.signIn('olga')
    await askers.find(token)
    const guessing = new KnownAskers({
      clock: () => now,
      logger: { log() {} },
      find: async (credential) => {
        asked.push(credential)
        return credential === token ? { name: 'olga', projects: [] } : null
      },
    })
    await guessing.find(token)
    for (let i = 0; i < 10_500; i++) await guessing.find(`guess-${i}`)
    asked = []
    expect(await guessing.find(token)).not.toBeNull()
    expect(asked).toEqual([])
  })
})

describe('while auth is away', () => {
  it('who was known stays so for five minutes, and is told nothing afterwards', async () => {
    const place = { url: urlOfAuth() }
    const askers = open(place)
    const { key } = await makeKey()
    await askers.find(key)
    place.url = await unusedUrl()
    now += AWAY_FRESH_MS - 1
    expect((await askers.find(key))?.name).toBe('wall')
    now += 1
    await expect(askers.find(key)).rejects.toMatchObject({ code: 'auth_unavailable' })
    place.url = urlOfAuth()
    now += 2_000
    expect((await askers.find(key))?.name).toBe('wall')
  })

  it('nobody is told from who is not known, and not every question waits', async () => {
    const place = { url: urlOfAuth() }
    const askers = open(place)
    const token = 'y'.repeat(32)
    expect(await askers.find(token)).toBeNull()
    place.url = await unusedUrl()
    now += 2_000
    for (let i = 0; i < 5; i++) {
      await expect(askers.find(token)).rejects.toMatchObject({ code: 'auth_unavailable' })
    }
    expect(asked).toHaveLength(2)
  })

  it('no credential is written to the log', async () => {
    const { key } = await makeKey()
    for (const url of [await unusedUrl(), 'http://', await redirecting()]) {
      await expect(open({ url }).find(key)).rejects.toThrow()
    }
    await expect(open(undefined, SECRETS.AUTH_SECRET).find(key)).rejects.toThrow()
    expect(logged).toHaveLength(4)
    const text = logged.flat().map((fact) => JSON.stringify(withErrors(fact)))
    expect(text.join()).toContain('auth_away')
    expect(text.join()).not.toContain(key)
  })
})

// An error's message, stack and cause are not in its JSON.
function withErrors(fact: unknown): unknown {
  const { error } = (fact ?? {}) as { error?: Error }
  return error ? [error.message, error.stack, String(error.cause)] : fact
}

/** Where nobody listens any more. */
async function unusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

/** Where one is sent on to somebody else, who would take a credential. */
async function redirecting(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(307, { location: `${urlOfAuth()}/internal/askers` }).end()
  })
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
