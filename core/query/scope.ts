import type { Filters } from '@headwater/schemas/insights/filters'
import type { EventsRead } from './events-read.ts'
import { filterConditions } from './filters.ts'
import type { SqlParams } from './sql-params.ts'
import type { Statement } from './statement.ts'

/** Which rows a query may see at all. */
export interface Scope extends EventsRead {
  filters: Filters
  /** Whether the range's end belongs to it. @default false */
  endIncluded?: boolean
}

export const ANY_EVENT = '*'

/**
 * SQL of the WHERE clause. The project comes first in every one: no query sees another's rows. What rows are left
 * out by is one condition, so that the store reads its columns in one go; of several it reads one column after
 * the other, and copies what is left each time, although nearly all is.
 */
export function scopeConditions(scope: Scope, statement: Statement): string {
  statement.reads(scope)
  const out = [
    `project_id != ${statement.add('String', statement.project)}`,
    ...(scope.events ? [otherEvents(scope.events, statement)] : []),
    `timestamp < ${instant(scope.from, statement)}`,
    `timestamp ${scope.endIncluded ? '>' : '>='} ${instant(scope.to, statement)}`,
    ...(scope.include_bots ? [] : ['is_bot']),
  ]
  const conditions = [`NOT (${out.join(' OR ')})`, ...filterConditions(scope.filters, statement)]
  return conditions.join('\n    AND ')
}

/** SQL that lets a statement see its project only. */
export const projectCondition = (statement: Statement): string =>
  `project_id = ${statement.add('String', statement.project)}`

function otherEvents(events: readonly string[], params: SqlParams): string {
  const [only] = events
  if (only !== undefined && events.length === 1) return `event != ${params.add('String', only)}`
  return `event NOT IN ${params.add('Array(String)', events)}`
}

export const instant = (ms: number, params: SqlParams): string =>
  `fromUnixTimestamp64Milli(${params.add('Int64', ms)}, 'UTC')`
