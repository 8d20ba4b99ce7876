// Beside the stages: auth. In: people and their browsers. Out: sessions, projects and keys.
// Promise: a key opens its own project and nothing else, and a revoked key opens nothing.
import type { Asker } from '@headwater/schemas/asker'
import type { Revocations } from '@headwater/schemas/write-key'
import { type Clock, systemClock } from '../shared/clock.ts'
import type { Config } from '../shared/config.ts'
import type { Logger } from '../shared/logger.ts'
import { createMetrics, type Metrics } from '../shared/metrics.ts'
import { listen, type Service } from '../shared/service.ts'
import { createAuthApp } from './app.ts'
import { findAsker } from './askers.ts'
import { authOptions, createAuth } from './better-auth.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { admitUser, projectExists } from './projects.ts'
import { listRevocations } from './write-keys.ts'

export interface AuthService extends Service {
  projectExists(id: string): Promise<boolean>
  listRevocations(): Promise<Revocations>
  /** Who holds a read key or a session token, or null; rejects when that cannot be told now. */
  findAsker(credential: string): Promise<Asker | null>
}

export interface AuthStartDeps {
  config: Config
  logger: Logger
  clock?: Clock
  /** Closed with the service. @default opened as configured */
  db?: Database
  /** @default its own */
  metrics?: Metrics
}

/** Opens and migrates the database, then serves. Rejects when either cannot be had. */
export async function startAuth(deps: AuthStartDeps): Promise<AuthService> {
  const { config, logger, clock = systemClock, metrics = createMetrics() } = deps
  const place = { url: config.DATABASE_URL, dataDir: config.DATA_DIR }
  const db = deps.db ?? (await openDatabase(place))
  try {
    const settings = {
      db,
      secret: config.AUTH_SECRET,
      url: config.AUTH_URL,
      origins: config.SITE_ORIGINS,
      logger,
      onUserCreated: (user: { id: string; name: string }) => admitUser(db, user),
    }
    await migrate(db, authOptions(settings))
    const auth = createAuth(settings)
    const app = createAuthApp({
      auth,
      db,
      writeKeySecret: config.WRITE_KEY_SECRET,
      internalSecret: config.BRIDGE_SECRET,
      previousInternalSecret: config.BRIDGE_SECRET_PREVIOUS || undefined,
      regions: config.REGIONS,
      origins: config.SITE_ORIGINS,
      hosts: config.ALLOWED_HOSTS,
      clock,
      logger,
      metrics,
    })
    const server = await listen(app.fetch, config.HOST, config.AUTH_PORT)
    return {
      url: server.url,
      projectExists: (id) => projectExists(db, id),
      listRevocations: () => listRevocations(db),
      findAsker: (credential) => findAsker({ auth, db, clock }, credential),
      async close() {
        await server.close()
        await db.destroy()
      },
    }
  } catch (error) {
    await db.destroy()
    throw error
  }
}
