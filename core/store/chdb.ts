import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { drainPending, Session } from 'chdb'
import { storeErrorOf } from './clickhouse-errors.ts'
import { migrate } from './migrate.ts'
import { SerialQueue } from './serial-queue.ts'
import {
  type EventStore,
  type Query,
  type QueryOptions,
  type QueryStore,
  StoreError,
} from './store.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_QUERY_MEMORY_BYTES = 2 * 1024 ** 3
/** How long the engine may overrun its own time limit before the query is killed and given up. */
const OVERRUN_MS = 2_000

/** One insert is one block, so that a bad row at its end leaves nothing of its beginning behind. */
const ONE_BLOCK = {
  input_format_parallel_parsing: 0,
  max_insert_block_size: 100_000_000,
  min_insert_block_size_rows: 100_000_000,
  min_insert_block_size_bytes: 0,
  // A batch may span years, and every month is a partition.
  max_partitions_per_insert_block: 10_000,
} as const

const INSERT_SETTINGS = {
  ...ONE_BLOCK,
  async_insert: 0,
  // {"a":1,"a":2} and {"a.b":1,"a":{"b":2}} would otherwise refuse the whole insert.
  type_json_skip_duplicated_paths: 1,
  json_type_escape_dots_in_keys: 1,
  // A property is given back as it was sent: "2026-01-01T10:00Z" stays that text.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
} as const

export interface ChdbOptions {
  /** Folder of the data; made when missing. One process at a time may open it. */
  path: string
  /** Memory one query may take. @default 2 GiB */
  maxQueryMemoryBytes?: number
}

export type ChdbStore = EventStore & QueryStore

/** Opens ClickHouse inside this process. Rejects as unavailable when another process has the folder. */
export async function openChdbStore(options: ChdbOptions): Promise<ChdbStore> {
  await mkdir(options.path, { recursive: true })
  try {
    return new Chdb(options)
  } catch (error) {
    throw new StoreError('unavailable', `cannot open ${options.path}`, { cause: error })
  }
}

class Chdb implements EventStore, QueryStore {
  // A session runs one statement at a time, and the client runs all bound queries of a process in
  // one chain: so one session each for inserts, bound queries, plain queries, and for killing them.
  readonly #inserts: Lane
  readonly #bound: Lane
  readonly #plain: Lane
  readonly #control: Lane
  readonly #maxMemoryBytes: number

  constructor({ path, maxQueryMemoryBytes = DEFAULT_MAX_QUERY_MEMORY_BYTES }: ChdbOptions) {
    this.#maxMemoryBytes = maxQueryMemoryBytes
    this.#inserts = openLane(path)
    this.#bound = openLane(path)
    this.#plain = openLane(path)
    this.#control = openLane(path)
  }

  async insert(
    table: 'events' | 'dead_letters',
    rows: readonly string[],
    token: string,
  ): Promise<void> {
    if (rows.length === 0) return
    const { queue, session } = this.#inserts
    const settings = { ...INSERT_SETTINGS, insert_deduplication_token: token }
    try {
      await queue.run(() =>
        // Joined here, so that a waiting insert does not hold its rows twice.
        session.insert({ table, values: Buffer.from(rows.join('\n')), format: FORMAT, settings }),
      )
    } catch (error) {
      throw storeErrorOf(error, 'insert')
    }
  }

  async query<Row>(query: Query, options: QueryOptions = {}): Promise<Row[]> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options
    const lane = query.params ? this.#bound : this.#plain
    const deadline = Date.now() + timeoutMs
    const answer = lane.queue.run(() => this.#run(lane, query, deadline, signal), {
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

  async migrate(): Promise<void> {
    await migrate(this, (statement) => this.#statement(statement))
  }

  async close(): Promise<void> {
    const lanes = [this.#inserts, this.#bound, this.#plain, this.#control]
    await Promise.all(lanes.map(({ queue }) => queue.idle()))
    // An engine torn down under a running statement takes the process with it.
    await drainPending()
    for (const { session } of lanes) session.close()
  }

  async #run(
    { session }: Lane,
    { text, params }: Query,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const mark = `headwater-${randomUUID()}`
    const seconds = Math.max(deadline - Date.now(), 1) / 1000
    const sql = `${text}\n${this.#settings(seconds, mark)}`
    const kill = () => void this.#kill(mark)
    const overrun = setTimeout(kill, seconds * 1000 + OVERRUN_MS)
    signal?.addEventListener('abort', kill, { once: true })
    try {
      const result = params
        ? session.queryBindAsync(sql, params, { format: FORMAT })
        : session.queryAsync(sql, { format: FORMAT })
      return (await result).text()
    } finally {
      clearTimeout(overrun)
      signal?.removeEventListener('abort', kill)
    }
  }

  #settings(seconds: number, mark: string): string {
    return [
      `SETTINGS max_execution_time = ${seconds}`,
      `max_memory_usage = ${this.#maxMemoryBytes}`,
      'output_format_json_quote_64bit_integers = 1',
      'output_format_json_quote_denormals = 0',
      `log_comment = '${mark}'`,
    ].join(', ')
  }

  /** The client cannot stop a statement; another session can. A query that has ended is not found. */
  async #kill(mark: string): Promise<void> {
    const sql = `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`
    await this.#control.queue.run(() => this.#control.session.queryAsync(sql)).catch(() => {})
  }

  async #statement(sql: string): Promise<void> {
    const { queue, session } = this.#inserts
    try {
      await queue.run(() => session.queryAsync(sql))
    } catch (error) {
      throw storeErrorOf(error, 'query')
    }
  }
}

interface Lane {
  session: Session
  queue: SerialQueue
}

const FORMAT = 'JSONEachRow'

const openLane = (path: string): Lane => ({ session: new Session(path), queue: new SerialQueue() })

function rejectOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal?.aborted) reject(signal.reason)
  })
}

function parseRows<Row>(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
