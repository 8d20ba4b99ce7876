import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SECRETS, startTestAuth, type TestAuth } from '../auth/test-auth.ts'
import { remoteProjects } from './remote-projects.ts'

let auth: TestAuth
beforeAll(async () => {
  auth = await startTestAuth()
})
afterAll(() => auth.close())

let now: number
let warnings: number
beforeEach(() => {
  now = Date.now()
  warnings = 0
})

const urlOfAuth = () => auth.url ?? ''

/** Where auth is can be changed. */
function open(place = { url: urlOfAuth() }, secret = SECRETS.BRIDGE_SECRET) {
  const logger = { log: () => warnings++ }
  return remoteProjects({
    get url() {
      return place.url
    },
    secret,
    clock: () => now,
    logger,
  })
}

async function makeProject(id: string): Promise<void> {
  await auth.db
    .insertInto('projects')
    .values({ id, organization_id: 'default', name: id })
    .execute()
}

/** How often auth was asked about a project. */
async function asked(): Promise<number> {
  const { body } = await auth.call('/_metrics')
  const counts = String(body).matchAll(/requests_total\{.*\/internal\/projects\/.*\} (\d+)/g)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

describe('projects that auth knows', () => {
  it('are told from those that there are not', async () => {
    const exists = open()
    expect(await exists('default')).toBe(true)
    expect(await exists('nowhere')).toBe(false)
    expect(warnings).toBe(0)
  })

  it.each(['../revocations', 'a/b', 'ü', '%2e', '{id}', 'a b?c#d', '', 'x'.repeat(2_000)])(
    'do not include %j, whatever it does to a URL',
    async (id) => {
      expect(await open()(id)).not.toBe(true)
    },
  )

  it('are asked for once in a minute', async () => {
    const exists = open()
    const before = await asked()
    await exists('default')
    now += 59_000
    await exists('default')
    expect((await asked()) - before).toBe(1)
    now += 2_000
    await exists('default')
    expect((await asked()) - before).toBe(2)
  })

  it('are found two seconds after they were made, though they were asked for before', async () => {
    const exists = open()
    expect(await exists('just-made')).toBe(false)
    await makeProject('just-made')
    now += 1_000
    expect(await exists('just-made')).toBe(false)
    now += 1_000
    expect(await exists('just-made')).toBe(true)
  })
})

describe('while auth is away', () => {
  it('nothing is told of a project that was never asked for', async () => {
    const exists = open({ url: await unusedUrl() })
    expect(await exists('default')).toBeNull()
    expect(warnings).toBe(1)
  })

  it('the last answer counts, however old it is', async () => {
    const place = { url: urlOfAuth() }
    const exists = open(place)
    await exists('default')
    await exists('elsewhere')
    place.url = await unusedUrl()
    now += 24 * 3_600_000
    expect([await exists('default'), await exists('elsewhere')]).toEqual([true, false])
  })

  it('it is tried every two seconds, and found when it is back', async () => {
    const place = { url: await unusedUrl() }
    const exists = open(place)
    for (let i = 0; i < 5; i++) expect(await exists('default')).toBeNull()
    expect(warnings).toBe(1)
    place.url = urlOfAuth()
    now += 2_000
    expect(await exists('default')).toBe(true)
  })

  it('an auth that does not answer holds up one question for two seconds, and no other', async () => {
    const mute = createServer().listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const address = mute.address()
    const port = typeof address === 'object' ? address?.port : 0
    const exists = open({ url: `http://127.0.0.1:${port}` })
    const started = performance.now()
    for (let i = 0; i < 20; i++) expect(await exists(`project-${i}`)).toBeNull()
    const tookMs = performance.now() - started
    expect(tookMs > 1_900 && tookMs < 10_000).toBe(true)
    mute.close()
  })

  it('an answer that is not about the project tells nothing of it', async () => {
    expect(await open(undefined, SECRETS.AUTH_SECRET)('default')).toBeNull()
    expect(warnings).toBe(1)
  })
})

/** Where nobody listens any more. */
async function unusedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
