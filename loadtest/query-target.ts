import { createQueryApp } from '../core/query/app.ts'
import { silentLogger } from '../core/shared/logger.ts'
import { createMetrics } from '../core/shared/metrics.ts'
import { listen } from '../core/shared/service.ts'
import { openClickHouseStore } from '../core/store/clickhouse.ts'
import type { QueryStore } from '../core/store/store.ts'
import { SYNTHETIC_END, syntheticInserts } from './synthetic-events.ts'

const DATABASE = 'headwater'
const TIMEOUT_MS = 120_000
const PARTITIONS = `SELECT DISTINCT partition FROM system.parts
  WHERE active AND database = '${DATABASE}' AND table = 'events'`

/** A query API over HTTP and, beside it, the store that it asks. */
export interface QueryTarget {
  rows: number
  megabytes: number
  loadedInS: number
  /** Rows of a statement written by hand, over ClickHouse's own HTTP. */
  sql(text: string): Promise<Record<string, unknown>[]>
  /** The answer to a question of POST /api/query, never from a cache. */
  ask(question: object): Promise<Record<string, unknown>>
  /** A statement's answer in the format that it names, as a stream. */
  read(text: string): Promise<ReadableStream<Uint8Array>>
  close(): Promise<void>
}

/** Fills the store with made-up events, unless it has them, and serves the query API on it. */
export async function startQueryTarget(url: string, events: number): Promise<QueryTarget> {
  const store = openClickHouseStore({ url, database: DATABASE })
  await store.migrate()
  const sql = (text: string) => askClickHouse(url, text)
  const started = performance.now()
  await fill(url, sql, events)
  const loadedInS = Math.round((performance.now() - started) / 1000)
  const [size] = await sql(`SELECT sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
    WHERE active AND database = '${DATABASE}' AND table = 'events'`)
  const service = await listen(queryApp(uncached(store)).fetch, '127.0.0.1', 0)
  return {
    rows: Number(size?.rows),
    megabytes: Math.round(Number(size?.bytes) / 1e6),
    loadedInS,
    sql,
    ask: (question) => post(`${service.url}/api/query`, question),
    read: (text) => streamOf(url, text),
    async close() {
      await service.close()
      await store.close()
    },
  }
}

async function fill(url: string, sql: QueryTarget['sql'], events: number): Promise<void> {
  const [row] = await sql('SELECT count() AS events FROM events')
  if (Number(row?.events) !== events) {
    if (Number(row?.events) > 0) throw new Error(`the folder has ${row?.events} events`)
    for (const insert of syntheticInserts(events)) await statement(url, insert)
  }
  // A store that has been running for long is merged; one that was just filled is not.
  for (const { partition } of await sql(PARTITIONS)) {
    await statement(
      url,
      `OPTIMIZE TABLE events PARTITION ${partition} FINAL SETTINGS optimize_skip_merged_partitions = 1`,
    )
  }
}

// Every answer is of another version of the data: none is ever known already.
function uncached(store: QueryStore): QueryStore {
  let version = 0
  return {
    query: (query, options) => store.query(query, options),
    dataVersion: async () => String(version++),
  }
}

const queryApp = (store: QueryStore) =>
  createQueryApp({
    store,
    freshness: { read: async () => ({ complete_until: SYNTHETIC_END, lag_records: 0 }) },
    projectExists: async () => true,
    timeoutMs: TIMEOUT_MS,
    origins: [],
    hosts: [],
    clock: () => SYNTHETIC_END - 1,
    logger: silentLogger,
    metrics: createMetrics(),
  })

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer as Record<string, unknown>
}

async function askClickHouse(url: string, text: string): Promise<Record<string, unknown>[]> {
  const body = await statement(url, `${text} FORMAT JSONEachRow`)
  const lines = body.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function streamOf(url: string, text: string): Promise<ReadableStream<Uint8Array>> {
  const address = `${url}/?database=${DATABASE}`
  const response = await fetch(address, { method: 'POST', body: text })
  if (!response.ok || !response.body) throw new Error(await response.text())
  return response.body
}

async function statement(url: string, text: string): Promise<string> {
  const response = await fetch(`${url}/?database=${DATABASE}`, { method: 'POST', body: text })
  const body = await response.text()
  if (!response.ok) throw new Error(body)
  return body
}
