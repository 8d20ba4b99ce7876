// Funnels: how many actors take steps, one after the other, within a window. Its questions share their
// steps, so that the same funnel can be seen by step, by time, by its days and by what goes with it.
import { z } from '@hono/zod-openapi'
import { breakdownsBy } from './breakdowns.ts'
import { Filters } from './filters.ts'
import { checkFunnel } from './funnel-rules.ts'
import {
  BreakdownKind,
  BreakdownLimit,
  BreakdownValue,
  EventMatch,
  MAX_BREAKDOWNS,
  PropertyRef,
} from './property.ts'
import { Actor, insightFacts, questionFields, type Settled } from './question.ts'

export const MIN_FUNNEL_STEPS = 2
export const MAX_FUNNEL_STEPS = 20
export const MAX_EXCLUSIONS = 5

/** ordered: other events may lie between. strict: none may. any: the steps come in whatever order. */
export const FUNNEL_ORDERS = ['ordered', 'strict', 'any'] as const
export const FunnelOrder = z.enum(FUNNEL_ORDERS)

/** A month is 30 days. */
export const FUNNEL_WINDOW_UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const

export const StepNumber = z.number().int().min(1).max(MAX_FUNNEL_STEPS)

export const FunnelStage = z
  .strictObject({
    event: EventMatch,
    filters: Filters.default([]),
    /** What to call the step. */
    name: z.string().min(1).max(200).optional(),
    /** May be skipped: changes the numbers of no other step. */
    optional: z.boolean().default(false),
  })
  .openapi('FunnelStage')
export type FunnelStage = z.infer<typeof FunnelStage>

export const FunnelExclusion = z
  .strictObject({
    event: EventMatch,
    filters: Filters.default([]),
    /** Must not happen after this step … */
    from_step: StepNumber.default(1),
    /** … and before this one. @default the last step */
    to_step: StepNumber.optional(),
  })
  .openapi('FunnelExclusion')
export type FunnelExclusion = z.infer<typeof FunnelExclusion>

export const FUNNEL_ATTRIBUTIONS = ['first_touch', 'last_touch', 'all_events'] as const
/** Which event's value an actor is told by. */
export const FunnelAttribution = z
  .union([z.enum(FUNNEL_ATTRIBUTIONS), z.strictObject({ step: StepNumber })])
  .openapi('FunnelAttribution')
export type FunnelAttribution = z.infer<typeof FunnelAttribution>

export const funnelFields = {
  ...questionFields,
  actor: Actor.default('person'),
  steps: z.array(FunnelStage).min(MIN_FUNNEL_STEPS).max(MAX_FUNNEL_STEPS),
  order: FunnelOrder.default('ordered'),
  /** Time allowed from the first step to the last, its end included. */
  window: z
    .strictObject({
      value: z.number().int().min(1).max(10_000),
      unit: z.enum(FUNNEL_WINDOW_UNITS),
    })
    .default({ value: 14, unit: 'day' }),
  exclusions: z.array(FunnelExclusion).max(MAX_EXCLUSIONS).default([]),
}

export const breakdownFields = {
  /** Groups are told apart by the values of all of them together. */
  breakdowns: breakdownsBy(PropertyRef),
  breakdown_limit: BreakdownLimit,
  attribution: FunnelAttribution.default('first_touch'),
}

export const spanFields = {
  from_step: StepNumber.default(1),
  /** @default the last step */
  to_step: StepNumber.optional(),
}

/** How many actors reach each step. */
export const FunnelInsightQuery = z
  .strictObject({ kind: z.literal('funnel'), ...funnelFields, ...breakdownFields })
  .superRefine(checkFunnel)
  .openapi('FunnelInsightQuery')
export type FunnelInsightQuery = Settled<z.infer<typeof FunnelInsightQuery>>

/** What every question about a funnel has. */
export type FunnelQuestion = Settled<z.infer<z.ZodObject<typeof funnelFields>>>
export type FunnelBreakdown = z.infer<z.ZodObject<typeof breakdownFields>>
/** Those which can be broken down. */
export type BrokenDownFunnel = FunnelQuestion & FunnelBreakdown

export const FunnelStageResult = z
  .object({
    /** Null in any order, where step n is whatever was the n-th. */
    event: z.string().nullable(),
    name: z.string().nullable(),
    optional: z.boolean(),
    /** Actors who reached this step within the window. */
    count: z.number(),
    /** Share of step 1, from 0 to 1; null when nobody entered. */
    rate_from_first: z.number().nullable(),
    /** Share of the required step before, from 0 to 1; null when nobody reached it. */
    rate_from_previous: z.number().nullable(),
    /** Actors who stopped at this step and can no longer go on. */
    dropped: z.number(),
    /** Actors who stand at this step and may still go on: their window has not ended. */
    open: z.number(),
    /** Seconds from the required step before, over those who reached this one; null for nobody. */
    mean_seconds: z.number().nullable(),
    median_seconds: z.number().nullable(),
  })
  .openapi('FunnelStageResult')
export type FunnelStageResult = z.infer<typeof FunnelStageResult>

export const FunnelInsightResult = z
  .object({
    kind: z.literal('funnel'),
    groups: z.array(
      z.object({
        breakdown: BreakdownValue,
        /** Actors whom an exclusion keeps out of every step. */
        excluded: z.number(),
        steps: z.array(FunnelStageResult),
      }),
    ),
    ...insightFacts,
  })
  .openapi('FunnelInsightResult')
export type FunnelInsightResult = z.infer<typeof FunnelInsightResult>

export const breakdownSelection = {
  /** As in the group; null in an answer without breakdowns. */
  breakdown: z
    .strictObject({
      kind: BreakdownKind,
      values: z.array(z.string().nullable()).max(MAX_BREAKDOWNS).default([]),
    })
    .nullable()
    .default(null),
}
export type FunnelBreakdownSelection = z.infer<typeof breakdownSelection.breakdown>

export const FUNNEL_OUTCOMES = ['reached', 'converted', 'dropped', 'open', 'excluded'] as const
/** Actors who reached a step, or went on from it, dropped out at it, or stand at it. */
export const FunnelSelection = z
  .strictObject({
    step: StepNumber.default(1),
    outcome: z.enum(FUNNEL_OUTCOMES).default('reached'),
    ...breakdownSelection,
  })
  .openapi('FunnelSelection')
export type FunnelSelection = z.infer<typeof FunnelSelection>
