import type { RetentionQuery } from '@headwater/schemas/insights/retention'
import { actorSql } from '../actor.ts'
import { filterConditions } from '../filters.ts'
import { instant, scopeConditions } from '../scope.ts'
import { eventsOf, selectorCondition } from '../selector.ts'
import type { Statement } from '../statement.ts'
import type { RetentionPlan } from './plan.ts'

/** SQL over the events that a plan reads. */
export interface RetentionEvents {
  /** Columns `actor`, `t`, and the flags `candidate`, `starts` and `returns`. */
  columns: string
  from: string
}

/**
 * An event is a candidate when it may be an actor's start: before one that must be the first, no other
 * candidate may lie. It starts a cohort when it passes the filters, too.
 */
export function retentionEvents(plan: RetentionPlan, statement: Statement): RetentionEvents {
  const { query, from, to, end } = plan
  const isEver = query.mode === 'first_ever'
  const { id, known } = actorSql(query.actor, statement)
  // The first of a name is looked for among events that no filter was asked about.
  const filters = isEver ? [] : query.filters
  const scope = scopeConditions(
    {
      ...query,
      from: query.mode === 'recurring' ? from : 0,
      to: end,
      events: eventsOf([query.start, query.return]),
      filters,
    },
    statement,
  )
  const unfiltered = { ...query.start, filters: [] }
  const started = selectorCondition(isEver ? unfiltered : query.start, statement, 'start')
  const candidate = `(${started}) AND timestamp < ${instant(to, statement)}`
  const passes = isEver ? `(${filtersOf(query, statement)})` : '1'
  const returned = selectorCondition(query.return, statement, 'return')
  const asked = isEver ? filterConditions(query.filters, statement) : []
  const returns = [
    `(${returned})`,
    ...asked,
    // Only a start is looked for in all of the past.
    ...(query.mode === 'recurring' ? [] : [`timestamp >= ${instant(from, statement)}`]),
  ].join(' AND ')
  return {
    columns: `${id} AS actor, toUnixTimestamp64Milli(timestamp) AS t,
        (${candidate}) AS candidate, candidate AND ${passes} AS starts, (${returns}) AS returns`,
    from: `FROM events
      WHERE ${scope}
        AND (candidate OR returns) AND ${known ?? '1'}`,
  }
}

const filtersOf = ({ start, filters }: RetentionQuery, statement: Statement): string =>
  [
    '1',
    ...filterConditions(start.filters, statement, 'start.filters'),
    ...filterConditions(filters, statement),
  ].join(' AND ')
