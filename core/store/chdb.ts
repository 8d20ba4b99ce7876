import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { drainPending, type Session } from 'chdb'
import { ChdbLane } from './chdb-lane.ts'
import { ChdbRaw } from './chdb-raw.ts'
import { storeErrorOf } from './clickhouse-errors.ts'
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

export interface ChdbOptions {
  /** Folder of the data; made when missing. One process at a time may open it. */
  path: string
  /** Memory one query may take. @default 2 GiB */
  maxQueryMemoryBytes?: number
}

export type ChdbStore = EventStore & QueryStore & RawStore

/** Opens ClickHouse inside this process. Rejects as unavailable when another process has the folder. */
export async function openChdbStore(options: ChdbOptions): Promise<ChdbStore> {
  await mkdir(options.path, { recursive: true })
  try {
    return new Chdb(options)
  } catch (error) {
    throw new StoreError('unavailable', `cannot open ${options.path}`, { cause: error })
  }
}

class Chdb implements EventStore, QueryStore, RawStore {
  // A session runs one statement at a time, and the client runs all bound queries of a process in
  // one chain: so one session each for inserts, bound queries, plain queries, and for killing them.
  readonly #inserts: ChdbLane
  readonly #bound: ChdbLane
  readonly #plain: ChdbLane
  readonly #control: ChdbLane
  readonly #raw: ChdbRaw
  readonly #maxMemoryBytes: number

  constructor({ path, maxQueryMemoryBytes = DEFAULT_MAX_QUERY_MEMORY_BYTES }: ChdbOptions) {
    this.#maxMemoryBytes = maxQueryMemoryBytes
    this.#inserts = new ChdbLane(path)
    this.#bound = new ChdbLane(path)
    this.#plain = new ChdbLane(path)
    this.#control = new ChdbLane(path)
    const kill = (mark: string) => void this.#kill(mark)
    this.#raw = new ChdbRaw({ path, maxMemoryBytes: maxQueryMemoryBytes, kill })
  }

  async insert(table: StoreTable, rows: readonly string[], token: string): Promise<void> {
    if (rows.length === 0) return
    const settings = { ...INSERT_SETTINGS, insert_deduplication_token: token }
    try {
      await this.#inserts.run((session) =>
        // Joined here, so that a waiting insert does not hold its rows twice.
        session.insert({ table, values: encodeRows(rows), format: ROW_FORMAT, settings }),
      )
    } catch (error) {
      throw storeErrorOf(error, 'insert')
    }
  }

  async query<Row>(query: Query, options: QueryOptions = {}): Promise<Row[]> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options
    const lane = query.params ? this.#bound : this.#plain
    const deadline = Date.now() + timeoutMs
    const answer = lane.run((session) => this.#run(session, query, deadline, options), {
      signal,
      startBefore: deadline,
    })
    // The caller need not wait for the queue, nor for the engine to notice.
    const text = await Promise.race([answer, rejectOn(signal)]).catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason
      throw storeErrorOf(error, 'query')
    })
    return parseRows<Row>(text)
  }

  stream(query: Query, options: StreamOptions): AsyncIterable<Uint8Array> {
    return this.#raw.stream(query, options)
  }

  confined(query: Query, confinement: Confinement): Promise<ConfinedAnswer> {
    return this.#raw.confined(query, confinement)
  }

  async dataVersion(): Promise<string> {
    const [row] = await this.query<{ version: string }>(dataVersionQuery(EVENT_PARTS))
    return row?.version ?? ''
  }

  migrate(): Promise<string[]> {
    return migrate(this, (statement) => this.#statement(statement))
  }

  async close(): Promise<void> {
    await this.#raw.close()
    const lanes = [this.#inserts, this.#bound, this.#plain, this.#control]
    await Promise.all(lanes.map((lane) => lane.idle()))
    // An engine torn down under a running statement takes the process with it.
    await drainPending()
    for (const lane of lanes) lane.close()
  }

  async #run(
    session: Session,
    { text, params }: Query,
    deadline: number,
    { signal, onProgress }: QueryOptions,
  ): Promise<string> {
    const mark = `headwater-${randomUUID()}`
    const seconds = Math.max(deadline - Date.now(), 1) / 1000
    const sql = `${text}\n${this.#settings(seconds, mark)}`
    const kill = () => void this.#kill(mark)
    const watch = onProgress && watchProgress(mark, (look) => this.#look(look), onProgress)
    const overrun = setTimeout(kill, seconds * 1000 + OVERRUN_MS)
    signal?.addEventListener('abort', kill, { once: true })
    try {
      const result = params
        ? session.queryBindAsync(sql, params, { format: ROW_FORMAT })
        : session.queryAsync(sql, { format: ROW_FORMAT })
      return (await result).text()
    } finally {
      watch?.stop()
      clearTimeout(overrun)
      signal?.removeEventListener('abort', kill)
    }
  }

  #settings(seconds: number, mark: string): string {
    const settings = {
      ...QUERY_SETTINGS,
      max_execution_time: seconds,
      max_memory_usage: this.#maxMemoryBytes,
      log_comment: `'${mark}'`,
    }
    const assigned = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
    return `SETTINGS ${assigned.join(', ')}`
  }

  /** The client cannot stop a statement; another session can. A query that has ended is not found. */
  async #kill(mark: string): Promise<void> {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`
    await this.#control.run((session) => session.queryAsync(sql)).catch(() => {})
  }

  async #look({ text }: Query): Promise<unknown[]> {
    const sql = `${text} SETTINGS output_format_json_quote_64bit_integers = 1`
    const result = await this.#control.run((session) =>
      session.queryAsync(sql, { format: ROW_FORMAT }),
    )
    return parseRows(result.text())
  }

  async #statement(sql: string): Promise<void> {
    try {
      await this.#inserts.run((session) => session.queryAsync(sql))
    } catch (error) {
      throw storeErrorOf(error, 'query')
    }
  }
}
