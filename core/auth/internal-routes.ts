import {
  INTERNAL_HEADERS,
  REVOCATIONS_PATH,
  verifyInternal,
} from '@headwater/schemas/internal-signature'
import { createRoute, z } from '@hono/zod-openapi'
import type { AuthApp, AuthAppDeps } from './app.ts'
import { Revoked } from './contract.ts'
import { AuthError } from './errors.ts'
import { errors, json } from './routes.ts'
import { listRevocations } from './write-keys.ts'

/** What the edge asks; every call is signed with the services' shared secret. */
export function addInternalRoutes(app: AuthApp, deps: AuthAppDeps): void {
  const revocations = createRoute({
    method: 'get',
    path: REVOCATIONS_PATH,
    summary: 'The revoked write keys, for the edge',
    request: {
      headers: z.object({
        [INTERNAL_HEADERS.time]: z.string().optional(),
        [INTERNAL_HEADERS.signature]: z.string().optional(),
      }),
    },
    responses: { 200: json(Revoked, 'Oldest first.'), ...errors('bad_signature') },
  })
  app.openapi(revocations, async (c) => {
    const header = (name: string) => c.req.header(name)
    if (!(await verifyInternal(deps.internalSecret, REVOCATIONS_PATH, header, deps.clock()))) {
      throw new AuthError('bad_signature', 'The signature is missing, wrong or too old.')
    }
    return c.json(await listRevocations(deps.db), 200)
  })
}
