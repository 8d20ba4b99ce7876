import { z } from '@hono/zod-openapi'
import { ProjectId } from './question.ts'

/** GET /api/live: server-sent events. */
export const LiveQuery = z.strictObject({ project: ProjectId })

/** Event `events`: what arrived since the message before. */
export const LiveEvents = z
  .object({
    /** The newest first; some of them when too many arrived. */
    events: z.array(
      z.object({
        uuid: z.string(),
        event: z.string(),
        distinct_id: z.string(),
        timestamp: z.iso.datetime(),
        /** When the store took it. */
        inserted_at: z.iso.datetime(),
        pathname: z.string().nullable(),
        country: z.string().nullable(),
        browser: z.string().nullable(),
        device_type: z.string().nullable(),
        is_bot: z.boolean(),
      }),
    ),
    /** How many more arrived than are shown. */
    not_shown: z.number(),
  })
  .openapi('LiveEvents')
export type LiveEvents = z.infer<typeof LiveEvents>

/** Event `active`: who is there. */
export const LiveActive = z
  .object({
    /** Persons with an event in the last five minutes, without bots. */
    visitors: z.number(),
    minutes: z.literal(5),
  })
  .openapi('LiveActive')
export type LiveActive = z.infer<typeof LiveActive>
