import type { SavedKind } from '@headwater/schemas/insights/saved'
import { type Insertable, sql } from 'kysely'
import type { Draft, Item, SavedWriter } from './saved-store.ts'
import { SqlSavedReader, searchable, toItem } from './sql-reader.ts'
import type { ItemTable, MetadataDatabase } from './tables.ts'

/** Writes of one project, in a transaction that has it to itself. */
export class SqlSavedWriter extends SqlSavedReader implements SavedWriter {
  readonly #project: string

  constructor(transaction: MetadataDatabase, project: string) {
    super(transaction)
    this.#project = project
  }

  async findKey(kind: SavedKind, key: string): Promise<Item | null> {
    const row = await this.#live(kind).where('key', '=', key).executeTakeFirst()
    return row ? toItem(row) : null
  }

  async count(kind: SavedKind): Promise<number> {
    const { count } = await this.#live(kind)
      .clearSelect()
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  async usersOf(id: string, kinds: readonly SavedKind[]): Promise<Item[]> {
    const rows = await this.db
      .selectFrom('insights.items')
      .selectAll()
      .where('project_id', '=', this.#project)
      .where('kind', 'in', kinds)
      .where('deleted_at', 'is', null)
      .where(sql<boolean>`${id} = ANY(refs)`)
      .orderBy('id')
      .execute()
    return rows.map(toItem)
  }

  async create(kind: SavedKind, id: string, draft: Draft, now: number): Promise<Item> {
    const at = new Date(now)
    const facts = { project_id: this.#project, kind, id, version: 1 }
    const times = { created_at: at, updated_at: at, deleted_at: null }
    const row = await this.db
      .insertInto('insights.items')
      .values({ ...facts, ...columnsOf(draft), ...times })
      .returningAll()
      .executeTakeFirstOrThrow()
    return this.#record(row)
  }

  change(item: Item, draft: Draft, now: number): Promise<Item> {
    return this.#update(item, { ...columnsOf(draft), deleted_at: null }, now)
  }

  remove(item: Item, now: number): Promise<Item> {
    return this.#update(item, { deleted_at: new Date(now) }, now)
  }

  async #update(item: Item, columns: Partial<Insertable<ItemTable>>, now: number): Promise<Item> {
    const row = await this.db
      .updateTable('insights.items')
      .set({ ...columns, version: item.version + 1, updated_at: new Date(now) })
      .where('project_id', '=', this.#project)
      .where('kind', '=', item.kind)
      .where('id', '=', item.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return this.#record(row)
  }

  // Every state is kept, also the newest: the history is whole without the item.
  async #record(row: ItemTable): Promise<Item> {
    const { project_id, kind, id, version, key, body, updated_at, deleted_at } = row
    const state = { version, key, body, deleted: deleted_at !== null, changed_at: updated_at }
    await this.db
      .insertInto('insights.versions')
      .values({ project_id, kind, id, ...state })
      .execute()
    return toItem(row)
  }

  #live(kind: SavedKind) {
    return this.items(this.#project, kind).where('deleted_at', 'is', null)
  }
}

const columnsOf = ({ key, body, sort, search, tags, refs }: Draft) => ({
  key,
  body: JSON.stringify(body),
  sort,
  search: searchable(search),
  tags: [...tags],
  refs: [...refs],
})
