import { z } from '@hono/zod-openapi'
import { breakdownFields, breakdownSelection, funnelFields, spanFields } from './funnel.ts'
import { checkFunnel } from './funnel-rules.ts'
import { BreakdownValue } from './property.ts'
import { insightFacts, type Settled } from './question.ts'
import { Interval } from './range.ts'

/** How many actors convert, by when they entered. */
export const FunnelTrendQuery = z
  .strictObject({
    kind: z.literal('funnel_trend'),
    ...funnelFields,
    ...breakdownFields,
    ...spanFields,
    interval: Interval.default('day'),
  })
  .superRefine(checkFunnel)
  .openapi('FunnelTrendQuery')
export type FunnelTrendQuery = Settled<z.infer<typeof FunnelTrendQuery>>

export const FunnelTrendResult = z
  .object({
    kind: z.literal('funnel_trend'),
    /** Start of each bucket, RFC 3339 with the offset of the query's time zone. */
    buckets: z.array(z.string()),
    /** Per bucket, whether the window of everybody who entered in it has ended. */
    complete: z.array(z.boolean()),
    groups: z.array(
      z.object({
        breakdown: BreakdownValue,
        /** Per bucket, actors who entered in it and reached the earlier step. */
        entered: z.array(z.number()),
        /** Those of them who reached the later step. */
        converted: z.array(z.number()),
        /** Those of them who did not yet, and still may. */
        open: z.array(z.number()),
        /** Share of those who entered, from 0 to 1; null where nobody did. */
        rates: z.array(z.number().nullable()),
      }),
    ),
    ...insightFacts,
  })
  .openapi('FunnelTrendResult')
export type FunnelTrendResult = z.infer<typeof FunnelTrendResult>

export const FUNNEL_TREND_OUTCOMES = ['entered', 'converted', 'dropped', 'open'] as const
/** Actors who entered in one bucket. */
export const FunnelTrendSelection = z
  .strictObject({
    /** As in `buckets`. */
    bucket: z.string().max(40),
    outcome: z.enum(FUNNEL_TREND_OUTCOMES).default('entered'),
    ...breakdownSelection,
  })
  .openapi('FunnelTrendSelection')
export type FunnelTrendSelection = z.infer<typeof FunnelTrendSelection>
