import { DEFAULT_PAGE, type RestoreRequest } from '@headwater/schemas/insights/saved'
import type { SavedKind } from '@headwater/schemas/insights/saved-id'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Clock } from '../../shared/clock.ts'
import { authorName } from '../access/admission.ts'
import { QueryRefusal } from '../errors.ts'
import type { Writing } from './kind.ts'
import type { Metadata, OpenMetadata } from './metadata.ts'
import { type NewId, randomId } from './names.ts'
import { type AnyKind, changeItem, createItem, removeItem, restoreItem } from './operations.ts'
import { savedRoutes } from './saved-routes.ts'
import type { Item, SavedReader, Version, Wanted } from './saved-store.ts'

export interface SavedDeps {
  /** Where it is kept. @default nowhere: everything is refused as `not_configured` */
  metadata?: OpenMetadata | undefined
  requireProject(id: string): Promise<void>
  clock: Clock
  /** @default random ones */
  newId?: NewId
}

/** Opens what a project has saved, for who asks. Throws `unknown_project`, `not_configured`. */
export async function openSaved(project: string, deps: SavedDeps): Promise<Metadata> {
  if (!deps.metadata) {
    const message = 'this service keeps nothing: it was started without a DATABASE_URL'
    throw new QueryRefusal('not_configured', message)
  }
  await deps.requireProject(project)
  const metadata = await deps.metadata()
  return { ...metadata, saved: metadata.saved.by(authorName()) }
}

/** Lists, reads, writes and restores the items of one kind. */
export function addSavedKind(app: OpenAPIHono, kind: AnyKind, deps: SavedDeps): void {
  const routes = savedRoutes(kind)
  const { clock, newId = randomId } = deps
  const open = (project: string) => openSaved(project, deps)

  async function write(project: string, work: (writing: Writing) => Promise<Item>) {
    const metadata = await open(project)
    const item = await metadata.saved.write(project, (writer) =>
      work({ project, writer, now: clock() }),
    )
    return answerOf(kind, item, metadata)
  }
  const find = (reader: SavedReader, project: string, id: string) =>
    findItem(reader, project, kind.kind, id)
  const live = (reader: SavedReader, project: string, id: string) =>
    findLive(reader, project, kind.kind, id)

  app.openapi(routes.list, async (c) => {
    const { project, limit = DEFAULT_PAGE, ...params } = c.req.valid('query')
    const metadata = await open(project)
    const wanted: Wanted = { limit, ...params, ...kind.list?.select(params) }
    const { rows, next } = await metadata.saved.list(project, kind.kind, wanted)
    const more = await kind.showListed?.(rows, metadata)
    const items = rows.map((row, i) => ({ ...shown(row), ...more?.[i] }))
    return c.json({ items, next } as never, 200)
  })

  app.openapi(routes.create, async (c) => {
    const { project } = c.req.valid('query')
    const { key, ...body } = c.req.valid('json') as { key?: string }
    const made = (writing: Writing) => createItem(kind, newId(kind.kind), { key, body }, writing)
    return reply(c, await write(project, made), 201) as never
  })

  app.openapi(routes.read, async (c) => {
    const { project } = c.req.valid('query')
    const metadata = await open(project)
    const item = await live(metadata.saved, project, c.req.valid('param').id)
    return reply(c, await answerOf(kind, item, metadata)) as never
  })

  app.openapi(routes.change, async (c) => {
    const { project } = c.req.valid('query')
    const { key, version, ...body } = c.req.valid('json') as { key?: string; version?: number }
    const seen = requireSeen(version, c.req.valid('header'))
    const changed = async (writing: Writing) => {
      const item = await live(writing.writer, project, c.req.valid('param').id)
      return changeItem(kind, item, { key, body }, seen, writing)
    }
    return reply(c, await write(project, changed)) as never
  })

  app.openapi(routes.remove, async (c) => {
    const { project } = c.req.valid('query')
    const seen = matched(c.req.valid('header'))
    const { saved } = await open(project)
    const removed = await saved.write(project, async (writer) => {
      const item = await live(writer, project, c.req.valid('param').id)
      return removeItem(kind, item, seen, { project, writer, now: clock() })
    })
    return reply(c, shown(removed)) as never
  })

  app.openapi(routes.history, async (c) => {
    const { project, limit = DEFAULT_PAGE, before } = c.req.valid('query')
    const { saved } = await open(project)
    const item = await find(saved, project, c.req.valid('param').id)
    const found = await saved.versions(item, { limit: limit + 1, before })
    const shownState = ({ key, body }: Version) => ({ key, ...(body as object) })
    return c.json(historyPage(found, limit, shownState) as never, 200)
  })

  app.openapi(routes.restore, async (c) => {
    const { project } = c.req.valid('query')
    const { version } = c.req.valid('json') as RestoreRequest
    const restored = async (writing: Writing) => {
      const item = await find(writing.writer, project, c.req.valid('param').id)
      return restoreItem(kind, item, version, writing)
    }
    return reply(c, await write(project, restored)) as never
  })
}

/** The item, deleted or not. Throws `not_found`, also when another project has it. */
async function findItem(reader: SavedReader, project: string, kind: SavedKind, id: string) {
  const item = await reader.find(project, kind, id)
  if (item) return item
  throw new QueryRefusal('not_found', `there is no ${kind} ${id}`)
}

/** The item, when it is live. Throws `not_found`. */
export async function findLive(reader: SavedReader, project: string, kind: SavedKind, id: string) {
  const item = await findItem(reader, project, kind, id)
  if (item.deleted_at === null) return item
  throw new QueryRefusal('not_found', `${id} was deleted; its history can be read and restored`)
}

/** An item as it is answered when one is asked for. */
export const answerOf = async (kind: AnyKind, item: Item, metadata: Metadata) => ({
  ...shown(item),
  ...(await kind.show?.(item, metadata)),
})

/** An item as it is answered everywhere. */
export const shown = ({ id, key, version, body, created_at, updated_at, deleted_at }: Item) => ({
  id,
  key,
  version,
  created_at: new Date(created_at).toISOString(),
  updated_at: new Date(updated_at).toISOString(),
  deleted_at: deleted_at === null ? null : new Date(deleted_at).toISOString(),
  ...(body as object),
})

/** @param found One more than the limit, when there are as many. */
export function historyPage<State>(
  found: readonly Version[],
  limit: number,
  stateOf: (version: Version) => State,
) {
  const versions = found.slice(0, limit).map((one) => ({
    version: one.version,
    changed_at: new Date(one.changed_at).toISOString(),
    author: one.author,
    deleted: one.deleted,
    item: stateOf(one),
  }))
  return { versions, next: found.length > limit ? (versions.at(-1)?.version ?? null) : null }
}

function reply(c: Context, item: { version: number }, status: 200 | 201 = 200) {
  c.header('etag', `"${item.version}"`)
  return c.json(item, status)
}

/** The version that was changed, by the body or else by the header. Throws when neither names it. */
export function requireSeen(version: number | undefined, header: IfMatch): number {
  const seen = version ?? matched(header)
  if (seen !== null) return seen
  const message = 'version is required: the one that you changed'
  throw new QueryRefusal('invalid_query', message, { field: 'version' })
}

interface IfMatch {
  'if-match'?: string | undefined
}

function matched({ 'if-match': tag }: IfMatch): number | null {
  return tag === undefined ? null : Number(tag.replace(/\D/g, ''))
}
