import type { Config } from '../shared/config.ts'
import { type ClickHouseStore, openClickHouseStore } from './clickhouse.ts'

/** The store of a service that runs alone. Rejects when none is configured. */
export async function openConfiguredStore(config: Config): Promise<ClickHouseStore> {
  if (!config.CLICKHOUSE_URL) {
    throw new Error('CLICKHOUSE_URL is not set: a service that runs alone needs ClickHouse')
  }
  return openClickHouseStore({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
    cluster: config.CLICKHOUSE_CLUSTER || undefined,
  })
}
