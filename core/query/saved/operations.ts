// What can be done to one saved item, whatever its kind; inside a write of its project.
import { MAX_SAVED } from '@headwater/schemas/insights/saved'
import type { SavedKind } from '@headwater/schemas/insights/saved-id'
import { QueryRefusal } from '../errors.ts'
import type { Kind, Writing } from './kind.ts'
import { keysFor } from './names.ts'
import type { Item, NewItem } from './saved-store.ts'

// biome-ignore lint/suspicious/noExplicitAny: its body is its own affair
export type AnyKind = Kind<any>

export interface Given<Body> {
  body: Body
  /** @default made of its name when it is new, else what it was */
  key?: string | undefined
}

export async function createItem<Body extends object>(
  kind: Kind<Body>,
  id: string,
  { body, key }: Given<Body>,
  writing: Writing,
): Promise<Item> {
  const { writer, now } = writing
  await requireRoom(kind, 1, writing)
  await kind.check(body, writing)
  const { name } = kind.index(body)
  const free = key ?? (await firstFree(kind.kind, keysFor(name, id), writing))
  await requireFree(kind.kind, free, null, writing)
  const [item] = await writer.create(kind.kind, [draftOf(kind, id, free, body)], now)
  return item as Item
}

/** Throws `limit_reached` when there would be too many with so many more. */
export async function requireRoom(
  { kind, max = MAX_SAVED }: AnyKind,
  more: number,
  { writer }: Writing,
): Promise<void> {
  if (more === 0 || (await writer.count(kind)) + more <= max) return
  throw new QueryRefusal('limit_reached', `a project has at most ${max} ${kind}s`)
}

/** @param version What was changed; null when whatever is there is to be replaced. */
export async function changeItem<Body extends object>(
  kind: Kind<Body>,
  item: Item,
  { body, key = item.key }: Given<Body>,
  version: number | null,
  writing: Writing,
): Promise<Item> {
  requireVersion(item, version)
  await kind.check(body, writing)
  await requireFree(kind.kind, key, item.id, writing)
  return writing.writer.change(item, draftOf(kind, item.id, key, body), writing.now)
}

export async function removeItem(
  kind: AnyKind,
  item: Item,
  version: number | null,
  { writer, now }: Writing,
): Promise<Item> {
  requireVersion(item, version)
  const users = kind.usedBy.length > 0 ? await writer.usersOf(item.id, kind.usedBy) : []
  if (users.length > 0) {
    const named = users.slice(0, 3).map(nameOf)
    const more = users.length > named.length ? ` and ${users.length - named.length} more` : ''
    throw new QueryRefusal('in_use', `${item.id} is used by ${named.join(', ')}${more}`)
  }
  return writer.remove(item, now)
}

/** Makes an old state the newest one; also of an item that was deleted. */
export async function restoreItem(
  kind: AnyKind,
  item: Item,
  version: number,
  writing: Writing,
): Promise<Item> {
  const [state] = await writing.writer.versions(item, { limit: 1, before: version + 1 })
  if (state?.version !== version) {
    const message = `${item.id} has no version ${version}; its newest is ${item.version}`
    throw new QueryRefusal('not_found', message, { field: 'version' })
  }
  if (item.deleted_at !== null) await requireRoom(kind, 1, writing)
  const body = state.body as object
  const owner = await writing.writer.findKey(kind.kind, state.key)
  const isFree = !owner || owner.id === item.id
  // Meanwhile somebody else may have got its key.
  const key = isFree
    ? state.key
    : await firstFree(kind.kind, keysFor(kind.index(body).name, item.id), writing)
  return changeItem(kind, item, { body, key }, null, writing)
}

// Of settings a project has only one.
const nameOf = ({ kind, id }: Item): string =>
  kind === 'settings' ? 'the settings of the project' : `${kind} ${id}`

function requireVersion(item: Item, version: number | null): void {
  if (version === null || version === item.version) return
  const message = `${item.id} was changed meanwhile: it is at version ${item.version}, yours was ${version}; read it and change that`
  throw new QueryRefusal('version_conflict', message, { field: 'version' })
}

async function requireFree(
  kind: SavedKind,
  key: string,
  id: string | null,
  { writer }: Writing,
): Promise<void> {
  const owner = await writer.findKey(kind, key)
  if (!owner || owner.id === id) return
  throw new QueryRefusal('key_taken', `${owner.id} has the key "${key}"`, { field: 'key' })
}

async function firstFree(
  kind: SavedKind,
  keys: readonly string[],
  { writer }: Writing,
): Promise<string> {
  for (const key of keys.slice(0, -1)) if (!(await writer.findKey(kind, key))) return key
  return keys.at(-1) ?? ''
}

export function draftOf<Body extends object>(
  kind: Kind<Body>,
  id: string,
  key: string,
  body: Body,
): NewItem {
  const { sort = key, name: _, ...index } = kind.index(body)
  return {
    search: '',
    tags: [],
    refs: [],
    ...index,
    id,
    key,
    body,
    // Those that were deleted can have one key.
    sort: `${sort} ${id}`,
  }
}
