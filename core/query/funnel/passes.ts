import { exclusionsAt, type FunnelSql, histories, mayEnter } from './histories.ts'
import { requiredSteps } from './plan.ts'

// Every required step is one pass over an actor's history. It makes the array <run><step>: for each
// event, the start of the attempt that it takes to that step, or 0. An event takes the latest attempt
// that stands at the step before. Attempts only get younger along such an array, so the latest one before
// an event is the last that is not 0, and an attempt's own event of a step is the first with its start.
//
// With exclusions there are two runs. `all` ignores them and tells how far an actor came; in `clean` a
// forbidden event ends the attempts that stand where it is forbidden. Somebody who came as far in both
// counts; somebody who came further only by forbidden ways does not.

export type Run = 'all' | 'clean'

/** SQL of each actor's history with the arrays of every run. */
export function walked(sql: FunnelSql): string {
  // By its millisecond: attempts that begin at the same moment are one.
  const start = `arrayMap((tick, mask) -> if(bitTest(mask, 0) AND ${mayEnter(sql, 'tick')}, ${sql.clock.beginOf('tick')}, 0), ticks, masks)`
  const { exclusions } = sql.plan.query
  const entered = exclusions.length > 0 ? 'all1' : 'clean1'
  const [first = 1, ...steps] = requiredSteps(sql.plan.query)
  let [rows, before] = [`SELECT *, ${start} AS ${entered} FROM (${histories(sql)})`, first]
  if (exclusions.length > 0) rows = withoutReturns(sql, rows, first, entered)
  for (const step of steps) {
    rows = pass(sql, rows, before, step)
    before = step
  }
  return rows
}

function pass(sql: FunnelSql, rows: string, before: number, step: number): string {
  const { exclusions } = sql.plan.query
  const begins = exclusions.some(({ from_step }) => from_step === step)
  const cleanName = begins ? `moved${step}` : `clean${step}`
  const columns = [`${moved(sql, 'clean', before, step)} AS ${cleanName}`]
  if (exclusions.length > 0) columns.push(`${moved(sql, 'all', before, step)} AS all${step}`)
  const passed = `SELECT *, ${columns.join(', ')} FROM (${rows})`
  return begins ? withoutReturns(sql, passed, step, cleanName) : passed
}

/** SQL of, for each event, the start of the attempt that it takes to a step. */
const moved = (sql: FunnelSql, name: Run, before: number, step: number): string =>
  `arrayMap(
      (tick, mask, start) -> if(bitTest(mask, ${step - 1}) AND start != 0 AND tick - start < ${sql.window}, start, 0),
      ticks, masks, ${shifted(latestAt(sql, name, before))})`

// An attempt that was ended at a step may still stand at the step before. It must not come back by
// another event of the step: it has been there already.
function withoutReturns(sql: FunnelSql, rows: string, step: number, raw: string): string {
  const bits = exclusionsAt(sql.plan.query, step)
  const counted = `SELECT *,
      ${shifted(`arrayFill(start -> start != 0, ${raw})`)} AS before${step},
      arrayCumSum(arrayMap(x -> bitAnd(x, ${bits}) != 0, xs)) AS count${step}
    FROM (${rows})`
  const first = `arrayFill(count -> count != 0, arrayMap(
      (start, before, count) -> if(start != 0 AND start != before, count + 1, 0),
      ${raw}, before${step}, count${step}))`
  return `SELECT *, arrayMap(
      (start, before, count, first) -> if(start = before AND count + 1 != first, 0, start),
      ${raw}, before${step}, count${step}, ${first}) AS clean${step}
    FROM (${counted})`
}

/** SQL of the latest attempt at a step, up to and with each event. */
function latestAt(sql: FunnelSql, name: Run, step: number): string {
  const ends = endings(sql, step).filter((end) => name === 'clean' || !end.forbids)
  const keeps = ['start != 0', ...ends.map(({ condition }) => condition)].join(' OR ')
  const arrays = [`${name}${step}`, ...(ends.length > 0 ? eventArrays(sql) : [])]
  return `arrayFill((${lambdaNames(sql, 'start', ends.length > 0)}) -> ${keeps}, ${arrays.join(', ')})`
}

interface Ending {
  /** SQL that holds for the mask and x of an event that ends attempts. */
  condition: string
  /** Whether it is an exclusion's doing. */
  forbids: boolean
}

/** What ends the attempts that stand at a step. */
export function endings({ plan }: FunnelSql, step: number): Ending[] {
  const { query } = plan
  const ends: Ending[] = []
  if (query.order === 'strict') {
    ends.push({ condition: `bitAnd(mask, ${patience(query.steps, step)}) = 0`, forbids: false })
  }
  const bits = exclusionsAt(query, step)
  if (bits > 0) ends.push({ condition: `bitAnd(x, ${bits}) != 0`, forbids: true })
  return ends
}

/** The steps, as bits, whose events leave an attempt where it stands: its own, and those it may skip. */
export function patience(steps: readonly { optional: boolean }[], step: number): number {
  let bits = 2 ** (step - 1)
  for (let next = step; steps[next]?.optional; next++) bits += 2 ** next
  return bits
}

/** The arrays that tell what an event is, and the lambda variables for them. */
export const eventArrays = (sql: FunnelSql): string[] =>
  sql.plan.query.exclusions.length > 0 ? ['masks', 'xs'] : ['masks']
export const lambdaNames = (sql: FunnelSql, first: string, all = true): string =>
  [first, ...(all ? eventArrays(sql).map((array) => array.slice(0, -1)) : [])].join(', ')

/** SQL of an array in which every event has what was so before it. */
export const shifted = (array: string): string => `arrayPushFront(arrayPopBack(${array}), 0)`

/** SQL of the last of some steps for which something holds; the first where it holds for none after it. */
export const furthestWith = (
  steps: readonly number[],
  condition: (step: number) => string,
): string => {
  const others = steps.slice(1).toReversed()
  return `multiIf(${others.map((step) => `${condition(step)}, ${step}`).join(', ')}, 1)`
}
