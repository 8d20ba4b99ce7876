import { z } from '@hono/zod-openapi'
import { breakdownsBy } from './breakdowns.ts'
import { Filters } from './filters.ts'
import {
  Breakdown,
  BreakdownKind,
  BreakdownLimit,
  BreakdownValue,
  EventMatch,
  MAX_BREAKDOWNS,
  PropertyRef,
} from './property.ts'
import { Actor, insightFacts, questionFields, type Settled } from './question.ts'
import { CompareTo, Interval } from './range.ts'
import { MAX_SERIES, SeriesIndex } from './series.ts'
import { TimeState } from './time-state.ts'

/** Of the numbers that a property has. */
export const PROPERTY_MEASURES = [
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'p75',
  'p90',
  'p95',
  'p99',
] as const
/** Of how many events each actor has, over the actors who have any. */
export const PER_ACTOR_MEASURES = [
  'avg_per_actor',
  'min_per_actor',
  'max_per_actor',
  'median_per_actor',
  'p75_per_actor',
  'p90_per_actor',
  'p95_per_actor',
  'p99_per_actor',
] as const
export const MEASURES = [
  'total',
  'unique_persons',
  'unique_sessions',
  'unique_groups',
  'weekly_active',
  'monthly_active',
  'first_time',
  'first_matching',
  ...PER_ACTOR_MEASURES,
  ...PROPERTY_MEASURES,
] as const
export const Measure = z.enum(MEASURES)
export type Measure = z.infer<typeof Measure>

/** What is measured as one value per session: seconds from its first event to its last. */
export const SESSION_DURATION = '$session_duration'

/** Needed by exactly these measures. */
const NEEDED = {
  measure_property: PROPERTY_MEASURES as readonly Measure[],
  group: ['unique_groups'] as readonly Measure[],
}

/** What is counted, of which events. */
export const TrendsSeries = z
  .strictObject({
    event: EventMatch,
    filters: Filters.default([]),
    /** unique_persons counts actors of the question's kind. */
    measure: Measure.default('total'),
    /** Of sum, avg, min, max and the quantiles; `$session_duration` stands for sessions' seconds. */
    measure_property: PropertyRef.optional(),
    /** Of unique_groups: which kind of group. */
    group: z.string().min(1).max(200).openapi({ example: 'company' }).optional(),
  })
  .superRefine((series, context) => {
    for (const field of ['measure_property', 'group'] as const) {
      const isNeeded = NEEDED[field].includes(series.measure)
      if (isNeeded === (series[field] !== undefined)) continue
      const message = isNeeded
        ? `is required by measure ${series.measure}`
        : `does not go with measure ${series.measure}`
      context.addIssue({ code: 'custom', path: [field], message })
    }
  })
  .openapi('TrendsSeries')
export type TrendsSeries = z.infer<typeof TrendsSeries>

export const MAX_FORMULAS = 10
export const MAX_FORMULA_LENGTH = 200
export const MAX_SMOOTHING = 100
/** Countries that a map shows. */
export const MAP_LIMIT = 250

export const DISPLAYS = ['time', 'single_number', 'table', 'map'] as const
export const PERIODS = ['current', 'previous'] as const
export const PeriodName = z.enum(PERIODS)
export type PeriodName = z.infer<typeof PeriodName>

/** A measure over time, of one or several series. */
export const TrendsQuery = z
  .strictObject({
    kind: z.literal('trends'),
    ...questionFields,
    interval: Interval.default('day'),
    actor: Actor.default('person'),
    series: z.array(TrendsSeries).min(1).max(MAX_SERIES),
    /** Lines are told apart by the values of all of them together. */
    breakdowns: breakdownsBy(Breakdown),
    breakdown_limit: BreakdownLimit,
    /** Shown in place of the series, which are A, B, … in it: + - * / % ** and parentheses. */
    formulas: z
      .array(z.string().min(1).max(MAX_FORMULA_LENGTH).openapi({ example: 'B / A * 100' }))
      .max(MAX_FORMULAS)
      .default([]),
    /** Adds the same lines of an earlier time. */
    compare: z.strictObject({ to: CompareTo.default('previous') }).optional(),
    /** Each bucket counts everything since the start of the range. */
    cumulative: z.boolean().default(false),
    /** Each bucket shows the mean of itself and those before it, so many in all. */
    smoothing: z.number().int().min(1).max(MAX_SMOOTHING).default(1),
    /** All but `time` have one bucket, the whole range. A map is by country. */
    display: z.enum(DISPLAYS).default('time'),
  })
  .openapi('TrendsQuery')
export type TrendsQuery = Settled<z.infer<typeof TrendsQuery>>

/** Null where there is nothing to measure: an average of no values, a division by zero. */
const Amount = z.number().nullable()

export const TrendsLine = z
  .object({
    /** Which series, from 0; null on a formula's line. */
    series: z.number().nullable(),
    /** Which formula, from 0; null on a series' line. */
    formula: z.number().nullable(),
    period: PeriodName,
    breakdown: BreakdownValue,
    /** One per bucket of the period. */
    values: z.array(Amount),
    /** Over the whole range: of uniques a true count, not the sum of the values. */
    total: Amount,
  })
  .openapi('TrendsLine')
export type TrendsLine = z.infer<typeof TrendsLine>

export const TrendsResult = z
  .object({
    kind: z.literal('trends'),
    /** Start of each bucket, RFC 3339 with the offset of the query's time zone. */
    buckets: z.array(z.string()),
    /** Of every bucket. */
    states: z.array(TimeState),
    /** Those of the earlier time, to be laid over them from the first on; null without compare. */
    previous_buckets: z.array(z.string()).nullable(),
    series: z.array(TrendsLine),
    ...insightFacts,
  })
  .openapi('TrendsResult')
export type TrendsResult = z.infer<typeof TrendsResult>

/** Actors with an event that counts in one bucket of one line. */
export const TrendsSelection = z
  .strictObject({
    series: SeriesIndex,
    period: PeriodName.default('current'),
    /** As in `buckets` or `previous_buckets`; null for the whole range. */
    bucket: z.string().max(40).nullable().default(null),
    /** As on the line. */
    breakdown: z
      .strictObject({
        kind: BreakdownKind,
        values: z.array(z.string().nullable()).max(MAX_BREAKDOWNS).default([]),
      })
      .nullable()
      .default(null),
  })
  .openapi('TrendsSelection')
export type TrendsSelection = z.infer<typeof TrendsSelection>
