// Stage 7 of 8: query. In: questions from the site and from anyone with access. Out: results.
// Promise: the number is exact, and says until when it is complete.
import { randomUUID } from 'node:crypto'
import type { Freshness } from '@headwater/schemas/insight'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { createWatchMetrics, type WatchMetrics } from '../alerts/metrics.ts'
import type { SendOptions } from '../alerts/senders.ts'
import { DatabaseAway } from '../auth/database-away.ts'
import type { FreshnessSource } from '../consumer/freshness.ts'
import type { Clock } from '../shared/clock.ts'
import { guard } from '../shared/guard.ts'
import { addOperations, type HealthCheck } from '../shared/health.ts'
import type { Logger } from '../shared/logger.ts'
import type { Metrics } from '../shared/metrics.ts'
import { storeCheck } from '../store/health.ts'
import type { RawStore } from '../store/raw-store.ts'
import { type EventStore, type Query, type QueryStore, StoreError } from '../store/store.ts'
import { requireProject } from './access/admission.ts'
import { admit, requireRoles } from './access/admit.ts'
import { type FindAsker, KnownAskers } from './access/known-askers.ts'
import type { AnswerCache } from './answer-cache.ts'
import { CacheLevels } from './cache-levels.ts'
import { addCohorts } from './cohort/cohort-api.ts'
import { resolveOn } from './cohort/resolve.ts'
import { addData } from './data-api.ts'
import { addDeadLetters } from './dead-letter-api.ts'
import type { ReplayTarget } from './dead-letter-replay.ts'
import { REPLAY_PATH } from './dead-letter-routes.ts'
import { addDocs } from './docs.ts'
import { QUERY_STATUS, QueryRefusal, toApiError } from './errors.ts'
import { answerPersonFunnel, insightOfFunnel, planPersonFunnel } from './funnel/person-funnel.ts'
import { addInsights } from './insight-api.ts'
import type { LiveTimes } from './live/live-api.ts'
import { MemoryCache } from './memory-cache.ts'
import { createQueryMetrics } from './metrics.ts'
import {
  compileEventNames,
  compileProperties,
  type EventNameRow,
  type PropertyRow,
  shapeEventNames,
  shapeProperties,
} from './names.ts'
import { refusalOf, toTrendQuery } from './parse.ts'
import { addPersons } from './persons/persons-api.ts'
import type { GateOptions } from './project-gate.ts'
import {
  eventNamesRoute,
  freshnessRoute,
  funnelRoute,
  propertiesRoute,
  trendRoute,
} from './routes.ts'
import { QueryRunner, type RunFacts } from './run.ts'
import { IMPORT_PATH } from './saved/code-api.ts'
import type { OpenMetadata } from './saved/metadata.ts'
import { addSaved } from './saved/saved.ts'
import { settledFacts, settleOn } from './settle.ts'
import { answerTrend, insightOfTrend } from './trends/plain-trend.ts'
import { askingWith } from './whole-plan.ts'

const MAX_BODY_BYTES = 1024 * 1024
/** A corrected record is JSON within JSON, its quotes take two characters; a document is a whole project. */
const LARGE_BODIES = new Set([REPLAY_PATH, IMPORT_PATH])
const MAX_LARGE_BODY_BYTES = 4 * 1024 * 1024
const RETRY_AFTER_S = '2'
const CLIENT_GONE = 499

export interface QueryAppDeps extends Partial<SendOptions> {
  store: QueryStore
  /** Where long answers and foreign statements are asked. @default they are refused */
  raw?: RawStore
  /** Where what people say of their events is written. @default it is refused */
  writer?: Pick<EventStore, 'insert'>
  /** Aborted when the service is to close: streams would never end by themselves. */
  closing?: AbortSignal
  liveTimes?: Partial<LiveTimes>
  /** Where dead letters go that are to be judged anew. @default they cannot be */
  replays?: ReplayTarget
  /** Where merges of persons and what undoes them are written. @default they are refused */
  journal?: Pick<EventStore, 'insert'>
  freshness: FreshnessSource
  /** Whether there is a project; not asked when `findAsker` tells it. */
  projectExists(id: string): Promise<boolean>
  /** Who holds a credential. @default nobody is asked for one: everybody is an owner of every project */
  findAsker?: FindAsker | undefined
  /** The store gives up a question after this long. */
  timeoutMs: number
  /** How much one project may ask at one time. */
  gate?: GateOptions
  /** Origins whose pages may read the answers. */
  origins: readonly string[]
  /** Host names served besides loopback. */
  hosts: readonly string[]
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** Where answers are kept for other processes, too. @default nowhere */
  sharedCache?: AnswerCache | undefined
  /** Where insights, dashboards and the like are kept. @default nowhere: they are refused */
  metadata?: OpenMetadata | undefined
  /** What they count. @default counted in `metrics` */
  watchMetrics?: WatchMetrics
  /** What its health is made of, besides the store. @default nothing */
  checks?: readonly HealthCheck[]
}

/** The query API. No answer holds SQL, a stack, or anything of a project that was not asked for. */
export function createQueryApp(deps: QueryAppDeps): OpenAPIHono {
  const { store, clock } = deps
  const metrics = createQueryMetrics(deps.metrics)
  const caches = [new MemoryCache(), ...(deps.sharedCache ? [deps.sharedCache] : [])]
  const runner = new QueryRunner({ ...deps, cache: new CacheLevels(caches, metrics) })
  const settle = settleOn(deps.metadata)
  const app = new OpenAPIHono({
    defaultHook(result) {
      if (!result.success) throw refusalOf(result.error.issues)
    },
  })
  app.use(guard(deps))
  const [limit, largeLimit] = [limitBody(MAX_BODY_BYTES), limitBody(MAX_LARGE_BODY_BYTES)]
  app.use((c, next) => (LARGE_BODIES.has(c.req.path) ? largeLimit : limit)(c, next))
  const askers = deps.findAsker && new KnownAskers({ ...deps, find: deps.findAsker })
  app.use('/api/*', admit({ ...deps, askers }))
  app.onError((error, c) => {
    // Nobody is left to read an answer, and nothing failed.
    if (c.req.raw.signal.aborted) return new Response(null, { status: CLIENT_GONE })
    return answerRefusal(c, refuse(error, c.req.path))
  })
  app.notFound((c) =>
    answerRefusal(c, new QueryRefusal('not_found', `there is no ${c.req.method} ${c.req.path}`)),
  )

  // Counts the refusal, and keeps what is our own fault for whoever mends it.
  function refuse(error: unknown, path: string): QueryRefusal {
    const refusal = refusalFor(error)
    metrics.refused(refusal.code)
    if (QUERY_STATUS[refusal.code] >= 500) {
      const cause = error instanceof Error ? error.cause : undefined
      deps.logger.log('error', 'query_failed', { path, code: refusal.code, error, cause })
    }
    return refusal
  }

  // One record of every answer; what was asked of whom is nobody's business in a log.
  function tell(insight: string, project: string, rows: number, facts: RunFacts): void {
    metrics.answered(insight, facts.from_cache ? 'cache' : 'store', facts.duration_ms)
    deps.logger.log('info', 'query', { insight, project, rows, ...facts })
  }

  async function list<Row>(insight: string, project: string, query: Query, signal: AbortSignal) {
    await requireProject(project)
    const started = performance.now()
    const rows = await store.query<Row>(query, { timeoutMs: deps.timeoutMs, signal })
    const duration_ms = Math.round(performance.now() - started)
    tell(insight, project, rows.length, { duration_ms, from_cache: false, complete_until: null })
    return rows
  }

  app.openapi(trendRoute, async (c) => {
    const query = toTrendQuery(c.req.valid('query'))
    await requireProject(query.project)
    const [freshness, question] = await Promise.all([
      runner.freshness(),
      settle(insightOfTrend(query)),
    ])
    const asked = { kind: 'trend', project: query.project, freshness, signal: c.req.raw.signal }
    const ask = askingWith(runner, asked)
    const { answer, rows, facts } = await answerTrend(query, question, clock(), ask)
    tell('trend', query.project, rows, facts)
    return c.json({ ...answer, ...facts, ...settledFacts(question) }, 200)
  })

  app.openapi(funnelRoute, async (c) => {
    const query = c.req.valid('json')
    await requireProject(query.project)
    const [freshness, insight] = await Promise.all([
      runner.freshness(),
      settle(insightOfFunnel(query)),
    ])
    const plan = planPersonFunnel(insight, clock(), freshness.complete_until)
    const asked = { kind: 'funnel', project: query.project, freshness, signal: c.req.raw.signal }
    const ask = askingWith(runner, asked)
    const { answer, rows, facts } = await answerPersonFunnel(plan, ask)
    tell('funnel', query.project, rows, facts)
    return c.json({ ...answer, ...facts, ...settledFacts(insight) }, 200)
  })

  app.openapi(eventNamesRoute, async (c) => {
    const { project } = c.req.valid('query')
    const query = compileEventNames(project, clock())
    const rows = await list<EventNameRow>('event_names', project, query, c.req.raw.signal)
    return c.json(shapeEventNames(rows), 200)
  })

  app.openapi(propertiesRoute, async (c) => {
    const { project, event } = c.req.valid('query')
    const query = compileProperties(project, event, clock())
    const rows = await list<PropertyRow>('properties', project, query, c.req.raw.signal)
    return c.json(shapeProperties(rows), 200)
  })

  app.openapi(freshnessRoute, async (c) => {
    await requireProject(c.req.valid('query').project)
    const { complete_until, lag_records } = await runner.freshness()
    const until = complete_until === null ? null : new Date(complete_until).toISOString()
    return c.json({ complete_until: until, lag_records } satisfies Freshness, 200)
  })

  addInsights(app, { ...deps, runner, requireProject, settle, refuse, tell })
  // A secret that only this process has: nobody can check what it signs.
  const webhooks = deps.webhooks ?? { secret: randomUUID() }
  const watchMetrics = deps.watchMetrics ?? createWatchMetrics(deps.metrics)
  // Before the ids of cohorts, for one of which `sizes` would be taken.
  addCohorts(app, { ...deps, runner, requireProject, tell })
  addSaved(app, { ...deps, webhooks, watchMetrics, requireProject })
  addData(app, { ...deps, runner, requireProject, settle, refuse, tell })
  addPersons(app, { ...deps, runner, requireProject, resolve: resolveOn(deps.metadata), tell })
  addDeadLetters(app, { ...deps, requireProject })
  addOperations(app, {
    checks: [storeCheck(store), ...(deps.checks ?? [])],
    metrics: deps.metrics,
  })
  addDocs(app)
  requireRoles(app)
  return app
}

function refusalFor(error: unknown): QueryRefusal {
  if (error instanceof QueryRefusal) return error
  if (error instanceof StoreError) {
    if (error.kind === 'unavailable') {
      return new QueryRefusal('store_unavailable', 'the store is away or busy; try again')
    }
    if (error.kind === 'too_heavy') {
      return new QueryRefusal(
        'query_too_heavy',
        'the question needs more time or memory than it may have; ask for a shorter range',
      )
    }
  }
  if (error instanceof DatabaseAway) {
    return new QueryRefusal('metadata_unavailable', 'the database does not answer; try again')
  }
  if (error instanceof HTTPException && error.status === 400) {
    return new QueryRefusal('malformed_json', 'the body is not JSON')
  }
  return new QueryRefusal('internal_error', 'this is our fault; it was logged')
}

function answerRefusal(c: Context, refusal: QueryRefusal): Response {
  const status = QUERY_STATUS[refusal.code]
  if (status === 401) c.header('www-authenticate', 'Bearer')
  if (status === 503 || status === 429) c.header('retry-after', RETRY_AFTER_S)
  return c.json(toApiError(refusal), status)
}

const limitBody = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError() {
      throw new QueryRefusal('body_too_big', `the body is larger than ${maxSize} bytes`)
    },
  })
