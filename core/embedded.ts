import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from './auth/database.ts'
import { type AuthService, startAuth } from './auth/start.ts'
import { bridgeRegion } from './bridge/region.ts'
import { startBridge } from './bridge/start.ts'
import { lagCheck } from './consumer/freshness.ts'
import { startConsumer } from './consumer/start.ts'
import { identityFreshness, showIdentityLag } from './identity/freshness.ts'
import { startIdentity } from './identity/start.ts'
import { logCheck } from './log/health.ts'
import { openSqliteLog, type SqliteLog } from './log/sqlite.ts'
import { replayTarget } from './query/dead-letter-replay.ts'
import { metadataOn, type OpenMetadata } from './query/saved/metadata.ts'
import type { MetadataDatabase } from './query/saved/tables.ts'
import { startQuery } from './query/start.ts'
import { systemClock } from './shared/clock.ts'
import type { Config } from './shared/config.ts'
import { lockFolder } from './shared/folder-lock.ts'
import { diskCheck, folderUsed, showDisks } from './shared/health.ts'
import { jsonLogger } from './shared/logger.ts'
import { createMetrics, createProcessMetrics } from './shared/metrics.ts'
import { type Closers, type Running, startWhole } from './shared/running.ts'
import { type ChdbStore, openChdbStore } from './store/chdb.ts'

const HOUR_MS = 3_600_000

/**
 * The whole core in this process, on SQLite, chDB and PGlite. Closes in the order of the flow: no
 * part goes while another still needs it. Rejects, with everything closed, when a part does not start.
 */
export function startEmbedded(config: Config): Promise<Running> {
  return startWhole(async (closers) => {
    const lock = await lockFolder(config.DATA_DIR)
    closers.add(async () => lock.release())
    // The slowest start; it needs nothing of the others.
    const openingDatabase = openDatabase({ url: config.DATABASE_URL, dataDir: config.DATA_DIR })
    const startingAuth = openingDatabase.then((db) =>
      startAuth({ config, db, logger: jsonLogger('auth', config.LOG_LEVEL) }),
    )
    closers.addStarting(startingAuth)
    const log = openLog(config, closers)
    const store = await openChdbStore({ path: join(config.DATA_DIR, 'store') })
    closers.add(() => store.close())
    await store.migrate()
    // One PGlite: auth opened it, fills it first, and closes it last.
    const metadata = metadataOn(async () => {
      await startingAuth
      return (await openingDatabase) as unknown as MetadataDatabase
    })
    const flow = await startFlow(config, { log, store, startingAuth, metadata }, closers)
    const auth = await startingAuth
    return { ...flow, auth: auth.url }
  })
}

function openLog(config: Config, closers: Closers): SqliteLog {
  const folder = join(config.DATA_DIR, 'log')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'log.sqlite')
  const log = openSqliteLog({ path, partitions: config.LOG_PARTITIONS, clock: systemClock })
  closers.add(() => log.close())
  const removeOld = () => log.retain(systemClock() - config.LOG_RETENTION_HOURS * HOUR_MS)
  const retention = setInterval(removeOld, HOUR_MS)
  closers.add(async () => clearInterval(retention))
  return log
}

/** What the services of the flow stand on. */
interface Ground {
  log: SqliteLog
  store: ChdbStore
  startingAuth: Promise<AuthService>
  metadata: OpenMetadata
}

async function startFlow(config: Config, ground: Ground, closers: Closers) {
  const { log, store, startingAuth, metadata } = ground
  const facts = (service: string) => ({
    clock: systemClock,
    logger: jsonLogger(service, config.LOG_LEVEL),
    metrics: createMetrics(),
  })
  // The consumer has no address here: what it counts is shown by the bridge.
  const delivery = createProcessMetrics()
  const dataUsed = () => folderUsed(config.DATA_DIR)
  showDisks(delivery, { data: dataUsed })
  const consumer = await startConsumer({
    config,
    log,
    store,
    ...facts('consumer'),
    metrics: delivery,
  })
  closers.add(() => consumer.close())
  const { freshness } = consumer
  const identity = startIdentity({ store, freshness, ...facts('identity') })
  closers.add(() => identity.close())
  const queryFacts = facts('query')
  showIdentityLag(queryFacts.metrics, { freshness, store })
  const query = await startQuery({
    config,
    store,
    raw: store,
    writer: store,
    replays: replayTarget(log, store),
    journal: store,
    freshness: identityFreshness({ freshness, store, clock: systemClock }),
    metadata,
    projectExists: async (id) => (await startingAuth).projectExists(id),
    findAsker: async (credential) => (await startingAuth).findAsker(credential),
    ...queryFacts,
  })
  closers.add(() => query.close())
  const bridgeDeps = {
    log,
    secret: config.BRIDGE_SECRET,
    region: bridgeRegion(config),
    ...facts('bridge'),
    metrics: delivery,
    checks: [
      logCheck(log),
      diskCheck('disk', dataUsed, config.HEALTH_MAX_DISK_PERCENT),
      lagCheck(freshness, config.HEALTH_MAX_LAG_S, systemClock),
    ],
  }
  const bridge = await startBridge(bridgeDeps, config.HOST, config.BRIDGE_PORT)
  closers.add(() => bridge.close())
  return { bridge: bridge.url, query: query.url }
}
