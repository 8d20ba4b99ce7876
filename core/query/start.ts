import { createWatchMetrics } from '../alerts/metrics.ts'
import { startWatcher } from '../alerts/start.ts'
import type { FreshnessSource } from '../consumer/freshness.ts'
import type { Clock } from '../shared/clock.ts'
import { type Config, isOnLoopback } from '../shared/config.ts'
import type { HealthCheck } from '../shared/health.ts'
import type { Logger } from '../shared/logger.ts'
import { readMail } from '../shared/mail-server.ts'
import type { Metrics } from '../shared/metrics.ts'
import { listen, type Service } from '../shared/service.ts'
import type { RawStore } from '../store/raw-store.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import type { FindAsker } from './access/known-askers.ts'
import type { AnswerCache } from './answer-cache.ts'
import { createQueryApp } from './app.ts'
import type { ReplayTarget } from './dead-letter-replay.ts'
import { closingFirst } from './live/closing.ts'
import type { OpenMetadata } from './saved/metadata.ts'

export interface QueryStartDeps {
  config: Config
  store: QueryStore
  /** Where long answers and foreign statements are asked. @default they are refused */
  raw?: RawStore
  /** Where what people say of their events is written. @default it is refused */
  writer?: Pick<EventStore, 'insert'>
  /** Where dead letters go that are to be judged anew. @default they cannot be */
  replays?: ReplayTarget
  /** Where merges of persons and what undoes them are written. @default they are refused */
  journal?: Pick<EventStore, 'insert'>
  freshness: FreshnessSource
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** Where answers are kept for other processes, too. @default nowhere */
  sharedCache?: AnswerCache | undefined
  /** Where insights, dashboards and the like are kept. @default nowhere: they are refused */
  metadata?: OpenMetadata | undefined
  /** What its health is made of, besides the store. @default nothing */
  checks?: readonly HealthCheck[]
  /** Whether there is such a project. @default `default`, and every project that has events */
  projectExists?: (id: string) => Promise<boolean>
  /** Who holds a credential. Needed when QUERY_ACCESS is `required`, and not asked when it is `open`. */
  findAsker?: FindAsker
}

/** Serves the query API, and looks after alerts. Rejects when the address is taken. */
export async function startQuery(deps: QueryStartDeps): Promise<Service> {
  const { config, store, metadata } = deps
  const webhooks = {
    secret: config.WEBHOOK_SECRET || config.AUTH_SECRET,
    privateHosts: config.WEBHOOK_PRIVATE_HOSTS,
  }
  const mail = readMail(config)
  const findAsker = askersFor(deps)
  const watchMetrics = createWatchMetrics(deps.metrics)
  const closing = new AbortController()
  const app = createQueryApp({
    ...deps,
    closing: closing.signal,
    watchMetrics,
    findAsker,
    projectExists: deps.projectExists ?? ((id) => hasEvents(store, id)),
    timeoutMs: config.QUERY_TIMEOUT_MS,
    gate: { maxRunning: config.QUERY_MAX_RUNNING, maxWaiting: config.QUERY_MAX_WAITING },
    origins: config.SITE_ORIGINS,
    hosts: config.ALLOWED_HOSTS,
    webhooks,
    mail,
  })
  const listening = await listen(app.fetch, config.HOST, config.QUERY_PORT)
  const server = closingFirst(listening, closing)
  if (!metadata) return server
  const timeoutMs = config.QUERY_TIMEOUT_MS
  const watcher = startWatcher({
    ...deps,
    ...{ metadata, webhooks, mail, timeoutMs, metrics: watchMetrics },
  })
  return {
    url: server.url,
    async close() {
      await Promise.all([server.close(), watcher.close()])
    },
  }
}

function askersFor({ config, findAsker, logger }: QueryStartDeps): FindAsker | undefined {
  if (config.QUERY_ACCESS === 'required') {
    if (findAsker) return findAsker
    throw new Error('QUERY_ACCESS is required, and nobody is there to tell who asks')
  }
  if (!isOnLoopback(config)) {
    logger.log('warn', 'access_open', {
      message: 'whoever reaches this address may ask and change',
    })
  }
  return undefined
}

export async function hasEvents(store: QueryStore, project: string): Promise<boolean> {
  if (project === 'default') return true
  const rows = await store.query({
    text: 'SELECT 1 FROM events WHERE project_id = {project:String} LIMIT 1',
    params: { project },
  })
  return rows.length > 0
}
