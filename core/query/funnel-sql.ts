import type { FunnelStep } from '@headwater/schemas/insight'
import type { Query } from '../store/store.ts'
import { filterConditions } from './filters.ts'
import type { FunnelPlan } from './funnel.ts'
import { propertyText } from './property.ts'
import { ANY_EVENT, type Scope, scopeConditions } from './scope.ts'
import { Statement } from './statement.ts'
import { MAX_BREAKDOWN_LENGTH } from './trend.ts'

// windowFunnel tells how far a person came, not when nor from which first event, which we need for
// times, for open windows and for breakdowns. So each person's events become one sorted array, and
// every step one pass over it that makes the array s<k>: for each event, the start of the attempt that
// it takes to step k, or 0. Attempts only get younger along it, so the latest one before an event is
// the last that is not 0, and an attempt's own first event of a step is the first with its start.

/** One row per breakdown value: see FunnelRow. */
export function compileFunnel(plan: FunnelPlan): Query {
  const params = new Statement(plan.query.project)
  const count = plan.query.steps.length
  const windowMs = params.add('Int64', plan.windowMs)
  let persons = personEvents(plan, params)
  for (let step = 2; step <= count; step++) persons = stepPass(persons, step, windowMs)
  const outcomes = outcomeOf(persons, count, windowMs, params.add('Int64', plan.horizon))
  const limit = params.add('UInt32', plan.query.breakdown_limit)
  return { text: groupOutcomes(outcomes, count, limit), params: params.values }
}

/** A person's events in order; those of the first step begin attempts. */
function personEvents(plan: FunnelPlan, params: Statement): string {
  return `SELECT es.1 AS ts, es.4 AS masks, es.5 AS labels,
    arrayMap(e -> if(bitTest(e.4, 0), e.1, 0), es) AS s1
  FROM (
    SELECT arraySort(groupArray(
      (t, sequence, bitXor(mask, bitAnd(mask, mask - 1)), mask, label))) AS es
    FROM (${matchingEvents(plan, params)})
    WHERE mask != 0
    GROUP BY person_id
    HAVING max(bitTest(mask, 0)) = 1)`
}

/** Events that match a step, with a bit for each step they match. */
function matchingEvents({ query, from, to, windowMs }: FunnelPlan, params: Statement): string {
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
      : `if(bitTest(mask, 0), leftUTF8(${propertyText({ property: breakdown }, params)}, ${MAX_BREAKDOWN_LENGTH}), '')`
  return `SELECT person_id, toUnixTimestamp64Milli(timestamp) AS t, sequence,
      toUInt32(${bits.join(' + ')}) AS mask,
      ${label} AS label
    FROM events
    WHERE ${scopeConditions(scope, params)}`
}

function stepCondition(step: FunnelStep, index: number, params: Statement): string {
  const event = step.event === ANY_EVENT ? '1' : `event = ${params.add('String', step.event)}`
  return [event, ...filterConditions(step.filters, params, `steps.${index}.filters`)].join(' AND ')
}

function stepPass(persons: string, step: number, windowMs: string): string {
  const latest = `arrayFill(start -> start != 0, s${step - 1})`
  return `SELECT *, arrayMap(
      (t, mask, start) -> if(bitTest(mask, ${step - 1}) AND start != 0 AND t - start <= ${windowMs}, start, 0),
      ts, masks, arrayPushFront(arrayPopBack(${latest}), 0)) AS s${step}
  FROM (${persons})`
}

/** A person's furthest step, the first attempt that reached it, and its milliseconds from step to step. */
function outcomeOf(persons: string, count: number, windowMs: string, horizon: string): string {
  const steps = stepNumbers(count)
  const descending = steps.slice(1).toReversed()
  const firstOf = (step: number) => `arrayFirst(start -> start != 0, s${step})`
  const furthest = descending.map((step) => `arrayExists(start -> start != 0, s${step}), ${step}`)
  const attempts = descending.map((step) => `furthest = ${step}, ${firstOf(step)}`)
  const reached = `arraySlice([${steps.map((step) => `s${step}`).join(', ')}], 1, furthest)`
  // One SELECT each: within one, every use of an alias would repeat its whole expression.
  const withFurthest = `SELECT *, multiIf(${furthest.join(', ')}, 1) AS furthest FROM (${persons})`
  const withAttempt = `SELECT *, multiIf(${attempts.join(', ')}, ${firstOf(1)}) AS attempt
  FROM (${withFurthest})`
  return `SELECT furthest,
    arrayPopFront(arrayDifference(arrayMap(s -> ts[indexOf(s, attempt)], ${reached}))) AS gaps,
    labels[indexOf(s1, attempt)] AS label,
    arrayMax(s1) + ${windowMs} >= ${horizon} AS is_open
  FROM (${withAttempt})`
}

function groupOutcomes(outcomes: string, count: number, limit: string): string {
  const steps = `[${stepNumbers(count).join(', ')}]`
  return `SELECT kind, value,
    sumForEach(standing) AS standing,
    sumForEach(open) AS open,
    arrayMap(ms -> ms / 1000, avgForEachMerge(mean)) AS mean_seconds,
    arrayMap(ms -> ms / 1000, quantileExactInclusiveForEachMerge(0.5)(median)) AS median_seconds
  FROM (
    SELECT *,
      row_number() OVER (ORDER BY label = '' ASC, persons DESC, label ASC) AS place,
      multiIf(label = '', 'none', place <= ${limit}, 'value', 'other') AS kind,
      if(kind = 'value', label, '') AS value
    FROM (
      SELECT label, count() AS persons,
        sumForEach(arrayMap(step -> step = furthest, ${steps})) AS standing,
        sumForEach(arrayMap(step -> step = furthest AND is_open, ${steps})) AS open,
        avgForEachState(gaps) AS mean,
        quantileExactInclusiveForEachState(0.5)(gaps) AS median
      FROM (${outcomes})
      GROUP BY label))
  GROUP BY kind, value`
}

const stepNumbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)

/** The end of the store's time column. */
const MAX_INSTANT_MS = Date.UTC(2299, 0, 1)
