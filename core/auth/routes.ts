import { ApiError } from '@headwater/schemas/insight'
import type { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { AuthEnv } from './app.ts'
import type { Auth } from './better-auth.ts'
import { AUTH_STATUS, AuthError, type AuthErrorCode } from './errors.ts'

type Responses = Parameters<typeof createRoute>[0]['responses']

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A body that must be there: without `required`, another content type would pass unchecked. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** The error answers of a route, by code; that the database is away may be any route's. */
export function errors(...codes: AuthErrorCode[]): Responses {
  return Object.fromEntries(
    [...codes, 'unavailable' as const].map((code) => [
      AUTH_STATUS[code],
      json(ApiError, `Error \`${code}\`.`),
    ]),
  )
}

/** Lets only signed-in users through; the user is then at `c.var.user`. */
export function requireUser(auth: Auth): MiddlewareHandler<AuthEnv> {
  return async (c, next) => {
    const session = await auth.api.getSession({ headers: c.req.raw.headers })
    if (!session) throw new AuthError('unauthenticated', 'Sign in first.')
    const { id, name, email } = session.user
    c.set('user', { id, name, email })
    await next()
  }
}
