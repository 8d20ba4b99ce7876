import type { Timeline } from '@headwater/schemas/insights/persons'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import { storedObject } from '../../identity/stored-json.ts'
import type { Query } from '../../store/store.ts'
import { QueryRefusal } from '../errors.ts'
import { UUID_ORDER } from '../event-order.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { isOneOf } from './person-sql.ts'

export interface TimelineRow {
  uuid: string
  event: string
  distinct_id: string
  at: string
  sequence: string
  properties: Record<string, unknown>
  types: Record<string, string>
  /** Values of the columns that the server writes, in the order of PROPERTY_COLUMNS. */
  columns: string[]
}

export interface TimelinePage {
  limit: number
  before?: string | undefined
}

/** A page of a person's events, the newest first, and one more, which tells that there is another. */
export function compileTimeline(
  project: string,
  id: string,
  { limit, before }: TimelinePage,
): Query {
  const statement = new Statement(project)
  const order = `(timestamp, sequence, ${UUID_ORDER})`
  const until = before === undefined ? '' : `AND ${order} < ${readCursor(before, statement)}`
  const columns = Object.values(PROPERTY_COLUMNS).map((column) => `toString(${column})`)
  return statement.query(`SELECT toString(uuid) AS uuid, event, distinct_id, at,
    toString(sequence) AS sequence, properties, JSONAllPathsWithTypes(properties) AS types, columns
  FROM (
    SELECT uuid, ${UUID_ORDER} AS place, event, distinct_id, timestamp, sequence AS number, sequence, properties,
      toUnixTimestamp64Milli(timestamp) AS at, [${columns.join(', ')}] AS columns
    FROM events
    WHERE ${projectCondition(statement)} AND ${isOneOf([id], statement)} ${until}
    ORDER BY timestamp DESC, sequence DESC, place DESC
    LIMIT ${statement.add('UInt32', limit + 1)})
  ORDER BY timestamp DESC, number DESC, place DESC`)
}

export function shapeTimeline(
  rows: readonly TimelineRow[],
  limit: number,
): Pick<Timeline, 'events' | 'next'> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? `${last.at}.${last.sequence}.${last.uuid}` : null
  const events = page.map(({ uuid, event, distinct_id, at, properties, types, columns }) => ({
    uuid,
    event,
    distinct_id,
    timestamp: new Date(Number(at)).toISOString(),
    properties: { ...storedObject(properties, types), ...columnValues(columns) },
  }))
  return { events, next }
}

const NAMES = Object.keys(PROPERTY_COLUMNS)

function columnValues(columns: readonly string[]): Record<string, unknown> {
  const entries = columns.flatMap((value, place): [string, unknown][] => {
    const name = NAMES[place] ?? ''
    // 0 is how the column says that the event has none.
    if (value === '' || (name === '$sequence' && value === '0')) return []
    return [[name, name === '$sequence' ? Number(value) : value]]
  })
  return Object.fromEntries(entries)
}

function readCursor(text: string, statement: Statement): string {
  const [, at, sequence, uuid] = /^(-?\d{1,15})\.(\d{1,20})\.([0-9a-f-]{36})$/.exec(text) ?? []
  if (at === undefined || sequence === undefined || uuid === undefined) {
    throw new QueryRefusal('invalid_query', 'before is not the end of a page', { field: 'before' })
  }
  const moment = `fromUnixTimestamp64Milli(${statement.add('Int64', at)}, 'UTC')`
  return `(${moment}, toUInt64OrZero(${statement.add('String', sequence)}), toUInt128(toUUIDOrZero(${statement.add('String', uuid)})))`
}
