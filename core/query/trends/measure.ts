import {
  MEASURES,
  type Measure,
  PER_ACTOR_MEASURES,
  SESSION_DURATION,
  type TrendsQuery,
  type TrendsSeries,
} from '@headwater/schemas/insights/trends'

/** How a measure is made from events. */
export type Method =
  | 'events'
  | 'numbers'
  | 'session_durations'
  | 'session_numbers'
  | 'uniques'
  | 'rolling'
  | 'firsts'
  | 'per_actor'

type Measured = Pick<TrendsSeries, 'measure' | 'measure_property'>

const UNIQUES: readonly Measure[] = ['unique_persons', 'unique_sessions', 'unique_groups']
const FIRSTS: readonly Measure[] = ['first_time', 'first_matching']
/** Trailing local days. */
const ROLLING_DAYS: Partial<Record<Measure, number>> = { weekly_active: 7, monthly_active: 30 }
const QUANTILES: Record<string, number> = {
  median: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
}

export function methodOf({ measure, measure_property }: Measured): Method {
  if (measure === 'total') return 'events'
  if (UNIQUES.includes(measure)) return 'uniques'
  if (FIRSTS.includes(measure)) return 'firsts'
  if (measure in ROLLING_DAYS) return 'rolling'
  if ((PER_ACTOR_MEASURES as readonly Measure[]).includes(measure)) return 'per_actor'
  if (isSessionDuration(measure_property)) return 'session_durations'
  return measure_property?.type === 'session' ? 'session_numbers' : 'numbers'
}

export const rollingDays = ({ measure }: Measured): number => ROLLING_DAYS[measure] ?? 1

/** What a bucket shows in which there is nothing: of nothing there is a count and a sum, but no average. */
export const emptyAmount = (series: Measured): 0 | null =>
  series.measure === 'sum' || isCount(series) ? 0 : null

/** Whether what happened in several buckets is told by what is new in each. */
export const canAccumulate = (series: Measured): boolean =>
  (series.measure === 'sum' && methodOf(series) === 'numbers') ||
  (isCount(series) && methodOf(series) !== 'rolling')

export const measuresOf = (holds: (series: Measured) => boolean): Measure[] =>
  MEASURES.filter((measure) => holds({ measure }))

const isSessionDuration = (ref: Measured['measure_property']): boolean =>
  ref?.property === SESSION_DURATION && ['event', 'session'].includes(ref.type ?? 'event')

const isCount = (series: Measured): boolean =>
  ['events', 'uniques', 'rolling', 'firsts'].includes(methodOf(series))

/** A function of the store that makes one number of many; in parts, too, that are merged. */
export interface Aggregate {
  name: string
  /** Of the function itself, in their parentheses. */
  parameters: string
}

/** Sum, avg, min, max or a quantile, whichever the measure names; null of no values, but for a sum. */
export function aggregateOf(measure: Measure): Aggregate {
  const name = measure.replace('_per_actor', '')
  const quantile = QUANTILES[name]
  // Exact: quantile() samples, and two runs of it may differ.
  if (quantile !== undefined) {
    return { name: 'quantileExactInclusiveOrNull', parameters: `(${quantile})` }
  }
  return { name: name === 'sum' ? 'sum' : `${name}OrNull`, parameters: '' }
}

/** SQL of that number. */
export function aggregateSql(measure: Measure, column: string): string {
  const { name, parameters } = aggregateOf(measure)
  const amount = `${name}${parameters}(${column})`
  return name === 'sum' ? `ifNull(${amount}, 0)` : amount
}

/** Whether the amount of several values is made of what was gathered for each of them. */
export const canMerge = (
  series: Measured,
  { cumulative }: Pick<TrendsQuery, 'cumulative'>,
): boolean => {
  const method = methodOf(series)
  // What accumulates counts a unit once for all of them, where it is first seen.
  return method === 'events' || method === 'numbers' || (method === 'uniques' && !cumulative)
}
