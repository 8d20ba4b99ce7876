import type { SavedKind } from '@headwater/schemas/insights/saved'
import { QueryRefusal } from '../errors.ts'
import type { Writing } from './kind.ts'
import type { Item } from './saved-store.ts'

/** Live items by id. Throws a QueryRefusal that names the field of the first that is not there. */
export async function requireLive(
  kind: SavedKind,
  wanted: readonly { id: string; field: string }[],
  { project, writer }: Writing,
): Promise<Map<string, Item>> {
  const ids = wanted.map(({ id }) => id)
  const found = new Map((await writer.findLive(project, kind, ids)).map((item) => [item.id, item]))
  for (const { id, field } of wanted) {
    if (found.has(id)) continue
    throw new QueryRefusal('invalid_query', `${field}: there is no ${kind} ${id}`, { field })
  }
  return found
}
