import type { SavedKind } from '@headwater/schemas/insights/saved-id'
import { QueryRefusal } from '../errors.ts'
import type { Writing } from './kind.ts'
import type { Item } from './saved-store.ts'

/** Throws a QueryRefusal that names the field of the first that is not there, or not live. */
export async function requireLive(
  kind: SavedKind,
  wanted: readonly { id: string; field: string }[],
  { project, writer }: Writing,
): Promise<void> {
  const ids = wanted.map(({ id }) => id)
  const found = new Set((await writer.findLive(project, kind, ids)).map((item) => item.id))
  for (const { id, field } of wanted) if (!found.has(id)) throw missing(kind, id, field)
}

/** One live item. Throws a QueryRefusal that names the field when it is not there. */
export async function requireOne(
  kind: SavedKind,
  id: string,
  field: string,
  { project, writer }: Writing,
): Promise<Item> {
  const [item] = await writer.findLive(project, kind, [id])
  if (item) return item
  throw missing(kind, id, field)
}

export const missing = (kind: SavedKind, id: string, field: string): QueryRefusal =>
  new QueryRefusal('invalid_query', `${field}: there is no ${kind} ${id}`, { field })
