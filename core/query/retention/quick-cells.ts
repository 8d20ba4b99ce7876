import { bucketPlace, bucketSet } from '../bucket-set.ts'
import type { Statement } from '../statement.ts'
import { IN_ORDER, retentionEvents } from './events-sql.ts'
import { type RetentionPlan, spanOf } from './plan.ts'

/** Whether it matters only in which buckets an actor started and returned. */
export const isQuick = ({ query, windowMs }: RetentionPlan): boolean =>
  windowMs === null &&
  query.minimum_occurrences === 1 &&
  query.aggregate === undefined &&
  query.breakdowns.length === 0

/** Columns `actor`, `cohort` and `col`: each column that an actor counts in, its cohort's own first. */
export function quickCells(plan: RetentionPlan, statement: Statement): string {
  const { query, bounds, columns } = plan
  const starts = bounds.slice(0, -1)
  const set = bucketSet(starts, statement)
  const { columns: facts, from } = retentionEvents(plan, statement)
  const order = query.mode === 'first_ever' ? `, ${IN_ORDER} AS ordered` : ''
  const firsts = columns.map(({ first }) => first)
  const column = query.brackets ? bucketPlace(firsts, statement, 'period') : 'period'
  const later = `arrayFilter(period -> period > 0 AND period < ${spanOf(columns)},
        arrayMap(place -> toInt64(place) - toInt64(cohort), returned))`
  const reached = query.brackets
    ? `arrayDistinct(arrayMap(period -> toInt64(${column}), ${later}))`
    : later
  // What is counted up to a last column is known by that column.
  const cells = query.cumulative ? `[arrayMax(arrayPushFront(${reached}, 0))]` : reached
  return `SELECT actor, cohort, arrayJoin(arrayDistinct(arrayPushFront(${cells}, 0))) AS col
    FROM (
      SELECT actor, ${startsOf(plan, statement, set.places('mark', 'starts'))} AS started,
        ${set.places('mark', 'returns')} AS returned
      FROM (
        SELECT ${facts}, ${set.mark} AS mark${order}
        ${from})
      GROUP BY actor
      HAVING notEmpty(started))
    ARRAY JOIN started AS cohort`
}

/** Aggregates an actor's events to the places of its cohorts. */
function startsOf({ query, from, bounds }: RetentionPlan, statement: Statement, every: string) {
  if (query.mode === 'recurring') return every
  const first = 'minIf(t, candidate)'
  const passes =
    query.mode === 'first_ever' ? 'argMinIf(starts, ordered, candidate)' : 'max(candidate)'
  const place = bucketPlace(bounds.slice(0, -1), statement, first)
  return `if(${passes} AND ${first} >= ${statement.add('Int64', from)}, [${place}], [])`
}
