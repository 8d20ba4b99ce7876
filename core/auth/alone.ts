import type { Config } from '../shared/config.ts'
import { lockFolder } from '../shared/folder-lock.ts'
import { jsonLogger } from '../shared/logger.ts'
import { createProcessMetrics } from '../shared/metrics.ts'
import { type Running, startWhole } from '../shared/running.ts'
import { startAuth } from './start.ts'

/** The auth service as a process of its own, on PostgreSQL, or on PGlite with the folder to itself. */
export function startAuthAlone(config: Config): Promise<Running> {
  return startWhole(async (closers) => {
    if (!config.DATABASE_URL) {
      const lock = await lockFolder(config.DATA_DIR)
      closers.add(async () => lock.release())
    }
    const metrics = createProcessMetrics()
    const logger = jsonLogger('auth', config.LOG_LEVEL)
    const auth = await startAuth({ config, logger, metrics })
    closers.add(() => auth.close())
    return { auth: auth.url }
  })
}
