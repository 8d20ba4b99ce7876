import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { QueryStore } from './store.ts'

/** The only DDL there is. */
export const MIGRATIONS_FOLDER = new URL('../../schemas/clickhouse/', import.meta.url)

/** One file of one statement: the store has no transactions, so only one statement is all or nothing. */
export interface Migration {
  number: number
  name: string
  checksum: string
  statement: string
}

type Applied = Pick<Migration, 'number' | 'name' | 'checksum'>
type Execute = (statement: string) => Promise<void>

/**
 * Applies the migrations that the store has not seen, in order of their numbers. Safe to run twice and
 * by two at once. Resolves with the names of the applied. Throws when an applied file was changed
 * since, or is not known here.
 */
export async function migrate(
  store: Pick<QueryStore, 'query'>,
  execute: Execute,
  folder: URL = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const [journal, ...others] = await readMigrations(folder)
  if (!journal) throw new Error(`no migrations in ${folder.pathname}`)
  // The first one makes the table that remembers the others.
  await execute(journal.statement)
  const migrations = [journal, ...others]
  const applied = await readApplied(store)
  for (const done of applied.values()) refuseChanged(done, migrations)
  const missing = migrations.filter(({ number }) => !applied.has(number))
  for (const migration of missing) {
    if (migration !== journal) await execute(migration.statement)
    await execute(recordOf(migration))
  }
  return missing.map(({ name }) => name)
}

/** Reads `NNN_name.sql` in order. Throws when two have one number. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const files = (await readdir(folder))
    .filter((file) => /^\d{3}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
  const migrations = await Promise.all(
    files.map(async (file) => {
      const statement = await readFile(new URL(file, folder), 'utf8')
      return {
        number: Number(file.slice(0, 3)),
        name: file.slice(4, -4),
        checksum: createHash('sha256').update(statement).digest('hex'),
        statement,
      }
    }),
  )
  const numbers = new Set(migrations.map(({ number }) => number))
  if (numbers.size < migrations.length) throw new Error('two migrations have the same number')
  return migrations
}

async function readApplied(store: Pick<QueryStore, 'query'>): Promise<Map<number, Applied>> {
  const rows = await store.query<Applied>({
    text: 'SELECT DISTINCT number, name, checksum FROM migrations ORDER BY number',
  })
  return new Map(rows.map((row) => [row.number, row]))
}

function refuseChanged(done: Applied, migrations: readonly Migration[]): void {
  const label = `migration ${done.number} (${done.name})`
  const known = migrations.find(({ number }) => number === done.number)
  if (!known) throw new Error(`${label} was applied by a newer version of Headwater`)
  if (known.checksum !== done.checksum) {
    throw new Error(`${label} was changed after it was applied: add a new migration instead`)
  }
}

// Number, name and checksum come from the file's name and a hash: digits, [a-z0-9_] and hex.
const recordOf = ({ number, name, checksum }: Migration): string =>
  `INSERT INTO migrations (number, name, checksum) VALUES (${number}, '${name}', '${checksum}')`
