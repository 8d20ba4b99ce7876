import type { Measure } from '@headwater/schemas/insights/trends'
import { CHARTS } from './choices.ts'

export type TrendsMeasure = Measure

export const TRENDS_MEASURES: Record<TrendsMeasure, string> = {
  total: 'Total events',
  unique_persons: 'Unique persons',
  unique_sessions: 'Unique sessions',
  unique_groups: 'Unique groups',
  weekly_active: 'Weekly active persons',
  monthly_active: 'Monthly active persons',
  first_time: 'First time ever',
  first_matching: 'First time that passes the filters',
  avg_per_actor: 'Events per person: mean',
  min_per_actor: 'Events per person: least',
  max_per_actor: 'Events per person: most',
  median_per_actor: 'Events per person: median',
  p75_per_actor: 'Events per person: 75th percentile',
  p90_per_actor: 'Events per person: 90th percentile',
  p95_per_actor: 'Events per person: 95th percentile',
  p99_per_actor: 'Events per person: 99th percentile',
  sum: 'Sum of a property',
  avg: 'Mean of a property',
  min: 'Least of a property',
  max: 'Most of a property',
  median: 'Median of a property',
  p75: '75th percentile of a property',
  p90: '90th percentile of a property',
  p95: '95th percentile of a property',
  p99: '99th percentile of a property',
}

/** Those of the numbers that a property has. */
const OF_A_PROPERTY = ' of a property'
export const isOfProperty = (measure: TrendsMeasure): boolean =>
  TRENDS_MEASURES[measure].endsWith(OF_A_PROPERTY)

/** `Sum of amount`, `Total events`. */
export function measureWords(measure: TrendsMeasure, property: string | undefined): string {
  const words = TRENDS_MEASURES[measure]
  if (!isOfProperty(measure) || property === undefined) return words
  const name = property === SESSION_DURATION ? 'session duration, s' : property
  return `${words.slice(0, -OF_A_PROPERTY.length)} of ${name}`
}

/** One value for each session: its seconds. */
export const SESSION_DURATION = '$session_duration'

/** What an earlier time is: the same length just before, or so much earlier. */
export const COMPARED = {
  previous: 'The time before',
  '-1d': 'A day earlier',
  '-1w': 'A week earlier',
  '-1m': 'A month earlier',
  '-1q': 'A quarter earlier',
  '-1y': 'A year earlier',
} as const
export type Compared = keyof typeof COMPARED

/** How an answer is shown: over time, or the whole range at once. */
export const VIEWS = { ...CHARTS, number: 'Number', table: 'Table', map: 'World map' } as const
export type View = keyof typeof VIEWS
