import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClickHouseStore } from '../../core/store/clickhouse.ts'
import { MIGRATIONS_FOLDER, readMigrations } from '../../core/store/migrate.ts'
import { ROOT } from '../local/config.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'
import { freePorts } from './ports.ts'

const SECRET = 'x'.repeat(32)
const SECRETS = { WRITE_KEY_SECRET: SECRET, BRIDGE_SECRET: SECRET, AUTH_SECRET: SECRET }

let folder: string
let server: ClickHouseServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-init-'))
  server = await startClickHouse({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Runs what migrates, as the core's image does. */
async function init(env: Record<string, string>) {
  const script = join(ROOT, 'infra/containers/init-ch.ts')
  const child = spawn(process.execPath, [script], { env: { ...SECRETS, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { stdout, stderr, code: code as number | null }
}

describe('init-ch', () => {
  it('makes the database and every table, by several processes at once, and once only', async () => {
    const env = { CLICKHOUSE_URL: server.url, CLICKHOUSE_DATABASE: 'fresh' }
    const runs = await Promise.all(Array.from({ length: 4 }, () => init(env)))
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']))
    const names = (await readMigrations(MIGRATIONS_FOLDER)).map(({ name }) => name)
    expect(runs.some(({ stdout }) => stdout.includes(`applied ${names.join(', ')}`))).toBe(true)
    expect((await init(env)).stdout).toContain('nothing to do')

    const store = openClickHouseStore({ url: server.url, database: 'fresh' })
    const journal = await store.query<{ name: string }>({
      text: 'SELECT name FROM migrations FINAL ORDER BY number',
    })
    expect(journal.map(({ name }) => name)).toEqual(names)
    const [events] = await store.query<{ ddl: string }>({
      text: `SELECT create_table_query AS ddl FROM system.tables
        WHERE database = currentDatabase() AND name = 'events'`,
    })
    expect(events?.ddl).toContain('non_replicated_deduplication_window = 100000')
    await store.close()
  })

  it('says in one line that the server is away', async () => {
    const [port] = await freePorts(1)
    for (const host of ['127.0.0.1', 'localhost']) {
      const { code, stderr } = await init({ CLICKHOUSE_URL: `http://${host}:${port}` })
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]*ECONNREFUSED[^\n]*\n$/)])
    }
  })

  it('says in one line that no server is configured', async () => {
    const { code, stderr } = await init({})
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]*CLICKHOUSE_URL[^\n]*\n$/)])
  })
})
