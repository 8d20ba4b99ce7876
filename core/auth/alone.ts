import { collectDefaultMetrics } from 'prom-client'
import type { Config } from '../shared/config.ts'
import { lockFolder } from '../shared/folder-lock.ts'
import { jsonLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { Closers, type Running } from '../shared/running.ts'
import { startAuth } from './start.ts'

/** The auth service as a process of its own, on PostgreSQL, or on PGlite with the folder to itself. */
export async function startAuthAlone(config: Config): Promise<Running> {
  const closers = new Closers()
  try {
    if (!config.DATABASE_URL) {
      const lock = await lockFolder(config.DATA_DIR)
      closers.add(async () => lock.release())
    }
    const metrics = createMetrics()
    collectDefaultMetrics({ register: metrics })
    const logger = jsonLogger('auth', config.LOG_LEVEL)
    const auth = await startAuth({ config, logger, metrics })
    closers.add(() => auth.close())
    return { urls: { auth: auth.url }, close: () => closers.closeAll() }
  } catch (error) {
    await closers.closeAll()
    throw error
  }
}
