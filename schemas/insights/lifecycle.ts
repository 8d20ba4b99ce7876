import { z } from '@hono/zod-openapi'
import { Actor, EventSelector, insightFacts, questionFields, type Settled } from './question.ts'
import { Interval } from './range.ts'
import { TimeState } from './time-state.ts'

/** In this order in every answer. */
export const LIFECYCLE_STATUSES = ['new', 'returning', 'resurrecting', 'dormant'] as const
export const LifecycleStatus = z.enum(LIFECYCLE_STATUSES)
export type LifecycleStatus = z.infer<typeof LifecycleStatus>

/** How many actors are new, stay, come back and leave, interval by interval. */
export const LifecycleQuery = z
  .strictObject({
    kind: z.literal('lifecycle'),
    ...questionFields,
    interval: Interval.default('day'),
    actor: Actor.default('person'),
    /** The events that make an actor active. */
    activity: EventSelector.default({ event: '$pageview', filters: [] }),
  })
  .openapi('LifecycleQuery')
export type LifecycleQuery = Settled<z.infer<typeof LifecycleQuery>>

export const LifecycleResult = z
  .object({
    kind: z.literal('lifecycle'),
    /** Start of every interval. */
    buckets: z.array(z.string()),
    /** Of every interval: until it is complete, actors may still turn from dormant to active. */
    states: z.array(TimeState),
    interval: Interval,
    series: z.array(
      z.object({
        status: LifecycleStatus,
        /** Actors per interval, of dormant ones as negative numbers; null in the future. */
        values: z.array(z.number().nullable()),
      }),
    ),
    ...insightFacts,
  })
  .openapi('LifecycleResult')
export type LifecycleResult = z.infer<typeof LifecycleResult>

/** The actors of a status in one interval. */
export const LifecycleSelection = z
  .strictObject({ status: LifecycleStatus, bucket: z.number().int().min(0) })
  .openapi('LifecycleSelection')
export type LifecycleSelection = z.infer<typeof LifecycleSelection>
