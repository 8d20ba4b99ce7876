import { ProjectId } from '@headwater/schemas/insights/question'
import { MAX_SQL_ROWS, SqlQuery, SqlResult, SqlSchema } from '@headwater/schemas/insights/sql'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { RawStore } from '../../store/raw-store.ts'
import { ProjectGate } from '../project-gate.ts'
import { answers } from '../routes.ts'
import type { QueryRunner, RunFacts } from '../run.ts'
import { SQL_COLUMNS } from './columns.ts'
import { functionNames } from './functions.ts'
import { TABLE } from './reading.ts'
import { sqlRefusalOf } from './refusal.ts'
import { rewriteSql } from './rewrite.ts'
import { KEYWORDS } from './vocabulary.ts'

const SQL_TIMEOUT_MS = 20_000
const MAX_SQL_BYTES = 32 * 1024 ** 2
const MAX_SQL_MEMORY_BYTES = 1024 ** 3
/** Of one project; more wait. */
const GATE = { maxRunning: 2, maxWaiting: 20 }

export interface SqlDeps {
  raw: RawStore
  runner: QueryRunner
  /** The store gives up a question after this long. */
  timeoutMs: number
  requireProject(id: string): Promise<void>
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
}

const sqlRoute = createRoute({
  method: 'post',
  path: '/api/sql',
  summary: "Ask the project's events in SQL, read only",
  request: {
    body: { required: true, content: { 'application/json': { schema: SqlQuery } } },
  },
  responses: answers('Columns with their types, and rows', SqlResult),
})

const schemaRoute = createRoute({
  method: 'get',
  path: '/api/sql/schema',
  summary: 'What an SQL statement can be made of',
  request: { query: z.strictObject({ project: ProjectId }) },
  responses: answers('Tables, columns, functions, words and limits', SqlSchema),
})

/** POST /api/sql and GET /api/sql/schema. */
export function addSql(app: OpenAPIHono, deps: SqlDeps): void {
  const gate = new ProjectGate(GATE)
  const timeoutMs = Math.min(SQL_TIMEOUT_MS, deps.timeoutMs)

  app.openapi(sqlRoute, async (c) => {
    const { project, sql, limit } = c.req.valid('json')
    await deps.requireProject(project)
    const query = rewriteSql(project, sql)
    const { signal } = c.req.raw
    const { complete_until } = await deps.runner.freshness()
    let started = 0
    const ask = () => {
      started = performance.now()
      return deps.raw.confined(query, {
        project,
        maxRows: limit,
        maxBytes: MAX_SQL_BYTES,
        maxMemoryBytes: MAX_SQL_MEMORY_BYTES,
        timeoutMs,
        signal,
      })
    }
    const answer = await gate.run(project, ask, signal).catch((error: unknown) => {
      throw sqlRefusalOf(error, sql)
    })
    const facts = {
      complete_until: complete_until === null ? null : new Date(complete_until).toISOString(),
      duration_ms: Math.round((performance.now() - started) * 10) / 10,
      from_cache: false,
    }
    deps.tell('sql', project, answer.rows.length, facts)
    return c.json({ ...answer, ...facts }, 200)
  })

  app.openapi(schemaRoute, async (c) => {
    await deps.requireProject(c.req.valid('query').project)
    const schema = {
      tables: [{ name: TABLE, columns: [...SQL_COLUMNS] }],
      functions: functionNames(),
      keywords: [...KEYWORDS],
      limits: {
        rows: MAX_SQL_ROWS,
        seconds: timeoutMs / 1000,
        memory_bytes: MAX_SQL_MEMORY_BYTES,
      },
    }
    return c.json(schema satisfies SqlSchema, 200)
  })
}
