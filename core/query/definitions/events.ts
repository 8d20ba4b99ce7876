import type { Query } from '../../store/store.ts'
import { type Scope, scopeConditions } from '../scope.ts'
import { Statement } from '../statement.ts'

const DAY_MS = 86_400_000
export const EVENT_DAYS = 90
const MAX_EVENTS = 1_000

export interface EventDefinitionRow {
  event: string
  count: string
  first_seen: string
  last_seen: string
}

/** The project's events of late, the most frequent first. */
export function compileEventDefinitions(project: string, now: number): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT event, count() AS count,
    toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
    toUnixTimestamp64Milli(max(timestamp)) AS last_seen
  FROM events
  WHERE ${scopeConditions(recent(now, EVENT_DAYS), statement)}
  GROUP BY event ORDER BY count DESC, event ASC LIMIT ${MAX_EVENTS}`)
}

export const shapeEventDefinition = (row: EventDefinitionRow) => ({
  name: row.event,
  count: Number(row.count),
  first_seen: new Date(Number(row.first_seen)).toISOString(),
  last_seen: new Date(Number(row.last_seen)).toISOString(),
})

/** The last days; senders' clocks may be ahead by one. To the minute, so that answers can be kept. */
export function recent(now: number, days: number): Scope {
  const minute = Math.floor(now / 60_000) * 60_000
  return {
    events: null,
    filters: [],
    include_bots: true,
    from: minute - days * DAY_MS,
    to: minute + DAY_MS,
  }
}
