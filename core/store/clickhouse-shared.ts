// What the adapters of ClickHouse share, chDB's in this process and the server's: one engine, one
// set of settings, one form of rows.
import type { Progress, Query } from './store.ts'

export const ROW_FORMAT = 'JSONEachRow'
export const DEFAULT_TIMEOUT_MS = 30_000
export const DEFAULT_MAX_QUERY_MEMORY_BYTES = 2 * 1024 ** 3
/** How long the engine may overrun its own time limit before the query is given up. */
export const OVERRUN_MS = 2_000

/** One insert is one block, so that a bad row at its end leaves nothing of its beginning behind. */
const ONE_BLOCK = {
  input_format_parallel_parsing: 0,
  max_insert_block_size: '100000000',
  min_insert_block_size_rows: '100000000',
  min_insert_block_size_bytes: '0',
  // A batch may span years, and every month is a partition.
  max_partitions_per_insert_block: '10000',
} as const

export const INSERT_SETTINGS = {
  ...ONE_BLOCK,
  async_insert: 0,
  // {"a":1,"a":2} and {"a.b":1,"a":{"b":2}} would otherwise refuse the whole insert.
  type_json_skip_duplicated_paths: 1,
  json_type_escape_dots_in_keys: 1,
  // A property is given back as it was sent: "2026-01-01T10:00Z" stays that text.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
} as const

export const QUERY_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
  // Parts of a UNION ALL that are aggregated together would each have tables of their own, for each thread: a third
  // to two thirds more memory. One after the other, there are as many as without it.
  max_streams_for_union_step_to_max_threads_ratio: 1,
} as const

/** Files are read by other programs, not by ours. */
export const STREAM_SETTINGS = {
  ...QUERY_SETTINGS,
  date_time_output_format: 'iso',
  output_format_csv_crlf_end_of_line: 1,
  // Rows that are made, and held, at one time.
  max_block_size: '8192',
} as const

/** An insert's body. */
export const encodeRows = (rows: readonly string[]): Buffer => Buffer.from(rows.join('\n'))

export function parseRows<Row>(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

/** Never resolves; rejects with the signal's reason. */
export function rejectOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal?.aborted) reject(signal.reason)
  })
}

/** How often a running query is looked at. */
export const PROGRESS_MS = 200

/**
 * Tells how far the query is whose log_comment is `mark`, which must be ours, until it is stopped.
 * @param ask Must not wait for that query.
 */
export function watchProgress(
  mark: string,
  ask: (query: Query) => Promise<unknown[]>,
  onProgress: (progress: Progress) => void,
): { stop(): void } {
  let stopped = false
  const look = async () => {
    const rows = await ask({
      text: `SELECT read_rows, total_rows_approx FROM system.processes
        WHERE is_initial_query AND Settings['log_comment'] = '${mark}'`,
    }).catch(() => [])
    const [row] = rows as { read_rows: string; total_rows_approx: string }[]
    if (stopped) return
    if (row) {
      onProgress({ rowsRead: Number(row.read_rows), rowsToRead: Number(row.total_rows_approx) })
    }
    timer = setTimeout(look, PROGRESS_MS)
  }
  let timer = setTimeout(look, PROGRESS_MS)
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Where the parts of a table are listed: SQL of the list, which of its rows, what a partition is. */
interface PartList {
  from: string
  where: string
  groupBy: string
}

/** What answers depend on: the events, who their persons are, and what is known of those. */
export const ANSWERING_TABLES = ['events', 'person_overrides', 'actor_properties'] as const

export const EVENT_PARTS: PartList = {
  from: 'system.parts',
  where: `database = currentDatabase() AND table IN (${quoted(ANSWERING_TABLES)})`,
  groupBy: 'table, partition',
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

/** Asks for what changes with every insert and mutation, and with every merge that removed a row. */
export const dataVersionQuery = ({ from, where, groupBy }: PartList): Query => ({
  text: `SELECT concat(
    toString(sum(rows)), '.', toString(sum(newest)), '.', toString(max(mutation))) AS version
  FROM (
    SELECT sum(rows) AS rows, max(max_block_number) AS newest,
      max(if(data_version > max_block_number, data_version, 0)) AS mutation
    FROM ${from}
    WHERE ${where} AND active
    GROUP BY ${groupBy})`,
})
