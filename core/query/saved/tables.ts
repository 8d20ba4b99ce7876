import type { Kysely } from 'kysely'

/** Whoever opened the database closes it. */
export type MetadataDatabase = Kysely<MetadataTables>

/** The tables of the query service, in a PostgreSQL schema of their own. */
export interface MetadataTables {
  'insights.items': ItemTable
  'insights.versions': VersionTable
}

export interface ItemTable {
  project_id: string
  kind: string
  id: string
  key: string
  sort: string
  version: number
  /** JSON as text: PostgreSQL's own JSON refuses \u0000 and half surrogates, which properties can hold. */
  body: string
  search: string
  tags: string[]
  refs: string[]
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
}

export interface VersionTable {
  project_id: string
  kind: string
  id: string
  version: number
  key: string
  body: string
  deleted: boolean
  changed_at: Date
}
