import type { Event, JsonObject } from '@headwater/schemas/event'

/** One row of a file, as parsed JSON or as the texts of a CSV by column. */
export interface Row {
  /** Name of the file inside a zip; empty outside of one. */
  member: string
  /** Where the row begins, from 1. */
  line: number
  value: Record<string, unknown>
}

/** What stands where a row should, and is none. */
export interface UnreadableRow {
  member: string
  line: number
  /** What is wrong, as a sentence. */
  problem: string
  /** Its beginning, for whoever repairs it. */
  text: string
}

/** An event of another system's: it has a uuid always, and its time in ms, or null when nobody can tell. */
export interface ImportedEvent extends Event {
  uuid: string
  timestamp: number
  properties: JsonObject
}
export type TimelessEvent = Omit<ImportedEvent, 'timestamp'> & { timestamp: number | null }

/** What a row comes to: events, or the reason why it is left out on purpose. */
export type Mapped = { event: TimelessEvent } | { skipped: string }

/** Reads the rows of one file in their order. What it says depends on that file only, whoever reads it when. */
export interface Mapper {
  map(row: Row): Iterable<Mapped>
}

export interface MapOptions {
  /** IANA name: where times stand that say no zone themselves. */
  timeZone: string
  /** Generic CSV: by field of an event the column that holds it. */
  columns: Readonly<Record<string, string>>
}

/** Another product's export: what its rows mean here. */
export interface Source {
  /** What a CSV of it must have in its header; `member` is its name inside a zip. */
  columns: (options: MapOptions, member: string) => readonly string[]
  /** Which files of a zip are read, in which order; the others are named as skipped. Default: all. */
  members?: (names: readonly string[]) => string[]
  /** Why nothing can be imported from these, unless asked to make events up. */
  synthesizes?: string
  mapper(options: MapOptions): Mapper
}
