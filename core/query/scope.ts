import type { PropertyFilter } from '@headwater/schemas/insight'
import type { Range } from './date-range.ts'
import { filterConditions } from './filters.ts'
import type { SqlParams } from './sql-params.ts'

/** Which rows a query may see at all. */
export interface Scope extends Range {
  project: string
  /** Names of events; null for every event. */
  events: readonly string[] | null
  filters: readonly PropertyFilter[]
  include_bots: boolean
  /** Whether the range's end belongs to it. @default false */
  endIncluded?: boolean
}

export const ANY_EVENT = '*'

/** SQL of the WHERE clause. The project comes first in every one: no query sees another's rows. */
export function scopeConditions(scope: Scope, params: SqlParams): string {
  const end = scope.endIncluded ? '<=' : '<'
  const conditions = [
    `project_id = ${params.add('String', scope.project)}`,
    ...(scope.events ? [eventCondition(scope.events, params)] : []),
    `timestamp >= ${instant(scope.from, params)}`,
    `timestamp ${end} ${instant(scope.to, params)}`,
    ...(scope.include_bots ? [] : ['NOT is_bot']),
    ...filterConditions(scope.filters, params),
  ]
  return conditions.join('\n    AND ')
}

function eventCondition(events: readonly string[], params: SqlParams): string {
  const [only] = events
  if (only !== undefined && events.length === 1) return `event = ${params.add('String', only)}`
  return `event IN ${params.add('Array(String)', events)}`
}

export const instant = (ms: number, params: SqlParams): string =>
  `fromUnixTimestamp64Milli(${params.add('Int64', ms)}, 'UTC')`
