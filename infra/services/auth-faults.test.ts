// Auth's processes over what may happen to their PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MIGRATION_LOCK } from '../../core/auth/migrate.ts'
import { SECRETS, spawnCore } from '../../core/core-process.ts'
import { type Answer, type AuthProcess, startAuthProcess } from './auth-process.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'

/** Of an answer while nothing answers auth: two of its time limits, on a machine that is busy. */
const BOUND_MS = 15_000
const BACK_MS = 10_000
/** What a caller must never read. */
const INSIDES = /node_modules|core\/|postgres|ECONN|terminat|timeout|select|insert|stack/i

let folder: string
let server: PostgresServer
let url: string
let databases = 0
const processes: AuthProcess[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-auth-'))
  server = await startPostgres({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  const name = `auth_${databases++}`
  await query(server.url, `CREATE DATABASE ${name}`)
  url = new URL(`/${name}`, server.url).href
})
afterEach(async () => {
  for (const { child, exit } of processes.splice(0)) {
    child.kill('SIGKILL')
    await exit
  }
})

async function start(): Promise<AuthProcess> {
  const auth = await startAuthProcess(url)
  processes.push(auth)
  return auth
}

describe('several auth processes on one database', () => {
  it('make its tables once when they start at once on an empty one, and all serve', async () => {
    const all = await Promise.all([start(), start(), start()])
    const [one, other, third] = all as [AuthProcess, AuthProcess, AuthProcess]
    for (const auth of all) expect((await auth.ask('/_health')).status).toBe(200)
    const [{ projects } = { projects: 0 }] = await query(
      url,
      'SELECT count(*) AS projects FROM projects',
    )
    expect(Number(projects)).toBe(1)
    expect((await one.signUp('ann')).status).toBe(200)
    const { status, cookie } = await other.signIn('ann')
    expect(status).toBe(200)
    const me = await third.ask('/api/me', { cookie })
    expect(me).toMatchObject({ status: 200, body: { organizations: [{ id: 'default' }] } })
  })

  it('make one of two who sign up first at once the owner of the project default', async () => {
    const all = await Promise.all([start(), start()])
    const signed = await Promise.all(all.map((auth, i) => auth.signUp(`first-${i}`)))
    const owned = await Promise.all(
      signed.map(({ cookie }, i) => all[i]?.ask('/api/projects', { cookie })),
    )
    expect(owned.map((answer) => answer?.body.projects.length).sort()).toEqual([0, 1])
  })

  it('wait for another that takes longer than a statement may', async () => {
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const starting = start()
    await sleep(7_000)
    await other.end()
    expect((await (await starting).ask('/_health')).status).toBe(200)
  })
})

describe('auth whose PostgreSQL fails', () => {
  let auth: AuthProcess
  let cookie: string
  beforeEach(async () => {
    auth = await start()
    cookie = (await auth.signUp('ann')).cookie
  })

  it('answers 503 to sign-ins while it is killed, and goes on by itself', async () => {
    const answers: Answer[] = []
    let running = true
    const people = Array.from({ length: 3 }, async () => {
      while (running) {
        answers.push(await auth.signIn('ann'), await auth.ask('/api/me', { cookie }))
        await sleep(20)
      }
    })
    await sleep(500)
    for (let i = 0; i < 2; i++) {
      await server.kill()
      await sleep(700)
      const health = await auth.ask('/_health')
      const checks = { database: 'does not answer' }
      expect(health).toMatchObject({ status: 503, body: { status: 'failing', checks } })
      await server.start()
      await recovered(auth)
    }
    await sleep(500)
    running = false
    await Promise.all(people)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]))
    expectClean(answers)
    expect((await auth.ask('/api/me', { cookie })).status).toBe(200)
    expect(auth.child.exitCode).toBeNull()
  })

  it('survives its end in the midst of what it was asked', async () => {
    const locker = new pg.Client({ connectionString: url })
    locker.on('error', () => {})
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE session IN ACCESS EXCLUSIVE MODE')
    const asking = Array.from({ length: 10 }, (_, i) =>
      i % 2 ? auth.signIn('ann') : auth.ask('/api/me', { cookie }),
    )
    await sleep(1_000)
    await server.kill()
    const answers = await Promise.all(asking)
    await server.start()
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(503))
    expectClean(answers)
    await recovered(auth)
  })

  it('does not keep anybody waiting for one that hangs, and goes on when it does', async () => {
    await Promise.all(Array.from({ length: 10 }, () => auth.ask('/api/me', { cookie })))
    server.signal('SIGSTOP')
    try {
      const health = auth.ask('/_health')
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          i % 2 ? auth.signIn('ann') : auth.ask('/api/me', { cookie }),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
      expectClean(answers)
      expect((await health).status).toBe(503)
      expect((await health).tookMs).toBeLessThan(BOUND_MS)
    } finally {
      server.signal('SIGCONT')
    }
    await recovered(auth)
    const after = await Promise.all(
      Array.from({ length: 20 }, () => auth.ask('/api/me', { cookie })),
    )
    expect(after.map(({ status }) => status)).toEqual(Array(20).fill(200))
  })

  it('does not blame a newcomer for it', async () => {
    await server.kill()
    try {
      const answers = [await auth.signUp('bob'), await auth.ask('/api/projects', { cookie })]
      expect(answers.map(({ status }) => status)).toEqual([503, 503])
      expectClean(answers)
    } finally {
      await server.start()
    }
    await recovered(auth)
    expect((await auth.signUp('bob')).status).toBe(200)
  })
})

it('says in one line that it is away when auth starts', async () => {
  await server.kill()
  const { code, output } = await spawnCore('auth', { ...SECRETS, DATABASE_URL: url }).exit
  await server.start()
  expect([code, output]).toEqual([1, expect.stringMatching(/^core did not start: [^\n]*\n$/)])
})

async function recovered(auth: AuthProcess): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await auth.ask('/_health')).status).toBe(200)
      expect((await auth.signIn('ann')).status).toBe(200)
    },
    { timeout: BACK_MS, interval: 100 },
  )
}

function expectClean(answers: Answer[]): void {
  for (const { status, body, cookie, tookMs } of answers) {
    expect(tookMs).toBeLessThan(BOUND_MS)
    if (status === 200) continue
    expect(body).toEqual({ error: { code: 'unavailable', message: expect.any(String) } })
    expect(JSON.stringify(body)).not.toMatch(INSIDES)
    expect(cookie).toBe('')
  }
}

async function query(database: string, text: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
