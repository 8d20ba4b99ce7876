import type { EventSelector } from '@headwater/schemas/insights/question'
import { ANY_EVENT } from '../scope.ts'
import { type FunnelSql, keysOf, mayEnter } from './histories.ts'
import { furthestWith, shifted } from './passes.ts'

// The commonest funnel - every step, in order, nothing forbidden - with the same passes as all others, but
// over the keys themselves: there is no array beside them to be made and read. What reads an array costs
// as much as the sorting, so each pass that is spared counts.

/** SQL of each actor's furthest, steps (ticks), may_go_on and is_excluded. */
export function plainOrder(sql: FunnelSql): string {
  const { steps } = sql.plan.query
  const numbers = steps.map((_, place) => place + 1)
  const far = furthestWith(numbers, (step) => `arrayMax(start${step}) != 0`)
  // Attempts only get younger along an array: the last one is the greatest.
  const walked = `SELECT *, ${far} AS furthest,
      arrayMax(start1) + ${sql.window} >= ${sql.horizon} AS may_go_on
    FROM (${passed(sql)})`
  const attempts = numbers.map(
    (step) => `furthest = ${step}, arrayFirst(start -> start != 0, start${step})`,
  )
  const found = `SELECT *, multiIf(${attempts.join(', ')}, 0) AS attempt FROM (${walked})`
  return `SELECT *, keys AS ticks, 0 AS is_excluded,
      [${numbers.map((step) => `keys[indexOf(start${step}, attempt)]`).join(', ')}] AS steps
    FROM (${found})`
}

/** SQL of each actor's keys and, per step, the start of the attempt that an event takes to it, or 0. */
function passed(sql: FunnelSql): string {
  const { steps } = sql.plan.query
  const does = (step: number) => `bitTest(key, ${sql.keys.stepsShift + step - 1})`
  let rows = `SELECT *, arrayMap(key -> if(${does(1)} AND ${mayEnter(sql, 'key')}, ${sql.clock.beginOf('key')}, 0), keys) AS start1
    FROM (${keysOf(sql)})`
  for (const [place, selector] of steps.entries()) {
    const before = steps[place - 1]
    if (!before) continue
    const latest = `arrayFill(start -> start != 0, start${place})`
    const standing = canBeBoth(before, selector) ? shifted(latest) : latest
    rows = `SELECT *, arrayMap(
        (key, start) -> if(${does(place + 1)} AND key - start < ${sql.window}, start, 0), keys, ${standing}) AS start${place + 1}
      FROM (${rows})`
  }
  return rows
}

/** Whether one event can do both of two steps: then it must not stand at the first when it does the second. */
const canBeBoth = (one: Pick<EventSelector, 'event'>, other: Pick<EventSelector, 'event'>) =>
  one.event === other.event || one.event === ANY_EVENT || other.event === ANY_EVENT
