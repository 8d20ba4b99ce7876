import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { lockMigrations } from '../../shared/migration-lock.ts'
import type { MetadataDatabase } from './tables.ts'

/** Never edited once released; a change is a new number. */
const MIGRATIONS: Record<string, Migration> = {
  '001_items': {
    async up(db) {
      await sql`CREATE TABLE insights.items (
        project_id text NOT NULL,
        kind text NOT NULL,
        id text NOT NULL,
        key text NOT NULL,
        sort text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        body text NOT NULL,
        search text NOT NULL,
        tags text[] NOT NULL,
        refs text[] NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        PRIMARY KEY (project_id, kind, id)
      )`.execute(db)
      await sql`CREATE UNIQUE INDEX items_by_key ON insights.items (project_id, kind, key)
        WHERE deleted_at IS NULL`.execute(db)
      await sql`CREATE INDEX items_sorted ON insights.items (project_id, kind, sort)`.execute(db)
      await sql`CREATE TABLE insights.versions (
        project_id text NOT NULL,
        kind text NOT NULL,
        id text NOT NULL,
        version integer NOT NULL,
        key text NOT NULL,
        body text NOT NULL,
        deleted boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (project_id, kind, id, version),
        FOREIGN KEY (project_id, kind, id) REFERENCES insights.items
      )`.execute(db)
    },
  },
  '002_alerts': {
    async up(db) {
      await sql`CREATE TABLE insights.watches (
        project_id text NOT NULL,
        id text NOT NULL,
        state text NOT NULL,
        since timestamptz,
        value double precision,
        previous double precision,
        interval_end timestamptz,
        snoozed_until timestamptz,
        problem text,
        PRIMARY KEY (project_id, id)
      )`.execute(db)
      await sql`CREATE TABLE insights.deliveries (
        id text PRIMARY KEY,
        place bigserial NOT NULL,
        project_id text NOT NULL,
        source text NOT NULL,
        reason text NOT NULL,
        url text NOT NULL,
        body text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL,
        status integer,
        problem text,
        created_at timestamptz NOT NULL,
        next_at timestamptz,
        claimed_until timestamptz,
        done_at timestamptz
      )`.execute(db)
      await sql`CREATE INDEX deliveries_of_source
        ON insights.deliveries (project_id, source, place)`.execute(db)
      await sql`CREATE INDEX deliveries_pending ON insights.deliveries (place)
        WHERE state = 'pending'`.execute(db)
      await sql`CREATE TABLE insights.leases (
        name text PRIMARY KEY,
        holder text NOT NULL,
        until timestamptz NOT NULL
      )`.execute(db)
    },
  },
  '003_authors': {
    async up(db) {
      await sql`ALTER TABLE insights.versions ADD COLUMN IF NOT EXISTS author text`.execute(db)
    },
  },
}

export const METADATA_SCHEMA = 'insights'
/** Any number that nothing else on the same database server locks. */
const MIGRATION_LOCK = 7_214_005

/**
 * Brings the tables to this version. All or nothing, safe to run again and by several processes at once:
 * the others wait for the first.
 */
export async function migrateMetadata(db: MetadataDatabase): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockMigrations(trx, MIGRATION_LOCK)
    await sql`CREATE SCHEMA IF NOT EXISTS ${sql.id(METADATA_SCHEMA)}`.execute(trx)
    const migrator = new Migrator({
      db: trx,
      provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
      migrationTableSchema: METADATA_SCHEMA,
      migrationTableName: 'migrations',
      migrationLockTableName: 'migrations_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
  })
}
