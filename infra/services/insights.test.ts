import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeInsights } from '../../core/query/insight.contract.ts'
import { openClickHouseStore } from '../../core/store/clickhouse.ts'
import { startClickHouse } from './clickhouse.ts'

describeInsights('clickhouse', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-insights-'))
  const server = await startClickHouse({ folder })
  const store = openClickHouseStore({ url: server.url, database: 'insights' })
  await store.migrate()
  return {
    store,
    async remove() {
      await store.close()
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
})
