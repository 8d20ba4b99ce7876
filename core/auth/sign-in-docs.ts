import { z } from '@hono/zod-openapi'
import type { AuthApp } from './app.ts'
import { Name, User } from './contract.ts'
import { errors, json, jsonBody } from './routes.ts'

const email = z.email().openapi({ example: 'ann@example.com' })
const password = z.string().min(10).max(128)
const signedIn = json(
  z.object({ token: z.string().nullable(), user: User }),
  'Signed in: the session cookie is set.',
)

/** Describes the routes of better-auth that people need; the library itself answers them. */
export function describeSignIn(app: AuthApp): void {
  const { openAPIRegistry: registry } = app
  registry.registerPath({
    method: 'post',
    path: '/api/auth/sign-up/email',
    summary: 'Make a user; the first one of all owns the project "default"',
    request: { body: jsonBody(z.object({ name: Name, email, password })) },
    responses: { 200: signedIn, ...errors('invalid_request', 'rate_limited') },
  })
  registry.registerPath({
    method: 'post',
    path: '/api/auth/sign-in/email',
    summary: 'Sign in',
    request: { body: jsonBody(z.object({ email, password })) },
    responses: { 200: signedIn, ...errors('unauthenticated', 'rate_limited') },
  })
  registry.registerPath({
    method: 'post',
    path: '/api/auth/sign-out',
    summary: 'End the session',
    responses: { 200: json(z.object({ success: z.boolean() }), 'Signed out.'), ...errors() },
  })
  registry.registerPath({
    method: 'get',
    path: '/api/auth/get-session',
    summary: 'The session, or null',
    responses: { 200: json(z.object({ user: User }).nullable(), 'Who is signed in.'), ...errors() },
  })
}
