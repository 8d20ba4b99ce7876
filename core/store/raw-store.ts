import type { Query, QueryOptions } from './store.ts'

export const STREAM_FORMATS = ['CSVWithNames', 'JSONEachRow', 'Parquet'] as const
export type StreamFormat = (typeof STREAM_FORMATS)[number]

export interface StreamOptions extends Omit<QueryOptions, 'onProgress'> {
  format: StreamFormat
}

/** What a statement that came from outside may see and take. */
export interface Confinement extends Omit<QueryOptions, 'onProgress'> {
  /** Whose events it sees. A project's id as the schema has it. */
  project: string
  maxRows: number
  /** Of the answer, before it is encoded. */
  maxBytes: number
  maxMemoryBytes: number
}

/** Rows as lists of values, 64-bit integers as strings. */
export interface ConfinedAnswer {
  columns: { name: string; type: string }[]
  rows: unknown[][]
  /** Whether there are more rows than it may have. */
  truncated: boolean
}

/** Where long answers and foreign statements are asked. */
export interface RawStore {
  /**
   * The answer's bytes as the store makes them, so that nobody holds the whole of it: the store waits
   * for who reads. Ends the query when the iteration ends or the signal aborts. Throws StoreError, also
   * midway: what was given until then is then no whole answer.
   */
  stream(query: Query, options: StreamOptions): AsyncIterable<Uint8Array>
  /**
   * Asks a statement that was written from outside, whose every part was checked and written anew. The
   * second wall behind that check: it changes nothing, reaches no network and no file, can lift none of its
   * limits, and sees of the table events only the project's rows. Rejects with StoreError.
   */
  confined(query: Query, confinement: Confinement): Promise<ConfinedAnswer>
}
