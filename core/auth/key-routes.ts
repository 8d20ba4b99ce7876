import { createRoute, z } from '@hono/zod-openapi'
import type { AuthApp, AuthAppDeps } from './app.ts'
import {
  EpochParam,
  MadeReadKey,
  NewReadKey,
  NewWriteKey,
  ProjectParam,
  ReadKey,
  ReadKeyParam,
  WriteKeyEntry,
} from './contract.ts'
import { requireAccess } from './projects.ts'
import { createReadKey, listReadKeys, revokeReadKey } from './read-keys.ts'
import { errors, json, jsonBody, requireUser } from './routes.ts'
import { createWriteKey, listWriteKeys, revokeWriteKey } from './write-keys.ts'

const usual = errors('invalid_request', 'unauthenticated', 'forbidden', 'not_found')

/** Write keys, which send events, and read keys, which ask questions: made, listed and revoked. */
export function addKeyRoutes(app: AuthApp, deps: AuthAppDeps): void {
  addWriteKeyRoutes(app, deps)
  addReadKeyRoutes(app, deps)
}

function addWriteKeyRoutes(app: AuthApp, { auth, db, writeKeySecret, clock }: AuthAppDeps): void {
  const middleware = requireUser(auth)
  const path = '/api/projects/{project}/write-keys'

  const list = createRoute({
    method: 'get',
    path,
    middleware,
    summary: 'The write keys of a project, revoked ones too',
    request: { params: ProjectParam },
    responses: {
      200: json(z.object({ write_keys: z.array(WriteKeyEntry) }), 'Oldest first.'),
      ...usual,
    },
  })
  app.openapi(list, async (c) => {
    const { project } = await requireAccess(db, c.var.user.id, c.req.valid('param').project)
    return c.json({ write_keys: await listWriteKeys(db, writeKeySecret, project.id) }, 200)
  })

  const create = createRoute({
    method: 'post',
    path,
    middleware,
    summary: 'Make a write key',
    request: { params: ProjectParam, body: jsonBody(NewWriteKey) },
    responses: { 201: json(WriteKeyEntry, 'The new key.'), ...usual, ...errors('limit_reached') },
  })
  app.openapi(create, async (c) => {
    const id = c.req.valid('param').project
    const { project } = await requireAccess(db, c.var.user.id, id, { writeKey: ['create'] })
    const { name } = c.req.valid('json')
    return c.json(await createWriteKey(db, writeKeySecret, project.id, name), 201)
  })

  const revoke = createRoute({
    method: 'delete',
    path: `${path}/{epoch}`,
    middleware,
    summary: 'Revoke a write key for good',
    request: { params: EpochParam },
    responses: { 200: json(WriteKeyEntry, 'The key as it is now.'), ...usual },
  })
  app.openapi(revoke, async (c) => {
    const { project: id, epoch } = c.req.valid('param')
    const { project } = await requireAccess(db, c.var.user.id, id, { writeKey: ['revoke'] })
    const now = new Date(clock())
    return c.json(await revokeWriteKey(db, writeKeySecret, project.id, epoch, now), 200)
  })
}

function addReadKeyRoutes(app: AuthApp, { auth, db }: AuthAppDeps): void {
  const middleware = requireUser(auth)
  const path = '/api/projects/{project}/read-keys'

  const list = createRoute({
    method: 'get',
    path,
    middleware,
    summary: 'The read keys of a project, without their secrets',
    request: { params: ProjectParam },
    responses: {
      200: json(z.object({ read_keys: z.array(ReadKey) }), 'Oldest first.'),
      ...usual,
    },
  })
  app.openapi(list, async (c) => {
    const { project } = await requireAccess(db, c.var.user.id, c.req.valid('param').project)
    return c.json({ read_keys: await listReadKeys(db, project) }, 200)
  })

  const create = createRoute({
    method: 'post',
    path,
    middleware,
    summary: 'Make a read key; its secret is shown only in this answer',
    request: { params: ProjectParam, body: jsonBody(NewReadKey) },
    responses: { 201: json(MadeReadKey, 'The new key.'), ...usual, ...errors('limit_reached') },
  })
  app.openapi(create, async (c) => {
    const user = c.var.user.id
    const id = c.req.valid('param').project
    const { project } = await requireAccess(db, user, id, { apiKey: ['create'] })
    c.header('cache-control', 'no-store')
    return c.json(await createReadKey(auth, db, project, user, c.req.valid('json')), 201)
  })

  const revoke = createRoute({
    method: 'delete',
    path: `${path}/{id}`,
    middleware,
    summary: 'Revoke a read key: the query API stops taking it within 10 s',
    request: { params: ReadKeyParam },
    responses: { 204: { description: 'It is gone.' }, ...usual },
  })
  app.openapi(revoke, async (c) => {
    const { project: name, id } = c.req.valid('param')
    const { project } = await requireAccess(db, c.var.user.id, name, { apiKey: ['delete'] })
    await revokeReadKey(db, project, id)
    return c.body(null, 204)
  })
}
