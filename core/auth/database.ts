import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

const POOL_CONNECTIONS = 10
const CONNECT_TIMEOUT_MS = 5_000
/** PGlite's defaults are those of a server: 128 MB of buffers for a database of a few hundred rows. */
const PGLITE_SETTINGS = ['shared_buffers=4MB', 'wal_buffers=256kB', 'max_connections=5']

/** PostgreSQL when there is an address for it, else PGlite in the data folder. Nobody else can tell. */
export function openDatabase(place: { url?: string; dataDir: string }): Promise<Database> {
  return place.url ? openPostgres(place.url) : openPglite(join(place.dataDir, 'auth'))
}

export async function openPostgres(url: string, connections = POOL_CONNECTIONS): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // As PGlite does it. better-auth adds to the times it keeps as 64-bit integers: to texts, that
    // would append digits, and tell a caller to come back in a thousand years.
    types: {
      getTypeParser: (type, format) =>
        type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format),
    },
  })
  // An idle connection that breaks is replaced by the pool; unhandled, it would end the process.
  pool.on('error', () => {})
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

/** One PostgreSQL inside this process. One connection: never query it while holding a transaction. */
export async function openPglite(dataDir: string): Promise<Database> {
  const [{ PGlite }] = await Promise.all([import('@electric-sql/pglite'), makeCluster(dataDir)])
  const pglite = await PGlite.create({ dataDir, postgresqlconf: PGLITE_SETTINGS })
  return new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
}

async function makeCluster(dataDir: string): Promise<void> {
  if (dataDir.startsWith('memory://') || existsSync(dataDir)) return
  const worker = new Worker(new URL('./pglite-setup.ts', import.meta.url), {
    workerData: { dataDir },
  })
  await once(worker, 'exit')
}
