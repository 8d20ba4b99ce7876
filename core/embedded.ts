import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startAuth } from './auth/start.ts'
import { startBridge } from './bridge/start.ts'
import { startConsumer } from './consumer/start.ts'
import { openSqliteLog } from './log/sqlite.ts'
import { startQuery } from './query/start.ts'
import { systemClock } from './shared/clock.ts'
import type { Config } from './shared/config.ts'
import { lockFolder } from './shared/folder-lock.ts'
import { jsonLogger } from './shared/logger.ts'
import { createMetrics } from './shared/metrics.ts'
import { Closers, type Running } from './shared/running.ts'
import { openChdbStore } from './store/chdb.ts'

const HOUR_MS = 3_600_000

/**
 * The whole core in this process, on SQLite, chDB and PGlite. Closes in the order of the flow: no
 * part goes while another still needs it. Rejects, with everything closed, when a part does not start.
 */
export async function startEmbedded(config: Config): Promise<Running> {
  const clock = systemClock
  const closers = new Closers()
  const logger = (service: string) => jsonLogger(service, config.LOG_LEVEL)
  const lock = await lockFolder(config.DATA_DIR)
  closers.add(async () => lock.release())
  try {
    // The slowest start; it needs nothing of the others.
    const startingAuth = startAuth({ config, logger: logger('auth'), clock })
    closers.addStarting(startingAuth)

    mkdirSync(join(config.DATA_DIR, 'log'), { recursive: true })
    const path = join(config.DATA_DIR, 'log', 'log.sqlite')
    const log = openSqliteLog({ path, partitions: config.LOG_PARTITIONS, clock })
    closers.add(() => log.close())
    const removeOld = () => log.retain(clock() - config.LOG_RETENTION_HOURS * HOUR_MS)
    const retention = setInterval(removeOld, HOUR_MS)
    closers.add(async () => clearInterval(retention))

    const store = await openChdbStore({ path: join(config.DATA_DIR, 'store') })
    closers.add(() => store.close())
    await store.migrate()

    const shared = { config, log, store, clock }
    const consumer = await startConsumer({
      ...shared,
      logger: logger('consumer'),
      metrics: createMetrics(),
    })
    closers.add(() => consumer.close())
    const query = await startQuery({
      ...shared,
      freshness: consumer.freshness,
      projectExists: async (id) => (await startingAuth).projectExists(id),
      logger: logger('query'),
      metrics: createMetrics(),
    })
    closers.add(() => query.close())
    const bridge = await startBridge(
      {
        log,
        clock,
        secret: config.BRIDGE_SECRET,
        logger: logger('bridge'),
        metrics: createMetrics(),
      },
      config.HOST,
      config.BRIDGE_PORT,
    )
    closers.add(() => bridge.close())
    const auth = await startingAuth
    return {
      urls: { bridge: bridge.url, query: query.url, auth: auth.url },
      close: () => closers.closeAll(),
    }
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}
