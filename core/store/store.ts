// Stage 6 of 8: store. In: rows from the consumer. Out: answers to SQL.
// Promise: a row once inserted is found by every later query, once.

/** Every table that services insert into. */
export type StoreTable =
  | 'events'
  | 'dead_letters'
  | 'dead_letter_replays'
  | 'person_links'
  | 'person_overrides'
  | 'actor_properties'
  | 'identity_progress'
  | 'definitions'

/** Where rows are written. */
export interface EventStore {
  /**
   * All or nothing per table part; the same token with the same rows twice is one insert.
   * `rows` are JSON objects, one text each. Rejects with StoreError.
   */
  insert(table: StoreTable, rows: readonly string[], token: string): Promise<void>
  /**
   * Creates what is missing; safe to run twice, and by two at once. Resolves with the names of the
   * migrations it applied.
   */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

export interface Query {
  /**
   * SQL whose values are parameters, `{name:Type}`; never text that came from outside.
   * Without SETTINGS and FORMAT: the store adds its own. A query without `params` may run beside others.
   */
  text: string
  params?: Record<string, unknown>
}

export interface QueryOptions {
  /** The store gives up after this long. @default 30_000 */
  timeoutMs?: number
  signal?: AbortSignal
  /** Told several times a second while the query runs; not at all of one that is over before. */
  onProgress?: (progress: Progress) => void
}

/** How far a query is. */
export interface Progress {
  rowsRead: number
  /** As far as known by now; 0 while nothing is. */
  rowsToRead: number
}

/** Where questions are asked. */
export interface QueryStore {
  /** The rows, 64-bit integers as strings. Rejects with StoreError, or the signal's reason. */
  query<Row>(query: Query, options?: QueryOptions): Promise<Row[]>
  /**
   * Changes with every insert of events, and whenever their persons do: answers of equal versions are
   * answers from equal rows.
   */
  dataVersion(): Promise<string>
}

/** Everything that the store's callers may have to tell apart. */
export type StoreErrorKind =
  /** The rows, or the statement, are refused: the same call can never succeed. */
  | 'refused'
  /** The store is away or overloaded: the same call may succeed later. */
  | 'unavailable'
  /** The query ran out of its time or memory. */
  | 'too_heavy'

export class StoreError extends Error {
  readonly kind: StoreErrorKind
  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.kind = kind
  }
}
