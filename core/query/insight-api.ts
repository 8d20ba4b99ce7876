import { ActorsQuery, ActorsResult } from '@headwater/schemas/insights/actors'
import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { type AskedInsight, InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Clock } from '../shared/clock.ts'
import type { Progress, Query, QueryStore } from '../store/store.ts'
import {
  type ActorIdRow,
  type ActorRow,
  compileActorIds,
  compileActors,
  shapeActors,
} from './actors.ts'
import { type QueryRefusal, toApiError } from './errors.ts'
import type { Moment } from './insight.ts'
import { streamAnswer, wantsProgress } from './insight-stream.ts'
import { insightOf } from './insights.ts'
import { refusalOf } from './parse.ts'
import { propertiesOf } from './persons/properties.ts'
import { answers } from './routes.ts'
import { type QueryRunner, questionOf, type RunFacts } from './run.ts'
import { projectCondition } from './scope.ts'
import { type Settle, settledFacts } from './settle.ts'
import { Statement } from './statement.ts'
import { TotalProgress } from './total-progress.ts'
import {
  type AskAll,
  type Asking,
  askingWith,
  askNothing,
  askPlan,
  wholePlan,
} from './whole-plan.ts'

export interface InsightDeps {
  store: QueryStore
  runner: QueryRunner
  clock: Clock
  timeoutMs: number
  requireProject(id: string): Promise<void>
  settle: Settle
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
  /** Told of every failure; resolves to what the asker may know of it. */
  refuse(error: unknown, path: string): QueryRefusal
}

const examples = Object.fromEntries(
  Object.entries(INSIGHT_EXAMPLES).map(([kind, value]) => [kind, { value }]),
)

const insightAnswers = answers('The insight of the kind that was asked for', InsightResult)
const insightRoute = createRoute({
  method: 'post',
  path: '/api/query',
  summary: 'Ask for any insight',
  request: {
    body: { required: true, content: { 'application/json': { schema: InsightQuery, examples } } },
  },
  responses: {
    ...insightAnswers,
    200: {
      ...insightAnswers[200],
      content: {
        ...insightAnswers[200].content,
        'text/event-stream': {
          schema: z.string().openapi({
            description:
              'When the request accepts it: events `progress` {rows_read, rows_to_read} while the store works, then one `result` or `error`.',
          }),
        },
      },
    },
  },
})

const actorsRoute = createRoute({
  method: 'post',
  path: '/api/actors',
  summary: 'Name who is behind one number of an insight',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: ActorsQuery,
          example: { query: INSIGHT_EXAMPLES.stickiness, select: { series: 0, intervals: 1 } },
        },
      },
    },
  },
  responses: answers('A page of actors, in the order of their ids', ActorsResult),
})

/** POST /api/query, every insight through one door, and POST /api/actors, the people behind it. */
export function addInsights(app: OpenAPIHono, deps: InsightDeps): void {
  const { runner } = deps

  app.openapi(insightRoute, async (c) => {
    const prepared = await prepare(c.req.valid('json'), deps)
    const { query, insight, planned } = prepared
    const answer = async (onProgress?: (progress: Progress) => void): Promise<InsightResult> => {
      const total = onProgress && new TotalProgress(onProgress)
      const ask = asking(prepared, deps, { signal: c.req.raw.signal, total })
      const { plan, rows, rowCount, statements, facts } = await askPlan(insight, planned, ask)
      total?.end()
      deps.tell(query.kind, query.project, rowCount, facts)
      const shaped = { kind: query.kind, ...insight.shape(plan, rows), ...facts }
      return {
        ...shaped,
        ...settledFacts(query),
        ...(query.include_sql && { sql: statements }),
      } as InsightResult
    }
    if (!wantsProgress(c)) return c.json(await answer(), 200)
    // What the question itself is refused for has its own status: there is none left once a stream began.
    await askNothing(insight, planned)
    return streamAnswer(c, answer, (error) => toApiError(deps.refuse(error, c.req.path))) as never
  })

  app.openapi(actorsRoute, async (c) => {
    const { query: asked, select, limit, after } = c.req.valid('json')
    const { project } = asked
    const prepared = await prepare(asked, deps)
    const { query, insight, planned, freshness } = prepared
    const { signal } = c.req.raw
    const { plan } = await wholePlan(insight, planned, asking(prepared, deps, { signal }))
    const selection = insight.selection.safeParse(select)
    if (!selection.success) throw refusalOf(selection.error.issues, 'select')
    const ask = <Row>(statement: Query) =>
      runner.ask<Row>(questionOf('actors', project, statement, signal), freshness)
    const page = { limit, after }
    const ids = await ask<ActorIdRow>(compileActorIds(insight.actors(plan, selection.data), page))
    const wanted = ids.rows.slice(0, limit).map(({ id }) => id)
    const askRows = async <Row>(statement: Query) => (await ask<Row>(statement)).rows
    const [{ rows, facts }, known] = await Promise.all([
      ask<ActorRow>(compileActors(project, query.actor, wanted)),
      propertiesOf(project, query.actor, wanted, askRows),
    ])
    deps.tell('actors', project, rows.length, facts)
    const actors = shapeActors(ids.rows, rows, limit, known)
    return c.json({ actor: query.actor, ...actors, ...facts }, 200)
  })
}

type Prepared = Awaited<ReturnType<typeof prepare>>

async function prepare(question: AskedInsight, deps: InsightDeps) {
  await deps.requireProject(question.project)
  const [freshness, query] = await Promise.all([deps.runner.freshness(), deps.settle(question)])
  const moment = { now: deps.clock(), completeUntil: freshness.complete_until }
  return { query, freshness, ...(await planInsight(query, moment, deps)) }
}

/** How a prepared question asks the store. */
const asking = (
  { query: { kind, project }, freshness }: Prepared,
  { runner }: InsightDeps,
  how: Pick<Asking, 'signal' | 'total'>,
): AskAll => askingWith(runner, { kind, project, freshness, ...how })

/** Plans a settled question as of a moment, but for what has to be asked. Throws a QueryRefusal. */
export async function planInsight(
  query: InsightQuery,
  moment: Omit<Moment, 'firstEventAt'>,
  deps: Pick<InsightDeps, 'store' | 'timeoutMs'>,
) {
  const insight = insightOf(query)
  const firstEventAt = query.date_from === 'all' ? await readFirst(query.project, deps) : null
  return { insight, planned: insight.plan(query, { ...moment, firstEventAt }) }
}

/** When the first event of a project happened, ms; null when it has none. */
async function readFirst(
  project: string,
  { store, timeoutMs }: Pick<InsightDeps, 'store' | 'timeoutMs'>,
): Promise<number | null> {
  const statement = new Statement(project)
  const text = `SELECT toUnixTimestamp64Milli(min(timestamp)) AS first, count() AS events
  FROM events WHERE ${projectCondition(statement)}`
  const [row] = await store.query<{ first: string; events: string }>(statement.query(text), {
    timeoutMs,
  })
  return row && row.events !== '0' ? Number(row.first) : null
}
