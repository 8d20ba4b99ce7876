// The questions and answers of the query API: types, JSON Schema, OpenAPI and the site's client
// all come from these definitions.
import { z } from '@hono/zod-openapi'
import { MAX_PROJECT_ID_LENGTH } from './limits.ts'
import { PROJECT_ID } from './project-id.ts'

export const MAX_FUNNEL_STEPS = 20
export const MIN_FUNNEL_STEPS = 2
export const MAX_BUCKETS = 2_000
export const DEFAULT_BREAKDOWN_LIMIT = 25
export const MAX_BREAKDOWN_LIMIT = 100

export const ProjectId = z
  .string()
  .max(MAX_PROJECT_ID_LENGTH)
  .regex(
    PROJECT_ID,
    'is a lower-case letter, then letters, digits or dashes, after a region and a dot when it has one',
  )
  .openapi({ example: 'default' })

export const PropertyName = z.string().min(1).max(200)

const scalar = z.union([z.string().max(2_000), z.number(), z.boolean()])

export const FILTER_OPERATORS = [
  'is',
  'is_not',
  'contains',
  'not_contains',
  'gt',
  'gte',
  'lt',
  'lte',
  'is_set',
  'is_not_set',
] as const

export const PropertyFilter = z
  .strictObject({
    property: PropertyName.openapi({ example: '$browser' }),
    operator: z.enum(FILTER_OPERATORS).default('is'),
    /** One value, or several of which any one must hold. Not needed by is_set and is_not_set. */
    value: z.union([scalar, z.array(scalar).min(1).max(500)]).optional(),
  })
  .superRefine((filter, context) => {
    const needsNone = filter.operator === 'is_set' || filter.operator === 'is_not_set'
    if (!needsNone && filter.value === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: `is required by operator ${filter.operator}`,
      })
    }
  })
  .openapi('PropertyFilter')
export type PropertyFilter = z.infer<typeof PropertyFilter>

export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const
export const Interval = z.enum(INTERVALS)
export type Interval = z.infer<typeof Interval>

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'is not an IANA time zone')
  .openapi({ example: 'Europe/Berlin' })

/** `YYYY-MM-DD`, or a local date and time `YYYY-MM-DDTHH:MM[:SS]`, or relative: `-7d`, `-24h`, `-4w`, `-3m`. */
export const DateBound = z
  .string()
  .regex(
    /^(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|-\d{1,4}[hdwm])$/,
    'must be YYYY-MM-DD, YYYY-MM-DDTHH:MM, or relative such as -7d (h, d, w, m)',
  )
  .openapi({ example: '-30d' })

/** In the query's time zone. A date alone as date_to means the whole of that day. */
const dateRange = {
  date_from: DateBound.default('-7d'),
  date_to: DateBound.optional(),
  time_zone: TimeZone.default('UTC'),
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
    breakdown_limit: z
      .number()
      .int()
      .min(1)
      .max(MAX_BREAKDOWN_LIMIT)
      .default(DEFAULT_BREAKDOWN_LIMIT),
    /** Events tagged as made by bots are left out unless this is set. */
    include_bots: z.boolean().default(false),
  })
  .openapi('TrendQuery')
export type TrendQuery = z.infer<typeof TrendQuery>

const resultFacts = {
  /** Every event received before this is in the answer; null while nothing was ever received. */
  complete_until: z.iso.datetime().nullable(),
  /** Time spent in the store, milliseconds. */
  duration_ms: z.number(),
  from_cache: z.boolean(),
}

/** Which line of a breakdown: a value of the property, every value outside the top, or no value at all. */
export const BreakdownKind = z.enum(['value', 'other', 'none'])

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
    time_zone: z.string(),
    measure: z.enum(TREND_MEASURES),
    series: z.array(TrendSeries),
    ...resultFacts,
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
    breakdown_limit: z
      .number()
      .int()
      .min(1)
      .max(MAX_BREAKDOWN_LIMIT)
      .default(DEFAULT_BREAKDOWN_LIMIT),
    include_bots: z.boolean().default(false),
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

/** Every error of every API of the core. */
export const ApiError = z
  .object({
    error: z.object({
      code: z.string().openapi({ example: 'invalid_query' }),
      message: z.string(),
      /** The field at fault, dotted; absent when no single field is. */
      field: z.string().optional(),
      /** The values the field may have, when they are few. */
      allowed: z.array(z.string()).optional(),
    }),
  })
  .openapi('ApiError')
export type ApiError = z.infer<typeof ApiError>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // "+02:00" is a zone to Intl and none to the store.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
