import type { Generated, Kysely, Selectable } from 'kysely'

/** Whoever opened the database closes it. */
export type MetadataDatabase = Kysely<MetadataTables>

/** The tables of the query service, in a PostgreSQL schema of their own. */
export interface MetadataTables {
  'insights.items': ItemTable
  'insights.versions': VersionTable
  'insights.watches': WatchTable
  'insights.deliveries': DeliveryColumns
  'insights.leases': { name: string; holder: string; until: Date }
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
  author: string | null
}

/** What is known of an alert or a subscription besides its definition. */
export interface WatchTable {
  project_id: string
  id: string
  state: string
  since: Date | null
  value: number | null
  previous: number | null
  interval_end: Date | null
  snoozed_until: Date | null
  problem: string | null
}

interface DeliveryColumns {
  id: string
  /** Grows from each to the next. */
  place: Generated<number>
  project_id: string
  source: string
  reason: string
  url: string
  body: string
  state: string
  attempts: number
  status: number | null
  problem: string | null
  created_at: Date
  next_at: Date | null
  claimed_until: Date | null
  done_at: Date | null
}
export type DeliveryTable = Selectable<DeliveryColumns>
