import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Kysely, PGliteDialect } from 'kysely'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>

/** PGlite's defaults are those of a server: 128 MB of buffers for a database of a few hundred rows. */
const PGLITE_SETTINGS = ['shared_buffers=4MB', 'wal_buffers=256kB', 'max_connections=5']

/** PostgreSQL when there is an address for it, else PGlite in the data folder. Nobody else can tell. */
export async function openDatabase(place: { url?: string; dataDir: string }): Promise<Database> {
  if (!place.url) return openPglite(join(place.dataDir, 'auth'))
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(place.url)
}

/** One PostgreSQL inside this process. One connection: never query it while holding a transaction. */
export async function openPglite<Schema = Tables>(dataDir: string): Promise<Kysely<Schema>> {
  const [{ PGlite }] = await Promise.all([import('@electric-sql/pglite'), makeCluster(dataDir)])
  const pglite = await PGlite.create({ dataDir, postgresqlconf: PGLITE_SETTINGS })
  return new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) })
}

async function makeCluster(dataDir: string): Promise<void> {
  if (dataDir.startsWith('memory://') || existsSync(dataDir)) return
  const worker = new Worker(new URL('./pglite-setup.ts', import.meta.url), {
    workerData: { dataDir },
  })
  await once(worker, 'exit')
}
