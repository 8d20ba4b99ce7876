import { type FunnelSql, histories, mayEnter } from './histories.ts'

// In any order every event of a step may be an entry. For each event, every step has the array at<step>:
// when the step is next done, at that event or after. As many steps as are done within the window, so far
// the event's attempt comes; the attempts that come furthest and are done first count, of these the latest.

/** SQL of each actor's furthest, steps (ticks), may_go_on and is_excluded. */
export function anyOrder(sql: FunnelSql): string {
  const { steps, exclusions } = sql.plan.query
  const numbers = steps.map((_, place) => place + 1)
  const arrays = numbers.map((step) => `at${step}`).join(', ')
  const within = (step: number) => `at${step} - tick < ${sql.window}`
  const nextOf = (condition: string, names: string, of: string) =>
    `arrayReverseFill(tick -> tick != 0, arrayMap((${names}) -> if(${condition}, tick, 0), ${of}))`
  const next = numbers.map(
    (step) => `${nextOf(`bitTest(mask, ${step - 1})`, 'tick, mask', 'ticks, masks')} AS at${step}`,
  )
  const forbidden = `arrayPushBack(arrayPopFront(${nextOf('x != 0', 'tick, x', 'ticks, xs')}), 0) AS forbidden`
  const seen = `SELECT *, ${[...next, ...(exclusions.length > 0 ? [forbidden] : [])].join(', ')}
    FROM (${histories(sql)})`
  const count = numbers.map((step) => `(at${step} != 0 AND ${within(step)})`).join(' + ')
  const done = `greatest(${numbers.map((step) => `if(${within(step)}, at${step}, 0)`).join(', ')})`
  const counted = `SELECT *,
      arrayMap((tick, mask, ${arrays}) -> if(mask != 0 AND ${mayEnter(sql, 'tick')}, ${count}, 0), ticks, masks, ${arrays}) AS counts,
      arrayMap((tick, ${arrays}) -> ${done}, ticks, ${arrays}) AS ends
    FROM (${seen})`
  const clean =
    exclusions.length > 0
      ? withoutForbidden(sql, counted)
      : `SELECT *, counts AS clean FROM (${counted})`
  const far = `SELECT *, arrayMax(counts) AS most,
      arrayMin(arrayFilter((ended, count) -> count = most, ends, clean)) AS first_end
    FROM (${clean})`
  const found = `SELECT *,
      arrayLastIndex((ended, count) -> count = most AND ended = first_end, ends, clean) AS place,
      ticks[place] AS entry
    FROM (${far})`
  const done_steps = numbers.map(
    (step) => `if(at${step}[place] - entry < ${sql.window}, at${step}[place], 0)`,
  )
  return `SELECT *, most AS furthest, place = 0 AS is_excluded,
      arrayResize(arraySort(arrayFilter(tick -> tick != 0, if(is_excluded, [], [${done_steps.join(', ')}]))), ${steps.length}, 0) AS steps,
      arrayExists((tick, count) -> count != 0 AND tick + ${sql.window} >= ${sql.horizon}, ticks, clean) AS may_go_on
  FROM (${found})`
}

/** Takes out the attempts within which something forbidden was done: before their end, or their window's. */
function withoutForbidden(sql: FunnelSql, counted: string): string {
  const complete = `count = ${sql.plan.query.steps.length} AND x_tick >= ended`
  const isClean = `x_tick = 0 OR x_tick - tick >= ${sql.window} OR (${complete})`
  return `SELECT *, arrayMap(
      (tick, count, ended, x_tick) -> if(${isClean}, count, 0), ticks, counts, ends, forbidden) AS clean
    FROM (${counted})`
}
