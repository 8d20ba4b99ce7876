import { z } from '@hono/zod-openapi'
import { InsightQuery } from './insight.ts'
import { Actor, resultFacts } from './question.ts'

export const MAX_ACTORS = 1_000

/** POST /api/actors: who is behind one number of an insight. */
export const ActorsQuery = z
  .strictObject({
    query: InsightQuery,
    /** What points at the number; its fields depend on the kind of the query. */
    select: z.record(z.string(), z.unknown()).openapi({ example: { series: 0, intervals: 3 } }),
    limit: z.number().int().min(1).max(MAX_ACTORS).default(100),
    /** `next` of the answer before. */
    after: z.string().max(1_000).optional(),
  })
  .openapi('ActorsQuery')
export type ActorsQuery = z.infer<typeof ActorsQuery>

export const ActorsResult = z
  .object({
    actor: Actor,
    /** In the order of their ids. */
    actors: z.array(
      z.object({
        /** Of a person, its number; otherwise the distinct_id, the session or the group's key. */
        id: z.string(),
        /** Up to ten of those by which the actor was known. */
        distinct_ids: z.array(z.string()),
        /** What is known of a person or a group; of others nothing is. */
        properties: z.record(z.string(), z.unknown()),
        first_seen: z.string(),
        last_seen: z.string(),
      }),
    ),
    /** Where the next page begins; null on the last one. */
    next: z.string().nullable(),
    ...resultFacts,
  })
  .openapi('ActorsResult')
export type ActorsResult = z.infer<typeof ActorsResult>
