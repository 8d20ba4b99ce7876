import { getMigrations } from 'better-auth/db/migration'
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { lockMigrations } from '../shared/migration-lock.ts'
import type { AuthOptions } from './better-auth.ts'
import type { Database } from './database.ts'

export const DEFAULT_PROJECT_ID = 'default'
export const DEFAULT_ORGANIZATION_ID = 'default'

/** Never edited once released; a change is a new number. */
const MIGRATIONS: Record<string, Migration> = {
  '001_projects': {
    async up(db) {
      await sql`CREATE TABLE projects (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organization (id),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`.execute(db)
      await sql`CREATE INDEX projects_by_organization ON projects (organization_id)`.execute(db)
    },
  },
  '002_write_keys': {
    async up(db) {
      await sql`CREATE TABLE write_keys (
        project_id text NOT NULL REFERENCES projects (id),
        epoch integer NOT NULL CHECK (epoch BETWEEN 1 AND 999999),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        PRIMARY KEY (project_id, epoch)
      )`.execute(db)
    },
  },
  '003_default_project': {
    async up(db) {
      await sql`INSERT INTO organization (id, name, slug, "createdAt")
        VALUES (${DEFAULT_ORGANIZATION_ID}, 'Default', 'default', now())`.execute(db)
      await sql`INSERT INTO projects (id, organization_id, name)
        VALUES (${DEFAULT_PROJECT_ID}, ${DEFAULT_ORGANIZATION_ID}, 'Default')`.execute(db)
      await sql`INSERT INTO write_keys (project_id, epoch, name)
        VALUES (${DEFAULT_PROJECT_ID}, 1, 'Default')`.execute(db)
    },
  },
}

// Any number that nothing else on the same database server locks.
export const MIGRATION_LOCK = 7_214_003

/**
 * Brings the database to this version: better-auth's tables, then ours. All or nothing, safe to run
 * again and by several processes at once: the others wait for the first.
 */
export async function migrate(db: Database, options: AuthOptions): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockMigrations(trx, MIGRATION_LOCK)
    const database = { db: trx, type: 'postgres' as const }
    // Its warnings are about the integer type that it chose itself.
    const logger = { ...options.logger, level: 'error' as const }
    const { runMigrations } = await getMigrations({ ...options, database, logger })
    await runMigrations()
    const migrator = new Migrator({
      db: trx,
      provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
      migrationTableName: 'headwater_migrations',
      migrationLockTableName: 'headwater_migrations_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
  })
}
