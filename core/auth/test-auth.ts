// What the tests of this folder share: a served auth API on a database of its own, and its users.
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { sql } from 'kysely'
import { readConfig } from '../shared/config.ts'
import { silentLogger } from '../shared/logger.ts'
import { type Database, openPglite } from './database.ts'
import { openPostgres } from './postgres.ts'
import { type AuthService, startAuth } from './start.ts'

export const SECRETS = {
  WRITE_KEY_SECRET: '0d93f8b1a27c45e6b8a1f0c9d7e3526491ab',
  BRIDGE_SECRET: '5b1e07c2d9f84a36a0c7e2b5d81f49637e0a',
  AUTH_SECRET: 'c47a9e13f06b4d58925fd1e8ab703c6492de',
}
export const SITE = 'http://localhost:3000'

/**
 * The databases that need nothing installed; the second speaks PostgreSQL's own protocol over TCP. The
 * same suites run on a PostgreSQL server in infra/services.
 */
export const DATABASES: Record<string, () => Promise<Database>> = {
  PGlite: () => openPglite('memory://'),
  'PGlite through pg': openServedPglite,
}

export interface TestAuth extends AuthService {
  db: Database
  call(path: string, init?: CallInit): Promise<Answer>
  /** Signs up and returns a caller that carries the new session. */
  signUp(name: string): Promise<(path: string, init?: CallInit) => Promise<Answer>>
  /** Signs in who has signed up, and returns the token of the session. */
  signIn(name: string): Promise<string>
  /** Makes who has signed up a member of an organisation. */
  join(name: string, organizationId: string, role: string): Promise<void>
}

export interface CallInit {
  method?: string
  headers?: Record<string, string>
  json?: unknown
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the body is
  body: any
}

export async function startTestAuth(open = () => openPglite('memory://')): Promise<TestAuth> {
  const db = await open()
  const config = readConfig({ ...SECRETS, AUTH_PORT: '0', REGIONS: 'local,eu,ap-south-1' })
  const service = await startAuth({ config, logger: silentLogger, db })
  const call = (path: string, init: CallInit = {}) => send(`${service.url}${path}`, init)
  async function enter(how: 'sign-up' | 'sign-in', json: object): Promise<Answer> {
    // The limit on guesses is per address, and all tests have one.
    await db.deleteFrom('rateLimit').execute()
    const answer = await call(`/api/auth/${how}/email`, { json })
    if (answer.status !== 200) throw new Error(`${how} failed: ${JSON.stringify(answer.body)}`)
    return answer
  }
  return {
    ...service,
    db,
    call,
    async signUp(name) {
      const { headers } = await enter('sign-up', { name, ...accountOf(name) })
      const cookie = headers.getSetCookie().map((line) => line.split(';', 1)[0])
      return (path, init = {}) =>
        call(path, { ...init, headers: { cookie: cookie.join('; '), ...init.headers } })
    },
    signIn: async (name) => (await enter('sign-in', accountOf(name))).body.token,
    async join(name, organizationId, role) {
      const { email } = accountOf(name)
      await sql`INSERT INTO member (id, "organizationId", "userId", role, "createdAt")
        SELECT ${`${name} of ${organizationId}`}, ${organizationId}, id, ${role}, now()
        FROM "user" WHERE email = ${email}`.execute(db)
    },
  }
}

const accountOf = (name: string) => ({
  email: `${name}@example.com`,
  password: 'correct horse battery',
})

async function send(url: string, { json, headers, method }: CallInit): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: { origin: SITE, 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function openServedPglite(): Promise<Database> {
  const pglite = await PGlite.create('memory://')
  const server = new PGLiteSocketServer({ db: pglite, port: 0, maxConnections: 20 })
  await server.start()
  // One connection: the socket server lets the unnamed statements of several overwrite each other.
  const db = await openPostgres(`postgres://postgres@${server.getServerConn()}/postgres`, 1)
  const destroy = db.destroy.bind(db)
  return Object.assign(db, {
    async destroy() {
      await destroy()
      await server.stop()
      await pglite.close()
    },
  })
}
