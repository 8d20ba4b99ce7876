import { type Insertable, sql } from 'kysely'
import type { Draft, Item, ItemKind, NewItem, SavedWriter } from './saved-store.ts'
import { SqlSavedReader, searchable, toItem } from './sql-reader.ts'
import type { ItemTable, MetadataDatabase } from './tables.ts'

/** Of one statement: it has less than 65,536 values. */
const ROWS = 500

/** Writes of one project, in a transaction that has it to itself. */
export class SqlSavedWriter extends SqlSavedReader implements SavedWriter {
  readonly #project: string
  readonly #author: string | null

  constructor(transaction: MetadataDatabase, project: string, author: string | null) {
    super(transaction)
    this.#project = project
    this.#author = author
  }

  async findKey(kind: ItemKind, key: string): Promise<Item | null> {
    const row = await this.#live(kind).where('key', '=', key).executeTakeFirst()
    return row ? toItem(row) : null
  }

  async count(kind: ItemKind): Promise<number> {
    const { count } = await this.#live(kind)
      .clearSelect()
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  async usersOf(id: string, kinds: readonly ItemKind[]): Promise<Item[]> {
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

  async create(kind: ItemKind, drafts: readonly NewItem[], now: number): Promise<Item[]> {
    const at = new Date(now)
    const times = { created_at: at, updated_at: at, deleted_at: null }
    const items: Item[] = []
    for (let start = 0; start < drafts.length; start += ROWS) {
      const rows = await this.db
        .insertInto('insights.items')
        .values(
          drafts.slice(start, start + ROWS).map(({ id, ...draft }) => ({
            ...{ project_id: this.#project, kind, id, version: 1 },
            ...columnsOf(draft),
            ...times,
          })),
        )
        .returningAll()
        .execute()
      await this.#record(rows)
      items.push(...rows.map(toItem))
    }
    return items
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
    await this.#record([row])
    return toItem(row)
  }

  // Every state is kept, also the newest: the history is whole without the item.
  async #record(rows: readonly ItemTable[]): Promise<void> {
    const versions = rows.map(
      ({ project_id, kind, id, version, key, body, updated_at, deleted_at }) => ({
        ...{ project_id, kind, id, version, key, body },
        deleted: deleted_at !== null,
        changed_at: updated_at,
        author: this.#author,
      }),
    )
    await this.db.insertInto('insights.versions').values(versions).execute()
  }

  #live(kind: ItemKind) {
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
