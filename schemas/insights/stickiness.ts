import { z } from '@hono/zod-openapi'
import { breakdownsBy } from './breakdowns.ts'
import { breakdownSelection } from './funnel.ts'
import { BreakdownLimit, BreakdownValue, PropertyRef } from './property.ts'
import { Actor, EventSelector, insightFacts, questionFields, type Settled } from './question.ts'
import { Interval } from './range.ts'
import { MAX_SERIES, SeriesIndex } from './series.ts'

export const CRITERION_OPERATORS = ['gte', 'lte', 'is'] as const

/** In how many intervals of the range actors were active. */
export const StickinessQuery = z
  .strictObject({
    kind: z.literal('stickiness'),
    ...questionFields,
    interval: Interval.default('day'),
    actor: Actor.default('person'),
    series: z.array(EventSelector).min(1).max(MAX_SERIES),
    /** Splits every series by values of properties, or by cohorts. */
    breakdowns: breakdownsBy(PropertyRef),
    breakdown_limit: BreakdownLimit,
    /** How many events make an interval an active one. */
    criterion: z
      .strictObject({
        operator: z.enum(CRITERION_OPERATORS),
        value: z.number().int().min(1).max(1_000_000),
      })
      .default({ operator: 'gte', value: 1 }),
    /** Counts actors who were active in at least so many intervals. */
    cumulative: z.boolean().default(false),
  })
  .openapi('StickinessQuery')
export type StickinessQuery = Settled<z.infer<typeof StickinessQuery>>

export const StickinessResult = z
  .object({
    kind: z.literal('stickiness'),
    /** How many intervals the range has. */
    intervals: z.number(),
    series: z.array(
      z.object({
        /** Place in the question. */
        series: z.number(),
        event: z.string(),
        breakdown: BreakdownValue,
        /** Actors active in 1, 2, … intervals. */
        counts: z.array(z.number()),
      }),
    ),
    ...insightFacts,
  })
  .openapi('StickinessResult')
export type StickinessResult = z.infer<typeof StickinessResult>

/** Actors who were active in so many intervals; with cumulative, in at least so many. */
export const StickinessSelection = z
  .strictObject({
    series: SeriesIndex,
    intervals: z.number().int().min(1),
    ...breakdownSelection,
  })
  .openapi('StickinessSelection')
export type StickinessSelection = z.infer<typeof StickinessSelection>
