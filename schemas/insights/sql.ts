import { z } from '@hono/zod-openapi'
import { ProjectId, resultFacts } from './question.ts'

export const MAX_SQL_LENGTH = 20_000
export const DEFAULT_SQL_ROWS = 1_000
export const MAX_SQL_ROWS = 10_000

/** POST /api/sql: one SELECT of the project's events. */
export const SqlQuery = z
  .strictObject({
    project: ProjectId,
    sql: z.string().min(1).max(MAX_SQL_LENGTH).openapi({
      example: 'SELECT event, count() AS times FROM events GROUP BY event ORDER BY times DESC',
    }),
    /** Rows of the answer; there may be more. */
    limit: z.number().int().min(1).max(MAX_SQL_ROWS).default(DEFAULT_SQL_ROWS),
  })
  .openapi('SqlQuery')
export type SqlQuery = z.infer<typeof SqlQuery>

export const SqlResult = z
  .object({
    columns: z.array(
      z.object({
        name: z.string(),
        /** The store's. */
        type: z.string().openapi({ example: 'UInt64' }),
      }),
    ),
    /** Values in the order of the columns; integers of 64 bits and more as text. */
    rows: z.array(z.array(z.unknown())),
    /** Whether there are more rows than were asked for. */
    truncated: z.boolean(),
    ...resultFacts,
  })
  .openapi('SqlResult')
export type SqlResult = z.infer<typeof SqlResult>

/** GET /api/sql/schema: what a statement can be made of. */
export const SqlSchema = z
  .object({
    tables: z.array(
      z.object({
        name: z.string(),
        columns: z.array(z.object({ name: z.string(), type: z.string(), description: z.string() })),
      }),
    ),
    functions: z.array(z.string()),
    keywords: z.array(z.string()),
    limits: z.object({ rows: z.number(), seconds: z.number(), memory_bytes: z.number() }),
  })
  .openapi('SqlSchema')
export type SqlSchema = z.infer<typeof SqlSchema>
