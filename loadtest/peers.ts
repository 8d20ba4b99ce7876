import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { startPostgres } from '../infra/services/postgres.ts'

/** Another database with the same events, indexed as its users would. */
export interface Peer {
  name: string
  loadedInS: number
  sql(text: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/** Asks ClickHouse for a stream in one of its formats. */
export type Export = (text: string) => Promise<ReadableStream<Uint8Array>>

const COLUMNS = `toInt64(bitAnd(person_id, 9223372036854775807)) AS person, event, timestamp AS ts,
  is_bot, browser, session_id, toString(properties) AS properties`

/** PostgreSQL: jsonb, and b-trees for what the questions look for; 4 GB of buffers, two workers. */
export async function openPostgresPeer(folder: string, read: Export): Promise<Peer> {
  const place = join(folder, 'postgres')
  mkdirSync(place, { recursive: true })
  const first = await startPostgres({ folder: place })
  await withClient(first.url, (client) => client.query(`ALTER SYSTEM SET shared_buffers = '4GB'`))
  await first.stop()
  const server = await startPostgres({ folder: place })
  const client = new pg.Client(server.url)
  await client.connect()
  await client.query(
    `SET work_mem = '512MB'; SET max_parallel_workers_per_gather = 2; SET jit = off`,
  )
  const started = performance.now()
  const { rows } = await client.query(`SELECT to_regclass('events') AS there`)
  if (!rows[0]?.there) {
    await client.query(`CREATE TABLE events (person bigint, event text, ts timestamptz, is_bot boolean,
      browser text, session_id text, properties jsonb)`)
    await copyInto(server.url, await read(`SELECT ${COLUMNS} FROM events FORMAT TabSeparated`))
    for (const columns of ['event, ts', 'event, person, ts', 'person, ts']) {
      await client.query(`CREATE INDEX ON events (${columns})`)
    }
    await client.query('VACUUM ANALYZE events')
  }
  return {
    name: 'PostgreSQL',
    loadedInS: Math.round((performance.now() - started) / 1000),
    sql: async (text) => (await client.query(text)).rows,
    async close() {
      await client.end()
      await server.stop()
    },
  }
}

/** DuckDB in a file. Null when its package is not there: it is no dependency of ours. */
export async function openDuckDbPeer(folder: string, read: Export): Promise<Peer | null> {
  const duckdb = loadDuckDb()
  if (!duckdb) return null
  const file = join(folder, 'events.duckdb')
  const instance = await duckdb.DuckDBInstance.create(file, { threads: '2' })
  const connection = await instance.connect()
  const sql = async (text: string) => (await connection.runAndReadAll(text)).getRowObjectsJson()
  await sql(`SET TimeZone = 'UTC'`)
  const started = performance.now()
  const [there] = await sql(`SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'events'`)
  if (Number(there?.n) === 0) {
    const parquet = join(folder, 'events.parquet')
    const { writeFile } = await import('node:fs/promises')
    const body = await read(`SELECT ${COLUMNS} FROM events FORMAT Parquet`)
    await writeFile(parquet, Readable.fromWeb(body as never))
    await sql(`CREATE TABLE events AS
      SELECT * REPLACE (properties::JSON AS properties, is_bot::BOOLEAN AS is_bot) FROM '${parquet}'`)
  }
  return {
    name: 'DuckDB',
    loadedInS: Math.round((performance.now() - started) / 1000),
    sql,
    async close() {
      connection.closeSync()
    },
  }
}

interface DuckDb {
  DuckDBInstance: {
    create(
      file: string,
      options: Record<string, string>,
    ): Promise<{
      connect(): Promise<{
        runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>
        closeSync(): void
      }>
    }>
  }
}

function loadDuckDb(): DuckDb | null {
  try {
    return createRequire(join(process.cwd(), 'package.json'))('@duckdb/node-api') as DuckDb
  } catch {
    return null
  }
}

async function withClient(
  url: string,
  act: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await act(client).finally(() => client.end())
}

async function copyInto(url: string, rows: ReadableStream<Uint8Array>): Promise<void> {
  const psql = spawn('psql', [url, '-q', '-c', 'COPY events FROM STDIN'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(psql, 'exit')
  Readable.fromWeb(rows as never).pipe(psql.stdin)
  const [code] = await ended
  if (code !== 0) throw new Error(`psql ended with ${code}`)
}
