import { z } from '@hono/zod-openapi'
import { funnelFields } from './funnel.ts'
import { checkFunnel } from './funnel-rules.ts'
import { PropertyRef } from './property.ts'
import { insightFacts, type Settled } from './question.ts'

export const MAX_CORRELATED_PROPERTIES = 20
export const MAX_CORRELATIONS = 100

/** What goes with converting, and what with dropping out. */
export const FunnelCorrelationQuery = z
  .strictObject({
    kind: z.literal('funnel_correlation'),
    ...funnelFields,
    /** Events between entry and conversion, or values on the event of entry. */
    correlate: z
      .union([
        z.strictObject({
          events: z.strictObject({
            /** Names to leave out; the funnel's own events always are. */
            except: z.array(z.string().min(1).max(200)).max(100).default([]),
          }),
        }),
        z.strictObject({
          properties: z.array(PropertyRef).min(1).max(MAX_CORRELATED_PROPERTIES),
        }),
      ])
      .default({ events: { except: [] } }),
    /** What fewer actors share is left out. */
    min_actors: z.number().int().min(1).max(1_000_000).default(10),
    limit: z.number().int().min(1).max(MAX_CORRELATIONS).default(20),
  })
  .superRefine(checkFunnel)
  .openapi('FunnelCorrelationQuery')
export type FunnelCorrelationQuery = Settled<z.infer<typeof FunnelCorrelationQuery>>

export const FunnelCorrelation = z
  .object({
    /** Name of the event; null for a property. */
    event: z.string().nullable(),
    property: PropertyRef.nullable(),
    /** Its value; null for an event. */
    value: z.string().nullable(),
    /** Actors with it who converted. */
    converted: z.number(),
    /** Actors with it who dropped out. */
    dropped: z.number(),
    /** Above 1 it goes with converting, below 1 with dropping out. */
    odds_ratio: z.number(),
  })
  .openapi('FunnelCorrelation')

export const FunnelCorrelationResult = z
  .object({
    kind: z.literal('funnel_correlation'),
    /** All actors who converted. */
    converted: z.number(),
    /** All actors who dropped out; who still may convert is not counted. */
    dropped: z.number(),
    /** The strongest first, to either side. */
    correlations: z.array(FunnelCorrelation),
    ...insightFacts,
  })
  .openapi('FunnelCorrelationResult')
export type FunnelCorrelationResult = z.infer<typeof FunnelCorrelationResult>

/** Actors who converted or dropped out; with an event or a value, those who have it. */
export const FunnelCorrelationSelection = z
  .strictObject({
    outcome: z.enum(['converted', 'dropped']),
    event: z.string().min(1).max(200).nullable().default(null),
    property: PropertyRef.nullable().default(null),
    value: z.string().max(2_000).nullable().default(null),
  })
  .openapi('FunnelCorrelationSelection')
export type FunnelCorrelationSelection = z.infer<typeof FunnelCorrelationSelection>
