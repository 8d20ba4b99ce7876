import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '../shared/clock.ts'
import type { QueryStore } from '../store/store.ts'
import type { Moment } from './insight.ts'
import { insightOf } from './insights.ts'
import { answers } from './routes.ts'
import type { QueryRunner, RunFacts } from './run.ts'
import { projectCondition } from './scope.ts'
import { Statement } from './statement.ts'

export interface InsightDeps {
  store: QueryStore
  runner: QueryRunner
  clock: Clock
  timeoutMs: number
  requireProject(id: string): Promise<void>
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
}

const examples = Object.fromEntries(
  Object.entries(INSIGHT_EXAMPLES).map(([kind, value]) => [kind, { value }]),
)

const insightRoute = createRoute({
  method: 'post',
  path: '/api/query',
  summary: 'Ask for any insight',
  request: {
    body: { required: true, content: { 'application/json': { schema: InsightQuery, examples } } },
  },
  responses: answers('The insight of the kind that was asked for', InsightResult),
})

/** POST /api/query: every insight through one door. */
export function addInsights(app: OpenAPIHono, deps: InsightDeps): void {
  const { runner, clock } = deps

  app.openapi(insightRoute, async (c) => {
    const query = c.req.valid('json')
    const { signal } = c.req.raw
    await deps.requireProject(query.project)
    const freshness = await runner.freshness()
    const insight = insightOf(query)
    const plan = insight.plan(query, {
      now: clock(),
      completeUntil: freshness.complete_until,
      firstEventAt: query.date_from === 'all' ? await firstEventAt(query.project, deps) : null,
    } satisfies Moment)
    const statements = insight.compile(plan)
    const questions = statements.map((statement) => ({
      project: query.project,
      key: `${query.kind} ${JSON.stringify(statement)}`,
      query: statement,
      signal,
    }))
    const { rows, facts } = await runner.askAll(questions, freshness)
    const rowCount = rows.reduce((sum, some) => sum + some.length, 0)
    deps.tell(query.kind, query.project, rowCount, facts)
    const result = {
      kind: query.kind,
      ...insight.shape(plan, rows),
      ...facts,
      ...(query.include_sql && { sql: statements }),
    }
    return c.json(result as InsightResult, 200)
  })
}

async function firstEventAt(
  project: string,
  { store, timeoutMs }: InsightDeps,
): Promise<number | null> {
  const statement = new Statement(project)
  const text = `SELECT toUnixTimestamp64Milli(min(timestamp)) AS first, count() AS events
  FROM events WHERE ${projectCondition(statement)}`
  const [row] = await store.query<{ first: string; events: string }>(statement.query(text), {
    timeoutMs,
  })
  return row && row.events !== '0' ? Number(row.first) : null
}
