import { logFreshness } from '../consumer/freshness.ts'
import { CONSUMER_GROUP } from '../consumer/start.ts'
import { identityFreshness, showIdentityLag } from '../identity/freshness.ts'
import { logCheck } from '../log/health.ts'
import { openConfiguredLog } from '../log/open.ts'
import { systemClock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import { jsonLogger, type Logger } from '../shared/logger.ts'
import { createProcessMetrics } from '../shared/metrics.ts'
import { type Running, startWhole } from '../shared/running.ts'
import { openConfiguredStore } from '../store/open.ts'
import { remoteAskers } from './access/remote-askers.ts'
import { replayTarget } from './dead-letter-replay.ts'
import type { RedisCache } from './redis-cache.ts'
import { remoteProjects } from './remote-projects.ts'
import { metadataCheck, metadataOn } from './saved/metadata.ts'
import type { MetadataDatabase, MetadataTables } from './saved/tables.ts'
import { hasEvents, startQuery } from './start.ts'
import { identified } from './store-identity.ts'

/** The query service as a process of its own: it asks ClickHouse, Kafka how complete that is, and auth. */
export function startQueryAlone(config: Config): Promise<Running> {
  return startWhole(async (closers) => {
    const logger = jsonLogger('query', config.LOG_LEVEL)
    const metrics = createProcessMetrics()
    const store = await openConfiguredStore(config)
    closers.add(() => store.close())
    const log = await openConfiguredLog(config, logger)
    closers.add(() => log.close())
    const auth = {
      url: config.INTERNAL_AUTH_URL || config.AUTH_URL,
      secret: config.BRIDGE_SECRET,
      clock: systemClock,
    }
    const isKnown = remoteProjects({ ...auth, logger })
    const sharedCache = config.REDIS_URL ? await openSharedCache(config, logger) : undefined
    if (sharedCache) closers.add(() => sharedCache.close())
    const database = config.DATABASE_URL ? await openDatabase(config.DATABASE_URL) : undefined
    if (database) closers.add(() => database.destroy())
    const freshness = logFreshness(log, CONSUMER_GROUP, systemClock)
    showIdentityLag(metrics, { freshness, store })
    const query = await startQuery({
      config,
      store: sharedCache ? identified(store) : store,
      raw: store,
      writer: store,
      sharedCache,
      replays: replayTarget(log, store),
      journal: store,
      freshness: identityFreshness({ freshness, store, clock: systemClock }),
      // While auth is away, a project that has events is one.
      projectExists: async (id) => (await isKnown(id)) ?? (await hasEvents(store, id)),
      clock: systemClock,
      logger,
      metrics,
      findAsker: remoteAskers(auth),
      metadata: database && metadataOn(() => database),
      checks: [logCheck(log), ...(database ? [metadataCheck(database)] : [])],
    })
    closers.add(() => query.close())
    return { query: query.url }
  })
}

async function openSharedCache(config: Config, logger: Logger): Promise<RedisCache> {
  const { openRedisCache } = await import('./redis-cache.ts')
  return openRedisCache({ url: config.REDIS_URL, secret: config.BRIDGE_SECRET, logger })
}

async function openDatabase(url: string): Promise<MetadataDatabase> {
  const { openPostgres } = await import('../auth/postgres.ts')
  return openPostgres<MetadataTables>(url)
}
