import type { EventNames, PropertyNames } from '@headwater/schemas/insight'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import { compareText } from '../shared/compare-text.ts'
import type { Query } from '../store/store.ts'
import { unescapeDots } from './property.ts'
import { type Scope, scopeConditions } from './scope.ts'
import { Statement } from './statement.ts'

// What pickers offer. Both are bounded: a picker that waits is no picker.
const DAY_MS = 86_400_000
const NAMES_DAYS = 90
const MAX_NAMES = 1_000
const PROPERTIES_DAYS = 30
/** Rows whose properties are looked at, of each event's most recent month. */
const PROPERTIES_SAMPLE_ROWS = 50_000
const MAX_PROPERTIES = 1_000

export interface EventNameRow {
  event: string
  count: string
  last_seen: string
}

/** Names of the project's events of the last 90 days, the most frequent first. */
export function compileEventNames(project: string, now: number): Query {
  const params = new Statement(project)
  const where = scopeConditions(recent(now, NAMES_DAYS), params)
  return {
    text: `SELECT event, count() AS count, toUnixTimestamp64Milli(max(timestamp)) AS last_seen
  FROM events
  WHERE ${where}
  GROUP BY event ORDER BY count DESC, event ASC LIMIT ${MAX_NAMES}`,
    params: params.values,
  }
}

export function shapeEventNames(rows: readonly EventNameRow[]): EventNames {
  const events = rows.map(({ event, count, last_seen }) => ({
    event,
    count: Number(count),
    last_seen: new Date(Number(last_seen)).toISOString(),
  }))
  return { events }
}

export interface PropertyRow {
  path: string
}

/** Paths inside the properties of a sample of recent events. */
export function compileProperties(project: string, event: string | undefined, now: number): Query {
  const params = new Statement(project)
  const scope = { ...recent(now, PROPERTIES_DAYS), events: event ? [event] : null }
  return {
    text: `SELECT arrayJoin(distinctJSONPaths(properties)) AS path
  FROM (
    SELECT properties FROM events
    WHERE ${scopeConditions(scope, params)}
    LIMIT ${PROPERTIES_SAMPLE_ROWS})
  ORDER BY path LIMIT ${MAX_PROPERTIES}`,
    params: params.values,
  }
}

export function shapeProperties(rows: readonly PropertyRow[]): PropertyNames {
  const server = Object.keys(PROPERTY_COLUMNS)
  const known = new Set(server)
  const sent = [...new Set(rows.map(({ path }) => unescapeDots(path)))]
    .filter((name) => name !== '' && !known.has(name))
    .sort(compareText)
  return {
    properties: [
      ...server.map((property) => ({ property, source: 'server' as const })),
      ...sent.map((property) => ({ property, source: 'sender' as const })),
    ],
  }
}

const recent = (now: number, days: number): Scope => ({
  events: null,
  filters: [],
  include_bots: true,
  from: now - days * DAY_MS,
  // Senders' clocks may be ahead by a day.
  to: now + DAY_MS,
})
