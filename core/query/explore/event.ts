import type { EventResult } from '@headwater/schemas/insights/events'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import type { Query } from '../../store/store.ts'
import { instant, projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { EVENT_ROW, type EventRow, shapeEvent } from './events.ts'
import { type JsonTypes, restoreJson } from './restore-json.ts'

type JsonObject = Record<string, unknown>

export interface WholeEventRow extends EventRow {
  received: string
  sent: string
  inserted: string
  time_note: string
  properties: JsonObject
  person_set: JsonObject
  person_set_once: JsonObject
  types: JsonTypes
  set_types: JsonTypes
  set_once_types: JsonTypes
  columns: string[]
  log_id: string
  log_partition: number
  log_offset: string
}

const columns = Object.entries(PROPERTY_COLUMNS)

/** Everything of one event. @param at Its time, ms: with it the store need not look through all of them. */
export function compileEvent(project: string, uuid: string, at: number | undefined): Query {
  const statement = new Statement(project)
  const time = at === undefined ? '1' : `timestamp = ${instant(at, statement)}`
  return statement.query(`SELECT ${EVENT_ROW},
    toUnixTimestamp64Milli(received_at) AS received, toUnixTimestamp64Milli(sent_at) AS sent,
    toUnixTimestamp64Milli(inserted_at) AS inserted, time_note,
    properties, person_set, person_set_once,
    JSONAllPathsWithTypes(properties) AS types,
    JSONAllPathsWithTypes(person_set) AS set_types,
    JSONAllPathsWithTypes(person_set_once) AS set_once_types,
    [${columns.map(([, column]) => (column === 'sequence' ? "if(sequence = 0, '', toString(sequence))" : `toString(${column})`)).join(', ')}] AS columns,
    log_id, log_partition, log_offset
  FROM events
  WHERE ${projectCondition(statement)} AND ${time}
    AND uuid = toUUID(${statement.add('String', uuid)})
  LIMIT 1`)
}

export function shapeWholeEvent(
  row: WholeEventRow,
): Omit<EventResult, 'complete_until' | 'duration_ms' | 'from_cache'> {
  const time = (ms: string) => new Date(Number(ms)).toISOString()
  const written = columns.flatMap(([name], place) => {
    const value = row.columns[place]
    return value ? [[name, name === '$sequence' ? Number(value) : value] as const] : []
  })
  return {
    ...shapeEvent(row),
    received_at: time(row.received),
    sent_at: row.sent === '0' ? null : time(row.sent),
    inserted_at: time(row.inserted),
    time_note: row.time_note,
    properties: { ...Object.fromEntries(written), ...restoreJson(row.properties, row.types) },
    person_set: restoreJson(row.person_set, row.set_types),
    person_set_once: restoreJson(row.person_set_once, row.set_once_types),
    log: { id: row.log_id, partition: row.log_partition, offset: row.log_offset },
  }
}
