import { AskerAnswer } from '@headwater/schemas/asker'
import {
  ASKERS_PATH,
  askerPath,
  INTERNAL_HEADERS,
  PROJECT_PATH,
  projectPath,
  REVOCATIONS_PATH,
  verifyInternal,
} from '@headwater/schemas/internal-signature'
import { createRoute, z } from '@hono/zod-openapi'
import type { AuthApp, AuthAppDeps } from './app.ts'
import { findAsker } from './askers.ts'
import { Revoked } from './contract.ts'
import { AuthError } from './errors.ts'
import { projectExists } from './projects.ts'
import { errors, json, jsonBody } from './routes.ts'
import { listRevocations } from './write-keys.ts'

const SIGNED = z.object({
  [INTERNAL_HEADERS.time]: z.string().optional(),
  [INTERNAL_HEADERS.signature]: z.string().optional(),
})

/** What our other services ask; every call is signed with the services' shared secret. */
export function addInternalRoutes(app: AuthApp, deps: AuthAppDeps): void {
  const revocations = createRoute({
    method: 'get',
    path: REVOCATIONS_PATH,
    summary: 'The revoked write keys, for the edge',
    request: { headers: SIGNED },
    responses: { 200: json(Revoked, 'Oldest first.'), ...errors('bad_signature') },
  })
  app.openapi(revocations, async (c) => {
    await requireSigned(deps, REVOCATIONS_PATH, (name) => c.req.header(name))
    return c.json(await listRevocations(deps.db), 200)
  })
  const project = createRoute({
    method: 'get',
    path: PROJECT_PATH,
    summary: 'Whether there is a project, for the query service',
    request: { headers: SIGNED, params: z.object({ id: z.string() }) },
    responses: {
      200: json(z.object({ id: z.string() }), 'There is.'),
      ...errors('bad_signature', 'not_found'),
    },
  })
  app.openapi(project, async (c) => {
    const { id } = c.req.valid('param')
    await requireSigned(deps, projectPath(id), (name) => c.req.header(name))
    if (!(await projectExists(deps.db, id))) throw new AuthError('not_found', 'No such project.')
    return c.json({ id }, 200)
  })
  const asker = createRoute({
    method: 'post',
    path: ASKERS_PATH,
    summary: 'Who holds a read key or a session token, for the query service',
    request: {
      headers: SIGNED,
      body: jsonBody(z.object({ credential: z.string() })),
    },
    responses: {
      // Not 404 for nobody: that is also what a service answers which does not know this path.
      200: json(AskerAnswer, 'Who they are, and what they may ask about; or nobody.'),
      ...errors('invalid_request', 'bad_signature', 'rate_limited'),
    },
  })
  app.openapi(asker, async (c) => {
    const { credential } = c.req.valid('json')
    await requireSigned(deps, askerPath(credential), (name) => c.req.header(name))
    c.header('cache-control', 'no-store')
    return c.json({ asker: await findAsker(deps, credential) }, 200)
  })
}

async function requireSigned(
  { internalSecret, previousInternalSecret, clock }: AuthAppDeps,
  path: string,
  header: (name: string) => string | undefined,
): Promise<void> {
  for (const secret of [internalSecret, previousInternalSecret]) {
    if (secret && (await verifyInternal(secret, path, header, clock()))) return
  }
  throw new AuthError('bad_signature', 'The signature is missing, wrong or too old.')
}
