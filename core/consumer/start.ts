import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import type { Logger } from '../shared/logger.ts'
import type { Metrics } from '../shared/metrics.ts'
import type { Service } from '../shared/service.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { type FreshnessSource, logFreshness } from './freshness.ts'
import { consumerMetrics, showLag } from './metrics.ts'
import { Consumer } from './run.ts'
import { storePlaces } from './store-places.ts'

export const CONSUMER_GROUP = 'store'
const HOUR_MS = 3_600_000

export interface ConsumerStartDeps {
  config: Config
  log: EventLog
  store: EventStore & QueryStore
  clock: Clock
  logger: Logger
  metrics: Metrics
}

export interface ConsumerService extends Service {
  freshness: FreshnessSource
}

/** Joins the group and moves records to rows until it is closed. */
export async function startConsumer(deps: ConsumerStartDeps): Promise<ConsumerService> {
  const { config, log, store, clock, logger, metrics } = deps
  const consumer = new Consumer({
    log,
    store,
    places: storePlaces(store),
    clock,
    sleep,
    logger,
    metrics: consumerMetrics(metrics),
    windowSize: config.CONSUMER_UUID_WINDOW,
    repeatsMs: config.LOG_RETENTION_HOURS * HOUR_MS,
  })
  const subscription = await log.subscribe(CONSUMER_GROUP, consumer, {
    maxRecords: config.CONSUMER_BATCH_ROWS,
    lingerMs: config.CONSUMER_LINGER_MS,
  })
  const freshness = logFreshness(log, CONSUMER_GROUP, clock)
  showLag(metrics, freshness, clock)
  return {
    url: null,
    freshness,
    close: () => subscription.close(),
  }
}
