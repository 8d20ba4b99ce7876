import { sql } from 'kysely'
import type { AlertStore } from '../../alerts/alert-store.ts'
import { SqlAlertStore } from '../../alerts/sql-alert-store.ts'
import type { HealthCheck } from '../../shared/health.ts'
import { migrateMetadata } from './migrate.ts'
import type { SavedStore } from './saved-store.ts'
import { SqlSavedStore } from './sql-saved-store.ts'
import type { MetadataDatabase } from './tables.ts'

/** What the query service keeps besides events. */
export interface Metadata {
  saved: SavedStore
  alerts: AlertStore
}

/** Resolves when the tables are there. Rejects with DatabaseAway when the database does not answer. */
export type OpenMetadata = () => Promise<Metadata>

/** Migrates when it is first asked; what failed is tried again by the next to ask. */
export function metadataOn(open: () => MetadataDatabase | Promise<MetadataDatabase>): OpenMetadata {
  let opening: Promise<Metadata> | null = null
  const start = async (): Promise<Metadata> => {
    const db = await open()
    await migrateMetadata(db)
    return { saved: new SqlSavedStore(db), alerts: new SqlAlertStore(db) }
  }
  return () => {
    opening ??= start().catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }
}

/** Red while the database does not answer. */
export const metadataCheck = (db: MetadataDatabase): HealthCheck => ({
  name: 'database',
  async run() {
    await sql`SELECT 1`.execute(db)
    return null
  },
})
