import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client'
import { storeErrorOf } from './clickhouse-errors.ts'

/** A cluster's DDL waits for every node. */
const STATEMENT_TIMEOUT_MS = 200_000

export interface ClickHouseAddress {
  /** Of the server's HTTP interface. */
  url: string
  /** @default 'default' */
  user?: string
  /** @default '' */
  password?: string
}

/** A client of at most so many connections; without a database, of the server as it is. */
export function connect(
  { url, user = 'default', password = '' }: ClickHouseAddress,
  database: string | undefined,
  connections: number,
): ClickHouseClient {
  return createClient({
    url,
    username: user,
    password,
    ...(database && { database }),
    application: 'headwater',
    max_open_connections: connections,
    // Every request has a limit of its own.
    request_timeout: STATEMENT_TIMEOUT_MS,
    // Long lists of values do not fit in a URL.
    use_multipart_params_auto: true,
    keep_alive: { enabled: true, eagerly_destroy_stale_sockets: true },
    // An error after the headers is an error.
    clickhouse_settings: { wait_end_of_query: 1 },
    // It would print what it also throws.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

/** Runs a statement that has no answer. Rejects with StoreError. */
export async function command(
  client: ClickHouseClient,
  query: string,
  clickhouse_settings: ClickHouseSettings = {},
): Promise<void> {
  const abort_signal = AbortSignal.timeout(STATEMENT_TIMEOUT_MS)
  try {
    await client.command({ query, clickhouse_settings, abort_signal })
  } catch (error) {
    throw storeErrorOf(error, 'query')
  }
}

/** Asks again when a kept connection turns out to be gone: a restarted server must not be noticed. */
export const onceMore =
  (ask: () => Promise<string>) =>
  (error: unknown): Promise<string> => {
    const lost = error instanceof Error && 'code' in error && LOST.has(error.code)
    return lost ? ask() : Promise.reject(error)
  }

const LOST = new Set<unknown>(['ECONNRESET', 'EPIPE'])
