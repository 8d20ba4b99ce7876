import type { FunnelBreakdown, FunnelQuestion } from '@headwater/schemas/insights/funnel'
import { actorSql } from '../actor.ts'
import { MAX_INSTANT_MS } from '../events-read.ts'
import { ANY_EVENT, scopeConditions } from '../scope.ts'
import type { Statement } from '../statement.ts'
import { funnelSql } from './histories.ts'
import { outcomes } from './outcomes.ts'
import type { FunnelPlan } from './plan.ts'

export type Ended = FunnelPlan<FunnelQuestion & Partial<FunnelBreakdown>>

/**
 * SQL of everybody who converted or dropped out: actor, is_converted, entry and way_end (ms), how many
 * did either, and the label of the event of entry. Who may still convert is neither.
 */
export function propertiesOfEntry(plan: Ended, statement: Statement): string {
  const last = `times[${plan.query.steps.length}]`
  const sql = funnelSql(plan, statement, null, 'correlate.properties')
  return `SELECT *, countIf(is_converted) OVER () AS all_converted,
        countIf(NOT is_converted) OVER () AS all_dropped
      FROM (
        SELECT *, ${last} != 0 AS is_converted, times[1] AS entry,
          if(is_converted, ${last}, entry + ${statement.add('Int64', plan.windowMs)}) AS way_end
        FROM (${outcomes(sql)})
        WHERE NOT is_excluded AND NOT is_open)`
}

/** SQL of the names of events between each one's entry and end, but for the funnel's own: place, text. */
export function eventsOnTheWay(
  plan: Ended,
  ended: string,
  except: readonly string[],
  statement: Statement,
): string {
  const { query, from, to, windowMs } = plan
  const { id, known } = actorSql(query.actor, statement)
  const end = Math.min(to + windowMs, MAX_INSTANT_MS)
  const scope = { ...query, from, to: end, endIncluded: true, events: null }
  const own = query.steps.map(({ event }) => event).filter((event) => event !== ANY_EVENT)
  const left = statement.add('Array(String)', [...new Set([...own, ...except])])
  return `SELECT actor, is_converted, all_converted, all_dropped, 0 AS place, name AS text
    FROM (
      SELECT ${id} AS who, toString(event) AS name, toUnixTimestamp64Milli(timestamp) AS t
      FROM events
      WHERE ${scopeConditions(scope, statement)} AND ${known ?? '1'} AND event NOT IN ${left}) AS done
    INNER JOIN (${ended}) AS ended ON done.who = ended.actor
    WHERE t >= entry AND t <= way_end`
}
