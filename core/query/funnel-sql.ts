import type { FunnelStep } from '@headwater/schemas/insight'
import type { Query } from '../store/store.ts'
import { filterConditions } from './filters.ts'
import type { FunnelPlan } from './funnel.ts'
import { propertyText } from './property.ts'
import { ANY_EVENT, type Scope, scopeConditions } from './scope.ts'
import { SqlParams } from './sql-params.ts'
import { MAX_BREAKDOWN_LENGTH } from './trend.ts'

// windowFunnel tells how far a person came, not when nor from which first event, which we need for
// times, for open windows and for breakdowns. So each person's events become one sorted array, and
// every step one pass over it:
//   p<k>  per event: start of the latest attempt that had reached step k-1 before it, 0 when none
//   h<k>  per event: whether it takes that attempt to step k within the window
//   a<k>  per event: start of the latest attempt that has reached step k after it
// Attempts only ever get younger along the array, so an attempt's first hit is the first with its start.

/** One row per breakdown value: see FunnelRow. */
export function compileFunnel(plan: FunnelPlan): Query {
  const params = new SqlParams()
  const count = plan.query.steps.length
  const windowMs = params.add('Int64', plan.windowMs)
  let persons = personEvents(plan, params)
  for (let step = 2; step <= count; step++) persons = stepPass(persons, step, windowMs)
  const outcomes = outcomeOf(persons, count, windowMs, params.add('Int64', plan.horizon))
  const limit = params.add('UInt32', plan.query.breakdown_limit)
  return { text: groupOutcomes(outcomes, count, limit), params: params.values }
}

/** A person's events in order, and the attempts that their first steps begin. */
function personEvents(plan: FunnelPlan, params: SqlParams): string {
  return `SELECT
    arraySort(groupArray((t, sequence, bitXor(mask, bitAnd(mask, mask - 1)), mask, label))) AS es,
    es.1 AS ts, es.4 AS masks, es.5 AS labels,
    arrayMap((t, m) -> if(bitTest(m, 0), t, 0), ts, masks) AS s1,
    arrayFill(s -> s != 0, s1) AS a1
  FROM (${matchingEvents(plan, params)})
  WHERE mask != 0
  GROUP BY person_id
  HAVING max(bitTest(mask, 0)) = 1`
}

/** Events that match a step, with a bit for each step they match. */
function matchingEvents({ query, from, to, windowMs }: FunnelPlan, params: SqlParams): string {
  const names = query.steps.map(({ event }) => event)
  const scope: Scope = {
    ...query,
    from,
    // Somebody who entered in the last moment has the whole window, too.
    to: Math.min(to + windowMs, MAX_INSTANT_MS),
    endIncluded: true,
    events: names.includes(ANY_EVENT) ? null : [...new Set(names)],
  }
  const bits = query.steps.map((step, index) => {
    const entry = index === 0 ? ` AND t < ${params.add('Int64', to)}` : ''
    return `bitShiftLeft(toUInt32(${stepCondition(step, index, params)}${entry}), ${index})`
  })
  const { breakdown } = query
  const label =
    breakdown === undefined
      ? `''`
      : `if(bitTest(mask, 0), leftUTF8(${propertyText(breakdown, params)}, ${MAX_BREAKDOWN_LENGTH}), '')`
  return `SELECT person_id, toUnixTimestamp64Milli(timestamp) AS t, sequence,
      toUInt32(${bits.join(' + ')}) AS mask,
      ${label} AS label
    FROM events
    WHERE ${scopeConditions(scope, params)}`
}

function stepCondition(step: FunnelStep, index: number, params: SqlParams): string {
  const event = step.event === ANY_EVENT ? '1' : `event = ${params.add('String', step.event)}`
  return [event, ...filterConditions(step.filters, params, `steps.${index}.filters`)].join(' AND ')
}

function stepPass(persons: string, step: number, windowMs: string): string {
  const [p, h, a] = [`p${step}`, `h${step}`, `a${step}`]
  return `SELECT *,
    arrayPushFront(arrayPopBack(a${step - 1}), 0) AS ${p},
    arrayMap((t, m, p) -> bitTest(m, ${step - 1}) AND p != 0 AND t - p <= ${windowMs}, ts, masks, ${p}) AS ${h},
    arrayFill((p, h) -> h, ${p}, ${h}) AS ${a}
  FROM (${persons})`
}

/** A person's furthest step, the first attempt that reached it, and that attempt's times. */
function outcomeOf(persons: string, count: number, windowMs: string, horizon: string): string {
  const steps = Array.from({ length: count - 1 }, (_, index) => index + 2)
  const furthest = steps.toReversed().map((k) => `has(h${k}, 1), ${k}`)
  const starts = steps.toReversed().map((k) => `m = ${k}, arrayFirst((p, h) -> h, p${k}, h${k})`)
  const times = steps.map((k) => `arrayFirst((t, h, p) -> h AND p = s, ts, h${k}, p${k}) AS t${k}`)
  return `SELECT
    multiIf(${furthest.join(', ')}, 1) AS m,
    multiIf(${starts.join(', ')}, arrayFirst(s -> s != 0, s1)) AS s,
    s AS t1, ${times.join(', ')},
    arrayFirst((l, t) -> t = s, labels, s1) AS label,
    a1[-1] + ${windowMs} >= ${horizon} AS is_open
  FROM (${persons})`
}

function groupOutcomes(outcomes: string, count: number, limit: string): string {
  const steps = Array.from({ length: count }, (_, index) => index + 1)
  const gaps = steps.slice(1)
  const gap = (k: number) => `(t${k} - t${k - 1}) / 1000`
  const list = (parts: readonly string[]) => `[${parts.join(', ')}]`
  const facts = [
    ...steps.map((k) => `countIf(m = ${k}) AS standing_${k}`),
    ...steps.map((k) => `countIf(m = ${k} AND is_open) AS open_${k}`),
    ...gaps.map((k) => `avgStateIf(${gap(k)}, m >= ${k}) AS mean_${k}`),
    ...gaps.map((k) => `quantileExactInclusiveStateIf(0.5)(${gap(k)}, m >= ${k}) AS median_${k}`),
  ]
  const sums = (name: string) => list(steps.map((k) => `sum(${name}_${k})`))
  const merged = (merge: string, name: string) =>
    list(['NULL', ...gaps.map((k) => `toNullable(${merge}(${name}_${k}))`)])
  return `SELECT kind, value,
    ${sums('standing')} AS standing,
    ${sums('open')} AS open,
    ${merged('avgMerge', 'mean')} AS mean_seconds,
    ${merged('quantileExactInclusiveMerge(0.5)', 'median')} AS median_seconds
  FROM (
    SELECT *,
      row_number() OVER (ORDER BY label = '' ASC, persons DESC, label ASC) AS place,
      multiIf(label = '', 'none', place <= ${limit}, 'value', 'other') AS kind,
      if(kind = 'value', label, '') AS value
    FROM (
      SELECT label, count() AS persons, ${facts.join(',\n        ')}
      FROM (${outcomes})
      GROUP BY label))
  GROUP BY kind, value`
}

/** The end of the store's time column. */
const MAX_INSTANT_MS = Date.UTC(2299, 0, 1)
