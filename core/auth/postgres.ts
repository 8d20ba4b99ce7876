import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { DatabaseAway } from './database-away.ts'
import type { Tables } from './tables.ts'

const POOL_CONNECTIONS = 10
/** For a new connection, and for one of the pool's to be free. */
const CONNECT_TIMEOUT_MS = 5_000
/**
 * Kept by us and not by the server, which may be what hangs. A statement here takes milliseconds: one that
 * takes as long as this is not answered any more.
 */
const STATEMENT_TIMEOUT_MS = 5_000

/** SQLSTATEs by which the server says that it cannot work now, not that the statement is wrong. */
const AWAY = /^(08|53|57|58|25006)/

/** Connects when it is first asked. What the server does not answer rejects as DatabaseAway, in time. */
export function openPostgres<Schema = Tables>(
  url: string,
  connections = POOL_CONNECTIONS,
): Kysely<Schema> {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    // As PGlite does it. better-auth adds to the times it keeps as 64-bit integers: to texts, that
    // would append digits, and tell a caller to come back in a thousand years.
    types: {
      getTypeParser: (type, format) =>
        type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format),
    },
  })
  // A connection that breaks is replaced by the pool. Unhandled, its error would end the process: the
  // pool's is that of an idle one, the client's that of one in use.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: watchPool(pool) }) })
}

function watchPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: () =>
      pool.connect().then(watchClient, (error) => {
        throw new DatabaseAway(error)
      }),
    end: () => pool.end(),
  }
}

// A connection on which something was not answered is not given back: the next to use it would wait too.
function watchClient(client: pg.PoolClient): PostgresPoolClient {
  let broken: DatabaseAway | null = null
  const query = async (text: string, values: readonly unknown[]) => {
    if (broken) throw broken
    try {
      return await client.query(text, [...values])
    } catch (error) {
      if (!isAway(error)) throw error
      broken = new DatabaseAway(error)
      throw broken
    }
  }
  return {
    // Kysely knows another form, for streams: we have none.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy = false) => client.release(destroy || broken !== null),
  }
}

function isAway(error: unknown): boolean {
  return error instanceof pg.DatabaseError ? AWAY.test(error.code ?? '') : true
}
