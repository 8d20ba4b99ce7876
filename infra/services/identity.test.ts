import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeIdentity } from '../../core/identity/identity.contract.ts'
import { openClickHouseStore } from '../../core/store/clickhouse.ts'
import { startClickHouse } from './clickhouse.ts'

describeIdentity('clickhouse', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-identity-'))
  const server = await startClickHouse({ folder })
  const store = openClickHouseStore({ url: server.url, database: 'identity' })
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
