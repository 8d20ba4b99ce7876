import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbStore } from '../../store/chdb.ts'
import { describeSql } from './sql.contract.ts'

describeSql('chdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-sql-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  return {
    store,
    database: 'default',
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
