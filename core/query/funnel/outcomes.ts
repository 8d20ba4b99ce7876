import { anyOrder } from './any-order.ts'
import { attributionOf, type FunnelSql } from './histories.ts'
import { endings, eventArrays, furthestWith, lambdaNames, patience, walked } from './passes.ts'
import { plainOrder } from './plain-order.ts'
import { requiredBefore, requiredSteps } from './plan.ts'

/**
 * SQL of how far each actor came, one row each (per bucket, per label when every event counts for its
 * own): actor, bucket, label, furthest (a required step), times (ms per step, 0 where it was not
 * reached), is_open and is_excluded. Who is excluded has no furthest step and no times.
 */
export function outcomes(sql: FunnelSql): string {
  const ticks = ticksOf(sql)
  const attribution = attributionOf(sql)
  const step = typeof attribution === 'object' ? attribution?.step : undefined
  const label =
    step === undefined
      ? 'label'
      : // Of events that cannot be told apart by their order, the least value.
        `arraySort(arrayMap(one -> one.2, arrayFilter(
          one -> one.1 = keys[indexOf(ticks, steps[${step}])], labelled)))[1] AS label`
  return `SELECT actor, ${sql.buckets ? 'bucket, ' : ''}${attribution ? `${label}, ` : ''}
    if(is_excluded, 0, furthest) AS furthest,
    arrayMap(tick -> ${sql.clock.msOf('tick')}, steps) AS times,
    furthest != ${sql.plan.query.steps.length} AND furthest != 0 AND may_go_on AS is_open,
    is_excluded
  FROM (${ticks})`
}

function ticksOf(sql: FunnelSql): string {
  if (sql.plan.query.order === 'any') return anyOrder(sql)
  return sql.walksKeys ? plainOrder(sql) : inOrder(sql)
}

function inOrder(sql: FunnelSql): string {
  const required = requiredSteps(sql.plan.query)
  const run = sql.plan.query.exclusions.length > 0 ? 'all' : 'clean'
  // One SELECT each: within one, every use of an alias would repeat its whole expression.
  const ended = `SELECT *${endingTimes(sql)} FROM (${walked(sql)})`
  const furthest = furthestWith(
    required,
    (step) => `arrayExists(start -> start != 0, ${run}${step})`,
  )
  const far = `SELECT *, ${furthest} AS furthest FROM (${ended})`
  const attempts = required.map((step) => `furthest = ${step}, ${firstClean(sql, step)}`)
  const found = `SELECT *, multiIf(${attempts.join(', ')}, 0) AS attempt,
      ${mayGoOn(sql)} AS may_go_on
    FROM (${far})`
  const named = required.map((step) => `ticks[indexOf(clean${step}, attempt)] AS tick${step}`)
  const timed = `SELECT *, attempt = 0 AS is_excluded, ${named.join(', ')} FROM (${found})`
  const steps = sql.plan.query.steps.map((_, place) =>
    required.includes(place + 1) ? `tick${place + 1}` : optionalTick(sql, place + 1),
  )
  return `SELECT *, if(is_excluded, arrayResize([toInt64(0)], ${steps.length}), [${steps.join(', ')}]) AS steps
  FROM (${timed})`
}

/** For each event, when attempts that stand at a step are next ended, or 0. */
function endingTimes(sql: FunnelSql): string {
  const columns = requiredSteps(sql.plan.query).flatMap((step) => {
    const ends = endings(sql, step)
    const forbids = ends.filter(({ forbids }) => forbids)
    return [
      ...(ends.length > 0 ? [`${next(sql, ends)} AS ended${step}`] : []),
      ...(forbids.length > 0 ? [`${next(sql, forbids)} AS forbidden${step}`] : []),
    ]
  })
  return columns.map((column) => `, ${column}`).join('')
}

function next(sql: FunnelSql, ends: readonly { condition: string }[]): string {
  const any = ends.map(({ condition }) => condition).join(' OR ')
  const at = `arrayMap((${lambdaNames(sql, 'tick')}) -> if(${any}, tick, 0), ticks, ${eventArrays(sql).join(', ')})`
  return `arrayPushBack(arrayPopFront(arrayReverseFill(tick -> tick != 0, ${at})), 0)`
}

/** SQL of the first attempt that reached a step and did nothing forbidden after; 0 when there is none. */
function firstClean(sql: FunnelSql, step: number): string {
  if (!endings(sql, step).some(({ forbids }) => forbids)) {
    return `arrayFirst(start -> start != 0, clean${step})`
  }
  return `arrayFirst((start, ending) -> start != 0 AND ${unended(sql)}, clean${step}, forbidden${step})`
}

/** SQL that holds when an actor has an attempt whose window has not ended, and that nothing has ended. */
function mayGoOn(sql: FunnelSql): string {
  const open = `start + ${sql.window} >= ${sql.horizon}`
  const required = requiredSteps(sql.plan.query)
  if (required.every((step) => endings(sql, step).length === 0)) {
    return `arrayExists(start -> start != 0 AND ${open}, clean1)`
  }
  const standing = required.slice(0, -1).map((step, place) => {
    // An attempt is judged where it stands now, not at the steps it has left.
    const condition = `start > arrayMax(clean${required[place + 1]}) AND ${open}`
    return endings(sql, step).length === 0
      ? `arrayExists(start -> ${condition}, clean${step})`
      : `arrayExists((start, ending) -> ${condition} AND ${unended(sql)}, clean${step}, ended${step})`
  })
  return `(${standing.join(' OR ')})`
}

const unended = ({ window }: FunnelSql): string => `(ending = 0 OR ending - start >= ${window})`

/** SQL of when the attempt that counts first did an optional step, between its required neighbours. */
function optionalTick(sql: FunnelSql, step: number): string {
  const { steps, order } = sql.plan.query
  const before = requiredBefore(sql.plan.query, step)
  const after = requiredSteps(sql.plan.query).find((required) => required > step)
  const broken = `arrayFirst((tick, mask) -> tick > tick${before} AND bitAnd(mask, ${patience(steps, before)}) = 0, ticks, masks)`
  const conditions = [
    `bitTest(mask, ${step - 1})`,
    `tick > tick${before}`,
    `tick - attempt < ${sql.window}`,
    `(tick${after} = 0 OR tick < tick${after})`,
    ...(order === 'strict' ? ['(broken = 0 OR tick < broken)'] : []),
  ]
  const first = `arrayFirst((tick, mask) -> ${conditions.join(' AND ')}, ticks, masks)`
  return `if(tick${before} = 0, 0, ${first.replaceAll('broken', `(${broken})`)})`
}
