import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openClickHouseStore } from '../../core/store/clickhouse.ts'
import { describeStore } from '../../core/store/store.contract.ts'
import { type ClickHouseServer, startClickHouse } from './clickhouse.ts'

let folder: string
let server: ClickHouseServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-clickhouse-'))
  server = await startClickHouse({ folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

describeStore('clickhouse', async () => {
  const store = openClickHouseStore({ url: server.url, database: 'contract' })
  return { store, remove: () => store.close() }
})
