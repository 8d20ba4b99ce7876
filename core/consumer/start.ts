import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import type { Logger } from '../shared/logger.ts'
import type { Metrics } from '../shared/metrics.ts'
import type { Service } from '../shared/service.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { DeadLetterTopic } from './dead-letter-topic.ts'
import { type FreshnessSource, logFreshness } from './freshness.ts'
import { consumerMetrics, showLag } from './metrics.ts'
import { Consumer } from './run.ts'
import { storePlaces } from './store-places.ts'

export const CONSUMER_GROUP = 'store'
const HOUR_MS = 3_600_000

export interface ConsumerStartDeps {
  config: Config
  log: EventLog
  /** Opens a topic for copies of dead letters. @default there is none */
  openDeadLetterTopic?: () => Promise<EventLog>
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
  const { config, log, store, clock, logger } = deps
  const metrics = consumerMetrics(deps.metrics)
  const { openDeadLetterTopic: open } = deps
  const deadLetterTopic = open && new DeadLetterTopic({ open, logger, metrics })
  // The events do not wait for it.
  void deadLetterTopic?.prepare()
  const consumer = new Consumer({
    log,
    store,
    deadLetterTopic,
    places: storePlaces(store),
    clock,
    sleep,
    logger,
    metrics,
    windowSize: config.CONSUMER_UUID_WINDOW,
    repeatsMs: config.LOG_RETENTION_HOURS * HOUR_MS,
  })
  const subscription = await log.subscribe(CONSUMER_GROUP, consumer, {
    maxRecords: config.CONSUMER_BATCH_ROWS,
    lingerMs: config.CONSUMER_LINGER_MS,
  })
  const freshness = logFreshness(log, CONSUMER_GROUP, clock)
  showLag(deps.metrics, freshness, clock)
  return {
    url: null,
    freshness,
    async close() {
      await subscription.close()
      await deadLetterTopic?.close()
    },
  }
}
