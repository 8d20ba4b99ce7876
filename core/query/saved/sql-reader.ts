import { type Selectable, sql } from 'kysely'
import type { Item, ItemKind, Page, SavedReader, Version, Wanted } from './saved-store.ts'
import type { ItemTable, MetadataDatabase } from './tables.ts'

/** Reads of a database, or of a transaction. */
export class SqlSavedReader implements SavedReader {
  protected readonly db: MetadataDatabase

  constructor(db: MetadataDatabase) {
    this.db = db
  }

  async find(project: string, kind: ItemKind, id: string): Promise<Item | null> {
    const row = await this.items(project, kind).where('id', '=', id).executeTakeFirst()
    return row ? toItem(row) : null
  }

  async findLive(project: string, kind: ItemKind, ids: readonly string[]): Promise<Item[]> {
    if (ids.length === 0) return []
    const live = this.items(project, kind).where('deleted_at', 'is', null)
    const rows = await live.where('id', 'in', [...new Set(ids)]).execute()
    return rows.map(toItem)
  }

  async list(project: string, kind: ItemKind, wanted: Wanted): Promise<Page<Item>> {
    const { limit, after, search, tag, deleted = false, from, to, refs } = wanted
    let query = this.items(project, kind).where('deleted_at', deleted ? 'is not' : 'is', null)
    if (after !== undefined) query = query.where('sort', '>', storable(after))
    if (from !== undefined) query = query.where('sort', '>=', from)
    if (to !== undefined) query = query.where('sort', '<', to)
    if (tag !== undefined) query = query.where(sql<boolean>`${storable(tag)} = ANY(tags)`)
    if (refs) query = query.where(sql<boolean>`refs && ${sql.val([...refs])}::text[]`)
    if (search !== undefined) {
      // Not LIKE: in that, % and _ of the text would stand for anything.
      query = query.where(sql<boolean>`position(${searchable(search)} in search) > 0`)
    }
    const rows = await query
      .orderBy('sort')
      .limit(limit + 1)
      .execute()
    const page = rows.slice(0, limit)
    return {
      rows: page.map(toItem),
      next: rows.length > limit ? (page.at(-1)?.sort ?? null) : null,
    }
  }

  async versions(
    { project, kind, id }: Item,
    { limit, before }: { limit: number; before?: number | undefined },
  ): Promise<Version[]> {
    let query = this.db
      .selectFrom('insights.versions')
      .selectAll()
      .where('project_id', '=', project)
      .where('kind', '=', kind)
      .where('id', '=', id)
    if (before !== undefined) query = query.where('version', '<', before)
    const rows = await query.orderBy('version', 'desc').limit(limit).execute()
    return rows.map(({ version, key, body, deleted, changed_at, author }) => ({
      version,
      key,
      body: JSON.parse(body),
      deleted,
      changed_at: changed_at.getTime(),
      author,
    }))
  }

  protected items(project: string, kind: ItemKind) {
    return this.db
      .selectFrom('insights.items')
      .selectAll()
      .where('project_id', '=', project)
      .where('kind', '=', kind)
  }
}

export function toItem(row: Selectable<ItemTable>): Item {
  const { project_id, kind, id, key, version, body } = row
  return {
    project: project_id,
    kind: kind as ItemKind,
    id,
    key,
    version,
    body: JSON.parse(body),
    created_at: row.created_at.getTime(),
    updated_at: row.updated_at.getTime(),
    deleted_at: row.deleted_at?.getTime() ?? null,
  }
}

/** PostgreSQL has no text with a NUL in it: nothing kept has one, so nothing is found by it. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()
export const searchable = (text: string): string => storable(text).toLowerCase()
