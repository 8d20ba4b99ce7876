import { Hono } from 'hono'
import { startIdentity } from '../identity/start.ts'
import { logCheck } from '../log/health.ts'
import { openConfiguredLog, openDeadLetterLog } from '../log/open.ts'
import { systemClock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import { addOperations, diskCheck, showDisks } from '../shared/health.ts'
import { jsonLogger } from '../shared/logger.ts'
import { createProcessMetrics } from '../shared/metrics.ts'
import { type Running, startWhole } from '../shared/running.ts'
import { listen } from '../shared/service.ts'
import { storeCheck, storeUsed } from '../store/health.ts'
import { openConfiguredStore } from '../store/open.ts'
import { lagCheck } from './freshness.ts'
import { startConsumer } from './start.ts'

/** The consumer as a process of its own, from Kafka to ClickHouse; it migrates the store first. */
export function startConsumerAlone(
  config: Config,
  openLog: typeof openConfiguredLog = openConfiguredLog,
  openStore: typeof openConfiguredStore = openConfiguredStore,
): Promise<Running> {
  return startWhole(async (closers) => {
    const logger = jsonLogger('consumer', config.LOG_LEVEL)
    const metrics = createProcessMetrics()
    const store = await openStore(config)
    closers.add(() => store.close())
    await store.migrate()
    const log = await openLog(config, logger)
    closers.add(() => log.close())
    const consumer = await startConsumer({
      config,
      log,
      openDeadLetterTopic: () => openDeadLetterLog(config, logger),
      store,
      clock: systemClock,
      logger,
      metrics,
    })
    closers.add(() => consumer.close())
    const { freshness } = consumer
    const identity = startIdentity({ store, freshness, clock: systemClock, logger })
    closers.add(() => identity.close())
    const app = new Hono()
    const used = () => storeUsed(store)
    showDisks(metrics, { store: used })
    const checks = [
      logCheck(log),
      storeCheck(store),
      diskCheck('store disk', used, config.HEALTH_MAX_DISK_PERCENT),
      lagCheck(consumer.freshness, config.HEALTH_MAX_LAG_S, systemClock),
    ]
    addOperations(app, { checks, metrics })
    const server = await listen(app.fetch, config.HOST, config.CONSUMER_PORT)
    closers.add(() => server.close())
    return { consumer: server.url }
  })
}
