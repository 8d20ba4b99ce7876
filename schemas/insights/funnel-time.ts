import { z } from '@hono/zod-openapi'
import { breakdownFields, breakdownSelection, funnelFields, spanFields } from './funnel.ts'
import { checkFunnel } from './funnel-rules.ts'
import { BreakdownValue } from './property.ts'
import { insightFacts, type Settled } from './question.ts'

export const MAX_HISTOGRAM_BINS = 90

/** How long actors take from one step to another. */
export const FunnelTimeQuery = z
  .strictObject({
    kind: z.literal('funnel_time'),
    ...funnelFields,
    ...breakdownFields,
    ...spanFields,
    /** How many bars the histogram has. @default as many as suit the number of actors */
    bins: z.number().int().min(1).max(MAX_HISTOGRAM_BINS).optional(),
  })
  .superRefine(checkFunnel)
  .openapi('FunnelTimeQuery')
export type FunnelTimeQuery = Settled<z.infer<typeof FunnelTimeQuery>>

export const FunnelTimeResult = z
  .object({
    kind: z.literal('funnel_time'),
    /** Where the bars begin, and where the last one ends, seconds; empty when nobody converted. */
    edges: z.array(z.number()),
    groups: z.array(
      z.object({
        breakdown: BreakdownValue,
        /** Actors who reached the later step. */
        count: z.number(),
        mean_seconds: z.number().nullable(),
        median_seconds: z.number().nullable(),
        min_seconds: z.number().nullable(),
        max_seconds: z.number().nullable(),
        /** Actors per bar. A bar begins at its edge and ends before the next; the last has its end, too. */
        bars: z.array(z.number()),
      }),
    ),
    ...insightFacts,
  })
  .openapi('FunnelTimeResult')
export type FunnelTimeResult = z.infer<typeof FunnelTimeResult>

/** Actors who reached the later step, in one bar or in all of them. */
export const FunnelTimeSelection = z
  .strictObject({
    /** From 0; null for all. */
    bar: z
      .number()
      .int()
      .min(0)
      .max(MAX_HISTOGRAM_BINS - 1)
      .nullable()
      .default(null),
    ...breakdownSelection,
  })
  .openapi('FunnelTimeSelection')
export type FunnelTimeSelection = z.infer<typeof FunnelTimeSelection>
