import type { ApiError } from '@headwater/schemas/insight'
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

const PREFLIGHT_MAX_AGE_S = 600
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const LOOPBACK_HOST = /^(([a-z0-9-]+\.)*localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

export interface GuardOptions {
  /** Origins whose pages may read the answers, with the session's cookie. */
  origins: readonly string[]
  /** Host names, without port, that are served besides loopback. @default none */
  hosts?: readonly string[]
}

/**
 * The door of a browser-facing API: checks Host and Origin, answers CORS. Refuses with 403 a request
 * that names a host we are not, and a write that comes from a page we do not know.
 */
export function guard({ origins, hosts = [] }: GuardOptions): MiddlewareHandler {
  const allowedOrigins = new Set(origins)
  const allowedHosts = new Set(hosts)
  const answerCors = cors({
    origin: [...origins],
    credentials: true,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['content-type', 'authorization', 'x-api-key', 'if-match'],
    exposeHeaders: ['retry-after', 'etag'],
    maxAge: PREFLIGHT_MAX_AGE_S,
  })
  return (c, next) => {
    const { hostname, host } = new URL(c.req.url)
    // DNS rebinding: a hostile page's own name can be made to point at 127.0.0.1.
    if (!LOOPBACK_HOST.test(hostname) && !allowedHosts.has(hostname)) {
      return refuse(c, 'host_not_allowed', `Host "${hostname}" is not served here.`)
    }
    // A form or a no-cors fetch is sent without asking first; only its Origin tells it from ours.
    const origin = c.req.header('origin')
    const foreign = origin && !allowedOrigins.has(origin) && hostOf(origin) !== host
    if (foreign && !SAFE_METHODS.has(c.req.method)) {
      return refuse(c, 'origin_not_allowed', 'Pages of this origin may not call this API.')
    }
    return answerCors(c, next)
  }
}

async function refuse(c: Context, code: string, message: string): Promise<Response> {
  return c.json({ error: { code, message } } satisfies ApiError, 403)
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
