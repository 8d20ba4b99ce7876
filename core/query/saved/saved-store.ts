import type { SavedKind } from '@headwater/schemas/insights/saved-id'

/** What is kept: the things that people save, and one item of settings. */
export type ItemKind = SavedKind | 'settings'

/** Something that was saved, as its newest version is. Times are ms since 1970. */
export interface Item {
  project: string
  kind: ItemKind
  id: string
  key: string
  version: number
  /** What its kind defines; JSON. */
  body: unknown
  created_at: number
  updated_at: number
  /** Null while it is live. */
  deleted_at: number | null
}

/** One state of an item. */
export interface Version {
  version: number
  key: string
  body: unknown
  deleted: boolean
  changed_at: number
  /** Null when that is nobody in particular. */
  author: string | null
}

/** What is kept of a body, and what it is found by. */
export interface Draft {
  key: string
  body: unknown
  /** The order of lists; unique in its kind and project. */
  sort: string
  /** Looked through by `search`, in lower case. */
  search: string
  tags: readonly string[]
  /** Ids of the items that it shows or asks. */
  refs: readonly string[]
}

export interface NewItem extends Draft {
  id: string
}

export interface Wanted {
  limit: number
  /** Only what is sorted after this. */
  after?: string | undefined
  search?: string | undefined
  tag?: string | undefined
  /** Deleted ones instead of live ones. @default false */
  deleted?: boolean | undefined
  /** Only what is sorted in here: `from` included, `to` not. */
  from?: string | undefined
  to?: string | undefined
  /** Only what refers to one of these. */
  refs?: readonly string[] | undefined
}

export interface Page<Row> {
  rows: Row[]
  /** Where the next page begins; null on the last one. */
  next: string | null
}

/**
 * What people save, with all its versions: in PostgreSQL. Nobody sees half a write, and nothing of a
 * project is in the answer about another. Rejects with DatabaseAway when it does not answer.
 */
export interface SavedStore extends SavedReader {
  /** The same store, whose writes name this author. @default null */
  by(author: string | null): SavedStore
  /**
   * Runs a write of one project: all or nothing, and after one another with every other write of it, in
   * whatever process. What it throws undoes it. Inside, only the writer may be used.
   */
  write<Result>(project: string, work: (writer: SavedWriter) => Promise<Result>): Promise<Result>
}

export interface SavedReader {
  /** The item, deleted or not. */
  find(project: string, kind: ItemKind, id: string): Promise<Item | null>
  /** Those of the ids that are there and live, in no order. */
  findLive(project: string, kind: ItemKind, ids: readonly string[]): Promise<Item[]>
  list(project: string, kind: ItemKind, wanted: Wanted): Promise<Page<Item>>
  /** Its versions, the newest first, those before `before` only. */
  versions(item: Item, page: { limit: number; before?: number | undefined }): Promise<Version[]>
}

export interface SavedWriter extends SavedReader {
  /** The live item of that key. */
  findKey(kind: ItemKind, key: string): Promise<Item | null>
  count(kind: ItemKind): Promise<number>
  /** Live items of these kinds that refer to the id. */
  usersOf(id: string, kinds: readonly ItemKind[]): Promise<Item[]>
  /** Version 1 of each, in the order given. */
  create(kind: ItemKind, drafts: readonly NewItem[], now: number): Promise<Item[]>
  /** Its next version; live again when it was deleted. */
  change(item: Item, draft: Draft, now: number): Promise<Item>
  /** Its next version, which says that it is deleted. */
  remove(item: Item, now: number): Promise<Item>
}
