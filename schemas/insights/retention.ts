import { z } from '@hono/zod-openapi'
import { breakdownsBy } from './breakdowns.ts'
import {
  BreakdownKind,
  BreakdownLimit,
  BreakdownValue,
  MAX_BREAKDOWNS,
  PropertyRef,
} from './property.ts'
import { Actor, EventSelector, insightFacts, questionFields, type Settled } from './question.ts'
import { TimeState } from './time-state.ts'

export const RETENTION_INTERVALS = ['hour', 'day', 'week', 'month'] as const
export const RETENTION_MODES = ['recurring', 'first_time', 'first_ever'] as const
export const RETENTION_WINDOWS = ['calendar', 'from_start'] as const
export const RETENTION_FUNCTIONS = ['sum', 'avg'] as const
/** Of one row, and rows of one answer. */
export const MAX_RETENTION_PERIODS = 400

const pageview = { event: '$pageview', filters: [] }

/** Of those who did one thing in a period, how many did another in each later one. */
export const RetentionQuery = z
  .strictObject({
    kind: z.literal('retention'),
    ...questionFields,
    /** A row is whoever started in one interval of the range. */
    interval: z.enum(RETENTION_INTERVALS).default('day'),
    actor: Actor.default('person'),
    start: EventSelector.default(pageview),
    return: EventSelector.default(pageview),
    /**
     * Which start events count: every one; only an actor's first ever that passes the filters; or
     * only an actor's first ever of that name, and only when it passes the filters.
     */
    mode: z.enum(RETENTION_MODES).default('recurring'),
    /** Periods of a row, that of the start included. @default as many as there are rows */
    periods: z.number().int().min(1).max(MAX_RETENTION_PERIODS).optional(),
    /** Instead of periods: how many periods each column after the first one holds. */
    brackets: z.array(z.number().int().min(1).max(MAX_RETENTION_PERIODS)).min(1).max(50).optional(),
    /** Periods of the calendar, or of even length from each actor's own start. */
    windows: z.enum(RETENTION_WINDOWS).default('calendar'),
    /** Return events that a column needs before an actor counts as returned. */
    minimum_occurrences: z.number().int().min(1).max(1_000_000).default(1),
    /** Counts actors in every column up to the last one in which they returned. */
    cumulative: z.boolean().default(false),
    /** Adds up a property of the return events instead of counting actors. */
    aggregate: z
      .strictObject({ function: z.enum(RETENTION_FUNCTIONS), property: PropertyRef })
      .optional(),
    /** An actor belongs to the value that its first start event of the interval has. */
    breakdowns: breakdownsBy(PropertyRef),
    breakdown_limit: BreakdownLimit,
  })
  .openapi('RetentionQuery')
export type RetentionQuery = Settled<z.infer<typeof RetentionQuery>>

const RetentionRow = z.object({
  /** Actors who started; null while the row's interval lies in the future. */
  size: z.number().nullable(),
  cells: z.array(
    z.object({
      /** Null in the future, and for a mean of nothing. */
      value: z.number().nullable(),
      state: TimeState,
    }),
  ),
})

export const RetentionResult = z
  .object({
    kind: z.literal('retention'),
    /** Start of each row's interval. */
    buckets: z.array(z.string()),
    interval: z.enum(RETENTION_INTERVALS),
    /** The periods after the start that each column holds, from 0. */
    columns: z.array(z.object({ first: z.number(), last: z.number() })),
    groups: z.array(z.object({ breakdown: BreakdownValue, rows: z.array(RetentionRow) })),
    ...insightFacts,
  })
  .openapi('RetentionResult')
export type RetentionResult = z.infer<typeof RetentionResult>

/** The actors of a row who count in one of its columns; of column 0, everybody of the row. */
export const RetentionSelection = z
  .strictObject({
    row: z.number().int().min(0),
    column: z.number().int().min(0).default(0),
    /** As the answer names a group. @default actors of every group */
    breakdown: z
      .strictObject({
        kind: BreakdownKind,
        values: z.array(z.string().max(2_000).nullable()).max(MAX_BREAKDOWNS).default([]),
      })
      .optional(),
  })
  .openapi('RetentionSelection')
export type RetentionSelection = z.infer<typeof RetentionSelection>
