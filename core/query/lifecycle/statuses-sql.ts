import { LIFECYCLE_STATUSES, type LifecycleStatus } from '@headwater/schemas/insights/lifecycle'
import { actorSql } from '../actor.ts'
import { bucketSet } from '../bucket-set.ts'
import { scopeConditions } from '../scope.ts'
import { eventsOf, selectorFilters } from '../selector.ts'
import type { Statement } from '../statement.ts'
import type { LifecyclePlan } from './lifecycle.ts'

const place = (status: LifecycleStatus): number => LIFECYCLE_STATUSES.indexOf(status)

/**
 * Columns `actor`, `status` (its place in LIFECYCLE_STATUSES) and `bucket` (its place, from 0): one row
 * for each interval in which an actor is active, and for each first one after it in which it is not.
 */
export function statusesSql(plan: LifecyclePlan, statement: Statement): string {
  const count = plan.starts.length
  // Places count from the interval before the first one; it only tells who stays, and who has left.
  const active = `if(at - earlier = 1, ${place('returning')},
          if(earlier < 0 AND NOT is_known, ${place('new')}, ${place('resurrecting')}))`
  const statuses = `arrayConcat(
        arrayMap((at, earlier) -> (${active}, at - 1), active, arrayPushFront(arrayPopBack(active), -2)),
        arrayMap(at -> (${place('dormant')}, at), arrayFilter((at, later) -> later - at > 1,
          active, arrayPushBack(arrayPopFront(active), ${count + 2}))))`
  return `SELECT actor, pair.1 AS status, pair.2 AS bucket
    FROM (
      SELECT actor, arrayJoin(arrayFilter(one -> one.2 >= 0 AND one.2 < ${count},
        ${statuses})) AS pair
      FROM (${activeActors(plan, statement)}))`
}

/** Each actor with the places of its active intervals, and whether it was known before all of them. */
function activeActors(plan: LifecyclePlan, statement: Statement): string {
  const { query, starts, before, end } = plan
  const { id, known } = actorSql(query.actor, statement)
  const set = bucketSet([before, ...starts], statement)
  // Somebody is new who was never active before, however long ago.
  const scope = scopeConditions(
    { ...query, from: 0, to: end, events: eventsOf([query.activity]) },
    statement,
  )
  const selected = selectorFilters(query.activity, statement, 'activity')
  const from = statement.add('Int64', before)
  return `SELECT actor, min(t) < ${from} AS is_known,
        arrayMap(at -> toInt64(at), ${set.placesOf(set.gathered('mark', `t >= ${from}`))}) AS active
      FROM (
        SELECT ${id} AS actor, toUnixTimestamp64Milli(timestamp) AS t, ${set.mark} AS mark
        FROM events
        WHERE ${scope} AND ${selected} AND ${known ?? '1'})
      GROUP BY actor
      HAVING notEmpty(active)`
}
