import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import { APIError } from 'better-auth/api'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { sql } from 'kysely'
import type { Clock } from '../shared/clock.ts'
import { docsPage } from '../shared/docs-page.ts'
import { guard } from '../shared/guard.ts'
import { addOperations, type HealthCheck } from '../shared/health.ts'
import type { Logger } from '../shared/logger.ts'
import type { Metrics } from '../shared/metrics.ts'
import { type Auth, CLIENT_IP_HEADER } from './better-auth.ts'
import type { Database } from './database.ts'
import { noticeAway } from './database-away.ts'
import { AUTH_STATUS, AuthError, type AuthErrorCode, toApiError } from './errors.ts'
import { addInternalRoutes } from './internal-routes.ts'
import { addKeyRoutes } from './key-routes.ts'
import { countRequests } from './metrics.ts'
import { addProjectRoutes } from './project-routes.ts'
import { describeSignIn } from './sign-in-docs.ts'

const MAX_BODY_BYTES = 64 * 1024
const RETRY_AFTER_S = '60'
const AWAY_RETRY_AFTER_S = '2'

export interface AuthAppDeps {
  auth: Auth
  db: Database
  /** Signs write keys. */
  writeKeySecret: string
  /** Signs the calls of our own services. */
  internalSecret: string
  /** Taken as well, while that one is being changed. @default none */
  previousInternalSecret?: string | undefined
  /** Regions that projects can be pinned to; the first is where all others belong. */
  regions: readonly [string, ...string[]]
  /** Origins whose pages may call us. */
  origins: readonly string[]
  /** Host names served besides loopback. */
  hosts: readonly string[]
  clock: Clock
  logger: Logger
  metrics: Metrics
}

export type AuthApp = OpenAPIHono<AuthEnv>
export interface AuthEnv {
  Bindings: Partial<HttpBindings>
  Variables: { user: { id: string; name: string; email: string } }
}

/** The auth API: users and sessions (better-auth), projects, write keys and read keys. */
export function createAuthApp(deps: AuthAppDeps): AuthApp {
  const app: AuthApp = new OpenAPIHono<AuthEnv>({
    defaultHook(result, c) {
      if (result.success) return
      const [issue] = result.error.issues
      const field = issue?.path.join('.') || undefined
      return fail(c, 'invalid_request', `${field ?? 'The body'}: ${issue?.message}`, field)
    },
  })
  app.use(countRequests(deps.metrics), guard(deps), limitBody)
  for (const path of ['/api/*', '/internal/*']) app.use(path, answerAway)
  app.onError((error, c) => answerError(error, c, deps.logger))
  app.notFound((c) => fail(c, 'not_found', `There is no ${c.req.method} ${c.req.path}.`))

  app.on(['GET', 'POST'], '/api/auth/*', async (c) =>
    withApiError(await deps.auth.handler(withClientIp(c))),
  )
  addProjectRoutes(app, deps)
  addKeyRoutes(app, deps)
  addInternalRoutes(app, deps)
  addOperations(app, { checks: [databaseCheck(deps.db)], metrics: deps.metrics })
  describeSignIn(app)
  app.doc31('/openapi.json', OPENAPI_INFO)
  app.get('/docs', (c) => c.html(docsPage(OPENAPI_INFO.info.title)))
  return app
}

export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Headwater auth API',
    version: '1',
    description: 'Users, organisations, projects, write keys and read keys.',
  },
}

const databaseCheck = (db: Database): HealthCheck => ({
  name: 'database',
  async run() {
    await sql`SELECT 1`.execute(db)
    return null
  },
})

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => fail(c, 'body_too_big', `The body is larger than ${MAX_BODY_BYTES} bytes.`),
})

const answerAway: MiddlewareHandler<AuthEnv> = async (c, next) => {
  const away = await noticeAway(next)
  if (!away || c.res.status < 400) return
  c.res = fail(c, 'unavailable', 'The database does not answer; try again.')
  c.res.headers.delete('set-cookie')
}

function fail(c: Context, code: AuthErrorCode, message: string, field?: string): Response {
  if (code === 'rate_limited') c.header('retry-after', RETRY_AFTER_S)
  if (code === 'unavailable') c.header('retry-after', AWAY_RETRY_AFTER_S)
  return c.json(toApiError(code, message, field), AUTH_STATUS[code])
}

function answerError(error: Error, c: Context, logger: Logger): Response {
  if (error instanceof AuthError) return fail(c, error.code, error.message, error.field)
  if (error instanceof HTTPException && error.status < 500) {
    return fail(c, 'invalid_request', error.message || 'The request cannot be read.')
  }
  if (error instanceof APIError && error.statusCode < 500) {
    return fail(c, error.statusCode === 429 ? 'rate_limited' : 'invalid_request', error.message)
  }
  logger.log('error', 'request_failed', { method: c.req.method, path: c.req.path, error })
  return fail(c, 'internal', 'This is our fault; it was logged.')
}

// Guesses are counted per address: only the socket's own may be believed.
function withClientIp(c: Context<AuthEnv>): Request {
  const headers = new Headers(c.req.raw.headers)
  const address = c.env?.incoming?.socket.remoteAddress
  headers.delete(CLIENT_IP_HEADER)
  if (address) headers.set(CLIENT_IP_HEADER, address)
  return new Request(c.req.raw, { headers })
}

/** better-auth's errors keep their own fields, which its clients read, and get ours beside them. */
async function withApiError(response: Response): Promise<Response> {
  if (response.status < 400) return response
  const body: { code?: string; message?: string } = await response.json().catch(() => ({}))
  const code = response.status === 429 ? 'rate_limited' : (body.code ?? 'error').toLowerCase()
  const message = body.message ?? response.statusText ?? 'The request failed.'
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  const retryAfter = headers.get('x-retry-after')
  if (retryAfter) headers.set('retry-after', retryAfter)
  const text = JSON.stringify({ ...body, ...toApiError(code, message) })
  return new Response(text, { status: response.status, headers })
}
