import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeSql } from '../../core/query/sql/sql.contract.ts'
import { openClickHouseStore } from '../../core/store/clickhouse.ts'
import { startClickHouse } from './clickhouse.ts'

describeSql('clickhouse', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-sql-'))
  const server = await startClickHouse({ folder })
  const store = openClickHouseStore({ url: server.url, database: 'asked' })
  await store.migrate()
  return {
    store,
    database: 'asked',
    async remove() {
      await store.close()
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
})
