// For tests: ClickHouse in two shards of one replica each. libchdb has neither a keeper nor the port from
// which replicas fetch, so that its tables are not replicated here, and each statement is sent to both
// servers by us.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { clusterStatements } from '../../core/store/ddl.ts'
import { MIGRATIONS_FOLDER, readMigrations } from '../../core/store/migrate.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'
import { freePorts } from './ports.ts'

export const CLUSTER = { name: 'pair', database: 'clustered' }

/** Starts both on folders of their own below this one, with the tables of a cluster. */
export async function startCluster(folder: string): Promise<ClickHouseServer[]> {
  const servers = await startPair(folder)
  for (const { url } of servers) await createTables(url)
  return servers
}

async function startPair(folder: string): Promise<ClickHouseServer[]> {
  const [http1 = 0, tcp1 = 0, http2 = 0, tcp2 = 0] = await freePorts(4)
  const shards = [tcp1, tcp2].map(
    (port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`,
  )
  const config = `<clickhouse><remote_servers><${CLUSTER.name}>${shards.join('')}
    </${CLUSTER.name}></remote_servers></clickhouse>`
  const start = (name: string, httpPort: number, tcpPort: number) => {
    const own = join(folder, name)
    mkdirSync(own)
    // It takes the file of this name in the folder in which it runs.
    writeFileSync(join(own, 'config.xml'), config)
    return startClickHouse({ folder: own, httpPort, tcpPort })
  }
  return Promise.all([start('one', http1, tcp1), start('two', http2, tcp2)])
}

async function createTables(url: string): Promise<void> {
  const server = createClient({ url })
  await server.command({ query: `CREATE DATABASE ${CLUSTER.database}` })
  await server.close()
  const client = createClient({ url, database: CLUSTER.database })
  for (const { statement } of await readMigrations(MIGRATIONS_FOLDER)) {
    for (const sql of clusterStatements(statement, CLUSTER)) {
      await client.command({ query: withoutKeeper(sql) })
    }
  }
  await client.close()
}

const withoutKeeper = (statement: string): string =>
  statement
    .replace(/ ON CLUSTER '\w+'/, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, (\w+))?\)/, '$1($2)')
    .replace('MergeTree()', 'MergeTree')
    .replace(/(?<!\w)replicated_deduplication_window = (\d+)/, 'non_$&')
    .replace(/,\s*replicated_deduplication_window_seconds = \d+/, '')
