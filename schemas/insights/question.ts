// What every question has in common, and what every answer says of itself.
import { z } from '@hono/zod-openapi'
import { MAX_PROJECT_ID_LENGTH } from '../limits.ts'
import { PROJECT_ID } from '../project-id.ts'
import { Filters } from './filters.ts'
import { EventMatch } from './property.ts'
import { calendarFields, DateBound, DateFrom, WeekStart } from './range.ts'

export const ProjectId = z
  .string()
  .max(MAX_PROJECT_ID_LENGTH)
  .regex(
    PROJECT_ID,
    'is a lower-case letter, then letters, digits or dashes, after a region and a dot when it has one',
  )
  .openapi({ example: 'default' })

export const questionFields = {
  project: ProjectId,
  /** In the query's time zone; moved back to the start of its interval. */
  date_from: DateFrom.default('-7d'),
  /** A date alone means the whole of that day. @default the end of today */
  date_to: DateBound.optional(),
  ...calendarFields,
  /** Must all hold, for every event that is read. */
  filters: Filters.default([]),
  exclude_internal: z.boolean().optional().openapi({
    description:
      'Leaves out events that are internal by the settings of the project. Left out: as these say.',
  }),
  /** Events tagged as made by bots are left out unless this is set. */
  include_bots: z.boolean().default(false),
  /** Adds the statements that were asked. */
  include_sql: z.boolean().default(false),
}

/** A question that leaves nothing to the settings of its project any more. */
export type Settled<Question> = Question & {
  time_zone: string
  week_start: WeekStart
  exclude_internal: boolean
}

/** Whom an insight counts. Events that belong to none of that kind are left out. */
export const Actor = z
  .union([
    z.enum(['person', 'distinct_id', 'session']),
    z.strictObject({ group: z.string().min(1).max(200).openapi({ example: 'company' }) }),
  ])
  .openapi('Actor')
export type Actor = z.infer<typeof Actor>

/** Events of a name that pass the filters. */
export const EventSelector = z
  .strictObject({ event: EventMatch, filters: Filters.default([]) })
  .openapi('EventSelector')
export type EventSelector = z.infer<typeof EventSelector>

export const resultFacts = {
  /** Every event received before this is in the answer; null while nothing was ever received. */
  complete_until: z.iso.datetime().nullable(),
  /** Time spent in the store, milliseconds. */
  duration_ms: z.number(),
  from_cache: z.boolean(),
}

/** What the question left to the settings of its project, as it was answered. */
export const settledFacts = {
  time_zone: z.string(),
  week_start: WeekStart,
  /** Whether internal events were left out. */
  exclude_internal: z.boolean(),
}

export const Statement = z
  .object({ text: z.string(), params: z.record(z.string(), z.unknown()) })
  .openapi('Statement')

export const insightFacts = {
  ...resultFacts,
  ...settledFacts,
  /** The statements that were asked, when they were asked for. */
  sql: z.array(Statement).optional(),
}

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
