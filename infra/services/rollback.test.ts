import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClickHouseStore, openClickHouseStore } from '../../core/store/clickhouse.ts'
import { MIGRATIONS_FOLDER, migrate } from '../../core/store/migrate.ts'
import { sampleRow } from '../../core/store/sample-row.ts'
import { ROOT } from '../local/config.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'

let folder: string
let server: ClickHouseServer
let store: ClickHouseStore
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-rollback-'))
  server = await startClickHouse({ folder: join(folder, 'clickhouse') })
  store = openClickHouseStore({ url: server.url, database: 'headwater' })
  await store.migrate()
  await store.insert('events', [JSON.stringify(sampleRow({}))], 'before')
})
afterAll(async () => {
  await store.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const files = readdirSync(MIGRATIONS_FOLDER).filter((file) => /^\d{3}_/.test(file))
const numbers = files.map((file) => Number(file.slice(0, 3))).filter((number) => number >= 2)

it.each(numbers)(
  'an older version, of migration %i, starts as the runbook says, and the newer one again',
  async (number) => {
    const older = olderVersion(number)
    const [tables, newer] = [await describeTables(), number < Math.max(...numbers)]
    // By its own words when it is not told.
    if (newer) await expect(migrate(store, execute, older)).rejects.toThrow(/by a newer version/)
    await execute(
      `ALTER TABLE headwater.migrations DELETE WHERE number > ${number} SETTINGS mutations_sync = 1`,
    )
    expect(await migrate(store, execute, older)).toEqual([])
    await store.insert('events', [JSON.stringify(sampleRow({}))], `by version ${number}`)
    const later = numbers.filter((other) => other > number)
    expect(await store.migrate()).toHaveLength(later.length)
    expect(await describeTables()).toEqual(tables)
  },
)

it('takes every statement of the runbooks', async () => {
  const text = readFileSync(join(ROOT, 'docs/RUNBOOKS.md'), 'utf8')
  const blocks = [...text.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
  const statements = blocks.flatMap((block) => block.split(';').filter((part) => part.trim()))
  expect(statements.length).toBeGreaterThan(3)
  for (const statement of statements) await execute(statement)
})

it('leaves every row where it was', async () => {
  const [row] = await store.query<{ n: string }>({ text: 'SELECT count() AS n FROM events' })
  expect(Number(row?.n)).toBe(1 + numbers.length)
})

/** The migrations of a version that knows none above this number. */
function olderVersion(number: number): URL {
  const older = join(folder, `version-${number}`)
  for (const file of files) {
    if (Number(file.slice(0, 3)) > number) continue
    cpSync(new URL(file, MIGRATIONS_FOLDER), join(older, file))
  }
  return pathToFileURL(`${older}/`)
}

async function execute(statement: string): Promise<void> {
  const response = await fetch(`${server.url}/?database=headwater`, {
    method: 'POST',
    body: statement,
  })
  if (!response.ok) throw new Error(await response.text())
}

function describeTables(): Promise<unknown[]> {
  return store.query({
    text: `SELECT name, create_table_query FROM system.tables
      WHERE database = currentDatabase() ORDER BY name`,
  })
}
