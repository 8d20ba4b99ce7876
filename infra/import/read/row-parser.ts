import type { Row, UnreadableRow } from '../source.ts'

/** The longest row that is read, in UTF-16 code units: an event may be 1 MiB, with its escapes. */
export const MAX_ROW_LENGTH = 16 * 1024 * 1024
/** So much of an unreadable row is kept. */
const SHOWN_LENGTH = 2_000

/** Makes rows of a file's text, piece by piece. Never throws for what the text is, unless nothing of the rest can be read. */
export interface RowParser {
  push(text: string): (Row | UnreadableRow)[]
  end(): (Row | UnreadableRow)[]
}

export function shortened(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH).toWellFormed()}…` : text
}
