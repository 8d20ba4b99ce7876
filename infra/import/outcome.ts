import { MAX_TIME_AHEAD_MS, MIN_TIMESTAMP_MS } from '@headwater/schemas/limits'
import type { ReadRow } from './read/rows-of-file.ts'
import type { ImportedEvent, Mapper, Row, TimelessEvent } from './source.ts'

/** Why the importer drops what it does not even send; capture has its own reasons. */
export const IMPORT_DROP_REASONS = {
  unreadable_row: 'The row cannot be read.',
  invalid_time: 'The row has no time, or one that cannot be read.',
  past: 'The time is before the year 2000: an unset clock, not history.',
  future: 'The time is more than 24 hours ahead.',
} as const
export type ImportDropReason = keyof typeof IMPORT_DROP_REASONS

/** Where something stands: the file inside a zip, and the line. */
export interface Place {
  member: string
  line: number
}

/** What became of a row before anything is sent. A row with several events has several, one without any has one. */
export type Outcome = { place: Place; isRow: boolean } & Judged
type Judged =
  /** `json` is the event as it is sent, `value` the row that it was made of. */
  | { kind: 'event'; uuid: string; json: string; value: Row['value'] }
  | { kind: 'dropped'; reason: ImportDropReason; message: string; text: string }
  | { kind: 'skipped'; reason: string }

export interface OutcomeOptions {
  /** Written to every event, as the property `$import_source`. */
  sourceName: string
  mapper: Mapper
  /** Events before, or from this moment on, are skipped; ms since 1970. */
  since: number | null
  until: number | null
  now: number
}

/** What rows come to, one by one and in their order: the same for the same rows, whenever it is asked. */
export function* outcomesOf(rows: Iterable<ReadRow>, options: OutcomeOptions): Iterable<Outcome> {
  for (const row of rows) {
    if ('leftOut' in row) {
      const place = { member: row.member, line: 0 }
      yield { place, isRow: false, kind: 'skipped', reason: `${row.member}: ${row.leftOut}` }
    } else if ('problem' in row) {
      const { member, line, problem: message, text } = row
      const place = { member, line }
      yield { place, isRow: true, kind: 'dropped', reason: 'unreadable_row', message, text }
    } else {
      yield* outcomesOfRow(row, options)
    }
  }
}

function* outcomesOfRow(row: Row, options: OutcomeOptions): Iterable<Outcome> {
  const place = { member: row.member, line: row.line }
  let isRow = true
  try {
    for (const mapped of options.mapper.map(row)) {
      if ('skipped' in mapped) yield { place, isRow, kind: 'skipped', reason: mapped.skipped }
      else yield { place, isRow, ...judge(mapped.event, row, options) }
      isRow = false
    }
  } catch (error) {
    // What is nested ten thousand deep can be read, but not written again.
    const message = `It cannot be made an event: ${(error as Error).message}`
    yield { place, isRow, kind: 'dropped', reason: 'unreadable_row', message, text: '' }
    return
  }
  if (isRow) yield { place, isRow, kind: 'skipped', reason: 'rows without an event' }
}

function judge(event: TimelessEvent, { value }: Row, options: OutcomeOptions): Judged {
  const reason = timeProblem(event.timestamp, options.now)
  if (reason) {
    const message = IMPORT_DROP_REASONS[reason]
    return { kind: 'dropped', reason, message, text: JSON.stringify(value) }
  }
  const dated = event as ImportedEvent
  const { since, until, sourceName } = options
  if (since !== null && dated.timestamp < since)
    return { kind: 'skipped', reason: 'before --since' }
  if (until !== null && dated.timestamp >= until)
    return { kind: 'skipped', reason: 'after --until' }
  const json = JSON.stringify({ ...dated, properties: marked(dated, sourceName) })
  return { kind: 'event', uuid: dated.uuid, json, value }
}

// Capture would store such an event under the moment of the import, which is certainly wrong.
function timeProblem(timestamp: number | null, now: number): ImportDropReason | null {
  if (timestamp === null) return 'invalid_time'
  if (timestamp < MIN_TIMESTAMP_MS) return 'past'
  return timestamp > now + MAX_TIME_AHEAD_MS ? 'future' : null
}

function marked({ properties }: ImportedEvent, sourceName: string): ImportedEvent['properties'] {
  return { $lib: 'import', ...properties, $import_source: sourceName }
}
