// The questions and answers of the query API: types, JSON Schema, OpenAPI and the site's client
// all come from these definitions.
import { z } from '@hono/zod-openapi'
import { MAX_FUNNEL_STEPS, MIN_FUNNEL_STEPS } from './insights/funnel.ts'
import {
  BreakdownKind,
  BreakdownLimit,
  DEFAULT_BREAKDOWN_LIMIT,
  MAX_BREAKDOWN_LIMIT,
  PropertyFilter,
  PropertyName,
} from './insights/property.ts'
import {
  ApiError,
  ProjectId,
  questionFields,
  resultFacts,
  settledFacts,
} from './insights/question.ts'
import {
  DateBound,
  dateRange,
  INTERVALS,
  Interval,
  MAX_BUCKETS,
  TimeZone,
} from './insights/range.ts'

export { FILTER_OPERATORS } from './insights/property.ts'
export {
  ApiError,
  BreakdownKind,
  DateBound,
  DEFAULT_BREAKDOWN_LIMIT,
  INTERVALS,
  Interval,
  MAX_BREAKDOWN_LIMIT,
  MAX_BUCKETS,
  MAX_FUNNEL_STEPS,
  MIN_FUNNEL_STEPS,
  ProjectId,
  PropertyFilter,
  PropertyName,
  TimeZone,
}

export const TREND_MEASURES = ['total', 'unique_persons'] as const

export const TrendQuery = z
  .strictObject({
    project: ProjectId,
    /** Event name; `*` counts every event. */
    event: z.string().min(1).max(200).openapi({ example: '$pageview' }),
    measure: z.enum(TREND_MEASURES).default('total'),
    interval: Interval.default('day'),
    ...dateRange,
    filters: z.array(PropertyFilter).max(50).default([]),
    breakdown: PropertyName.optional().openapi({ example: '$country' }),
    breakdown_limit: BreakdownLimit,
    /** Events tagged as made by bots are left out unless this is set. */
    include_bots: z.boolean().default(false),
    exclude_internal: questionFields.exclude_internal,
  })
  .openapi('TrendQuery')
export type TrendQuery = z.infer<typeof TrendQuery>

export const TrendSeries = z
  .object({
    event: z.string(),
    breakdown: z.object({ kind: BreakdownKind, value: z.string() }).nullable(),
    /** One number per bucket, in the order of `buckets`. */
    values: z.array(z.number()),
    /** Over the whole range: for unique_persons a true count of persons, not the sum of the values. */
    total: z.number(),
  })
  .openapi('TrendSeries')

export const TrendResult = z
  .object({
    /** Start of each bucket, RFC 3339 with the offset of the query's time zone. */
    buckets: z.array(z.string()),
    interval: Interval,
    measure: z.enum(TREND_MEASURES),
    series: z.array(TrendSeries),
    ...resultFacts,
    ...settledFacts,
  })
  .openapi('TrendResult')
export type TrendResult = z.infer<typeof TrendResult>

export const FunnelStep = z
  .strictObject({
    event: z.string().min(1).max(200).openapi({ example: 'signup_click' }),
    filters: z.array(PropertyFilter).max(50).default([]),
  })
  .openapi('FunnelStep')
export type FunnelStep = z.infer<typeof FunnelStep>

export const WINDOW_UNITS = ['second', 'minute', 'hour', 'day', 'week'] as const

export const FunnelQuery = z
  .strictObject({
    project: ProjectId,
    steps: z.array(FunnelStep).min(MIN_FUNNEL_STEPS).max(MAX_FUNNEL_STEPS),
    /** Time allowed from the first step to the last, its end included. */
    conversion_window: z
      .strictObject({ value: z.number().int().min(1).max(10_000), unit: z.enum(WINDOW_UNITS) })
      .default({ value: 14, unit: 'day' }),
    ...dateRange,
    filters: z.array(PropertyFilter).max(50).default([]),
    breakdown: PropertyName.optional().openapi({ example: '$browser' }),
    breakdown_limit: BreakdownLimit,
    include_bots: z.boolean().default(false),
    exclude_internal: questionFields.exclude_internal,
  })
  .openapi('FunnelQuery')
export type FunnelQuery = z.infer<typeof FunnelQuery>

export const FunnelStepResult = z
  .object({
    event: z.string(),
    /** Persons who reached this step within the window. */
    count: z.number(),
    /** Share of step 1, from 0 to 1; null when nobody entered. */
    rate_from_first: z.number().nullable(),
    /** Share of the step before, from 0 to 1; null when nobody reached it. */
    rate_from_previous: z.number().nullable(),
    /** Persons who stopped at this step and whose window has ended. */
    dropped: z.number(),
    /** Persons who stand at this step and may still convert: their window has not ended. */
    open: z.number(),
    /** Seconds from the previous step, over those who reached this one; null for step 1 and for nobody. */
    mean_seconds: z.number().nullable(),
    median_seconds: z.number().nullable(),
  })
  .openapi('FunnelStepResult')

export const FunnelResult = z
  .object({
    /** One funnel, or one per breakdown value: the value the person had on the first step. */
    groups: z.array(
      z.object({
        breakdown: z.object({ kind: BreakdownKind, value: z.string() }).nullable(),
        steps: z.array(FunnelStepResult),
      }),
    ),
    ...resultFacts,
    ...settledFacts,
  })
  .openapi('FunnelResult')
export type FunnelResult = z.infer<typeof FunnelResult>

/** GET /api/events/names: what a picker can offer. */
export const EventNames = z
  .object({
    events: z.array(z.object({ event: z.string(), count: z.number(), last_seen: z.string() })),
  })
  .openapi('EventNames')
export type EventNames = z.infer<typeof EventNames>

/** GET /api/properties: names to filter and break down by, as seen in a sample of recent events. */
export const PropertyNames = z
  .object({
    properties: z.array(
      z.object({
        property: z.string(),
        /** Whether the server writes it, or senders do. */
        source: z.enum(['server', 'sender']),
      }),
    ),
  })
  .openapi('PropertyNames')
export type PropertyNames = z.infer<typeof PropertyNames>

/** GET /api/freshness: how far the answers are complete, and how far behind the log they are. */
export const Freshness = z
  .object({
    complete_until: z.iso.datetime().nullable(),
    /** Records acknowledged by the log and not yet in the store. */
    lag_records: z.number(),
  })
  .openapi('Freshness')
export type Freshness = z.infer<typeof Freshness>
