import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ClickHouseClient } from '@clickhouse/client'
import { type ClickHouseAddress, command, connect, onceMore } from './clickhouse-client.ts'
import { storeErrorOf } from './clickhouse-errors.ts'
import { ClickHouseRaw } from './clickhouse-raw.ts'
import {
  DEFAULT_MAX_QUERY_MEMORY_BYTES,
  DEFAULT_TIMEOUT_MS,
  dataVersionQuery,
  EVENT_PARTS,
  encodeRows,
  INSERT_SETTINGS,
  OVERRUN_MS,
  parseRows,
  QUERY_SETTINGS,
  ROW_FORMAT,
  rejectOn,
  watchProgress,
} from './clickhouse-shared.ts'
import {
  CLUSTER_INSERT_SETTINGS,
  CLUSTER_QUERY_SETTINGS,
  type Cluster,
  clusterEventParts,
} from './cluster.ts'
import { clusterStatements, localTable } from './ddl.ts'
import { migrate } from './migrate.ts'
import type { ConfinedAnswer, Confinement, RawStore, StreamOptions } from './raw-store.ts'
import {
  type EventStore,
  type Query,
  type QueryOptions,
  type QueryStore,
  StoreError,
  type StoreTable,
} from './store.ts'

const DEFAULT_MAX_INSERTS = 8
const DEFAULT_MAX_QUERIES = 16
const DEFAULT_MAX_RAW_QUERIES = 8
const DEFAULT_INSERT_TIMEOUT_MS = 60_000
const PING_TIMEOUT_MS = 2_000

export interface ClickHouseOptions extends ClickHouseAddress {
  /** Made by migrate() when missing. */
  database: string
  /** Name of the cluster; without it the server stands alone. */
  cluster?: string | undefined
  /** Memory one query may take. @default 2 GiB */
  maxQueryMemoryBytes?: number
  /** Queries at one time; more wait. @default 16 */
  maxQueries?: number
  /** Long answers and foreign statements at one time; more wait. @default 8 */
  maxRawQueries?: number
  /** Inserts at one time; more wait. @default 8 */
  maxInserts?: number
  /** An insert is given up after this long; it may be stored all the same. @default 60_000 */
  insertTimeoutMs?: number
}

export interface ClickHouseStore extends EventStore, QueryStore, RawStore {
  /** Rejects as unavailable when the server does not answer, or does not know the user. */
  ping(): Promise<void>
}

/** The store on a ClickHouse server, or cluster. Connects when it is first asked. */
export const openClickHouseStore = (options: ClickHouseOptions): ClickHouseStore =>
  new ClickHouse(options)

class ClickHouse implements ClickHouseStore {
  // Each has its own connections: no flood of queries can keep an insert waiting.
  readonly #inserts: ClickHouseClient
  readonly #queries: ClickHouseClient
  readonly #rawQueries: ClickHouseClient
  readonly #raw: ClickHouseRaw
  readonly #options: ClickHouseOptions
  readonly #cluster: Cluster | null

  constructor(options: ClickHouseOptions) {
    const { maxInserts = DEFAULT_MAX_INSERTS, maxQueries = DEFAULT_MAX_QUERIES } = options
    this.#options = options
    this.#inserts = connect(options, options.database, maxInserts)
    this.#queries = connect(options, options.database, maxQueries)
    this.#cluster = options.cluster ? { name: options.cluster, database: options.database } : null
    const { maxRawQueries = DEFAULT_MAX_RAW_QUERIES } = options
    this.#rawQueries = connect(options, options.database, maxRawQueries)
    this.#raw = new ClickHouseRaw({
      client: this.#rawQueries,
      tables: ['events', localTable('events')].map((table) => `${options.database}.${table}`),
      settings: {
        max_memory_usage: String(options.maxQueryMemoryBytes ?? DEFAULT_MAX_QUERY_MEMORY_BYTES),
        ...(this.#cluster && CLUSTER_QUERY_SETTINGS),
      },
    })
  }

  async insert(table: StoreTable, rows: readonly string[], token: string): Promise<void> {
    if (rows.length === 0) return
    const { insertTimeoutMs = DEFAULT_INSERT_TIMEOUT_MS } = this.#options
    const limit = new AbortController()
    let timer: NodeJS.Timeout | undefined
    // Counted from when it is sent: an insert may wait long for those before it.
    const values = bodyOf(rows, () => {
      timer = setTimeout(() => limit.abort(), insertTimeoutMs)
    })
    try {
      const { stream } = await this.#inserts.exec({
        query: `INSERT INTO ${table} FORMAT ${ROW_FORMAT}`,
        values,
        abort_signal: limit.signal,
        clickhouse_settings: {
          ...INSERT_SETTINGS,
          ...(this.#cluster && CLUSTER_INSERT_SETTINGS),
          insert_deduplication_token: token,
        },
      })
      // The connection is free for the next insert when the answer was read to its end.
      await buffer(stream)
    } catch (error) {
      throw storeErrorOf(error, 'insert')
    } finally {
      clearTimeout(timer)
    }
  }

  async query<Row>(query: Query, options: QueryOptions = {}): Promise<Row[]> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options
    signal?.throwIfAborted()
    const overrun = AbortSignal.timeout(timeoutMs + OVERRUN_MS)
    const stop = signal ? AbortSignal.any([signal, overrun]) : overrun
    const mark = `headwater-${randomUUID()}`
    const ask = () => this.#ask(query, timeoutMs, stop, mark)
    const watch =
      options.onProgress && watchProgress(mark, (look) => this.query(look), options.onProgress)
    try {
      return parseRows<Row>(await ask().catch(onceMore(ask)))
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (overrun.aborted) throw await this.#overrunError()
      throw storeErrorOf(error, 'query')
    } finally {
      watch?.stop()
    }
  }

  stream(query: Query, options: StreamOptions): AsyncIterable<Uint8Array> {
    return this.#raw.stream(query, options)
  }

  confined(query: Query, confinement: Confinement): Promise<ConfinedAnswer> {
    return this.#raw.confined(query, confinement)
  }

  async dataVersion(): Promise<string> {
    const parts = this.#cluster ? clusterEventParts(this.#cluster) : EVENT_PARTS
    const [row] = await this.query<{ version: string }>(dataVersionQuery(parts))
    return row?.version ?? ''
  }

  async migrate(): Promise<string[]> {
    const { database } = this.#options
    const on = this.#cluster ? ` ON CLUSTER '${this.#cluster.name}'` : ''
    // A client of a database that is not there is refused whatever it asks.
    const server = connect(this.#options, undefined, 1)
    try {
      await command(server, `CREATE DATABASE IF NOT EXISTS ${database}${on}`)
    } finally {
      await server.close()
    }
    return migrate(this, (statement) => this.#statement(statement))
  }

  async ping(): Promise<void> {
    const abort_signal = AbortSignal.timeout(PING_TIMEOUT_MS)
    const answer = await this.#queries.ping({ select: true, abort_signal })
    if (!answer.success) throw new StoreError('unavailable', answer.error.message)
  }

  async close(): Promise<void> {
    await Promise.all([this.#inserts, this.#queries, this.#rawQueries].map((one) => one.close()))
  }

  async #ask(
    { text, params }: Query,
    timeoutMs: number,
    stop: AbortSignal,
    mark: string,
  ): Promise<string> {
    const { maxQueryMemoryBytes = DEFAULT_MAX_QUERY_MEMORY_BYTES } = this.#options
    const answer = await this.#queries.query({
      query: text,
      ...(params && { query_params: params }),
      format: ROW_FORMAT,
      abort_signal: stop,
      clickhouse_settings: {
        ...QUERY_SETTINGS,
        ...READ_ONLY,
        ...(this.#cluster && CLUSTER_QUERY_SETTINGS),
        log_comment: mark,
        max_execution_time: timeoutMs / 1000,
        max_memory_usage: String(maxQueryMemoryBytes),
      },
    })
    const close = () => answer.close()
    stop.addEventListener('abort', close, { once: true })
    try {
      return await Promise.race([answer.text(), rejectOn(stop)])
    } finally {
      stop.removeEventListener('abort', close)
    }
  }

  async #statement(statement: string): Promise<void> {
    const statements = this.#cluster ? clusterStatements(statement, this.#cluster) : [statement]
    const settings = this.#cluster ? CLUSTER_INSERT_SETTINGS : {}
    for (const sql of statements) await command(this.#inserts, sql, settings)
  }

  /** The server did not end the query in its time: the query is too much for it, or it is away. */
  async #overrunError(): Promise<StoreError> {
    const kind = await this.ping().then(
      () => 'too_heavy' as const,
      () => 'unavailable' as const,
    )
    return new StoreError(kind, 'the server did not answer in time')
  }
}

/** A query that changes nothing is ended by the server when its client goes away. */
const READ_ONLY = { readonly: '2', cancel_http_readonly_queries_on_client_close: 1 } as const

// Joined when it is sent, so that a waiting insert does not hold its rows twice. A stream goes out in
// chunks: the server notices when the last one is missing, and stores nothing.
function bodyOf(rows: readonly string[], onSend: () => void): Readable {
  const body = function* () {
    onSend()
    yield encodeRows(rows)
  }
  return Readable.from(body(), { objectMode: false })
}
