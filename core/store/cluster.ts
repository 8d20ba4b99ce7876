import { ANSWERING_TABLES, quoted } from './clickhouse-shared.ts'
import { localTable } from './ddl.ts'

/** A cluster of ClickHouse servers, by names as the configuration checks them. */
export interface Cluster {
  name: string
  database: string
}

/**
 * Every insert and every query takes the first replica of a shard that lives, so that rows are read
 * where they were written.
 */
const FIRST_REPLICA = { load_balancing: 'in_order', prefer_localhost_replica: 0 } as const

export const CLUSTER_INSERT_SETTINGS = {
  ...FIRST_REPLICA,
  // Acknowledged means stored: on every shard it concerns, on most of that shard's replicas.
  distributed_foreground_insert: 1,
  insert_quorum: 'auto',
  // Without it select_sequential_consistency would have an effect, but the inserts of two consumers
  // would refuse each other.
  insert_quorum_parallel: 1,
  insert_quorum_timeout: 30_000,
  // Of a shard that says nothing.
  receive_timeout: 60,
  send_timeout: 60,
} as const

export const CLUSTER_QUERY_SETTINGS = {
  ...FIRST_REPLICA,
  // A subquery is asked once, of all shards, not by every shard of every other.
  distributed_product_mode: 'global',
} as const

/** Where the parts are listed. Every replica counts: which of them answers may change. */
export const clusterEventParts = ({ name, database }: Cluster) => ({
  from: `clusterAllReplicas('${name}', system.parts)`,
  where: `database = '${database}' AND table IN (${quoted(ANSWERING_TABLES.map(localTable))})`,
  groupBy: '_shard_num, table, partition',
})
