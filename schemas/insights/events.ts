import { z } from '@hono/zod-openapi'
import { PropertyName } from './property.ts'
import { ProjectId, questionFields, resultFacts, type Settled, settledFacts } from './question.ts'
import { calendarFields, DateBound, DateFrom } from './range.ts'

export const MAX_EVENTS = 500
export const MAX_EVENT_PROPERTIES = 50

/** POST /api/events: single events, the newest first. */
export const EventsQuery = z
  .strictObject({
    project: ProjectId,
    date_from: DateFrom.default('-1d'),
    /** A date alone means the whole of that day. @default the end of today */
    date_to: DateBound.optional(),
    ...calendarFields,
    /** Only events of these names. @default all */
    events: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    filters: questionFields.filters,
    /** As the settings of the project tell internal ones. */
    exclude_internal: z.boolean().default(false),
    include_bots: z.boolean().default(true),
    /** Only events that have this text somewhere: in their name, ids, address or properties, in any case. */
    search: z.string().min(1).max(200).optional(),
    /** Properties to show, as text. */
    properties: z.array(PropertyName).max(MAX_EVENT_PROPERTIES).default([]),
    limit: z.number().int().min(1).max(MAX_EVENTS).default(100),
    /** `next` of the answer before. */
    after: z
      .string()
      .regex(/^\d{1,15}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is no `next` of an answer')
      .optional(),
  })
  .openapi('EventsQuery')
export type EventsQuery = Settled<z.infer<typeof EventsQuery>>
/** As it is sent. */
export type EventsInput = z.input<typeof EventsQuery>

const eventFacts = {
  uuid: z.string(),
  event: z.string(),
  distinct_id: z.string(),
  /** Its number, as actors have it. */
  person_id: z.string(),
  /** Null without one. */
  session_id: z.string().nullable(),
  timestamp: z.iso.datetime(),
  is_bot: z.boolean(),
}

export const EventsResult = z
  .object({
    events: z.array(
      z.object({
        ...eventFacts,
        /** Those that were asked for, by name; null where an event has none. */
        properties: z.record(z.string(), z.string().nullable()),
      }),
    ),
    /** Where the next page begins; null on the last one. */
    next: z.string().nullable(),
    ...resultFacts,
    ...settledFacts,
  })
  .openapi('EventsResult')
export type EventsResult = z.infer<typeof EventsResult>

/** One event with everything that is known of it. */
export const EventResult = z
  .object({
    ...eventFacts,
    received_at: z.iso.datetime(),
    /** When the request went out, by the sender's clock; null when it does not say. */
    sent_at: z.iso.datetime().nullable(),
    inserted_at: z.iso.datetime(),
    /** What was done to its time; empty when nothing was. */
    time_note: z.string(),
    /** As they were sent, with those that the server wrote. */
    properties: z.record(z.string(), z.unknown()),
    person_set: z.record(z.string(), z.unknown()),
    person_set_once: z.record(z.string(), z.unknown()),
    /** Where the row came from. */
    log: z.object({ id: z.string(), partition: z.number(), offset: z.string() }),
    ...resultFacts,
  })
  .openapi('EventResult')
export type EventResult = z.infer<typeof EventResult>
