import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbStore } from './chdb.ts'
import { describeStore } from './store.contract.ts'

describeStore('chdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-store-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  return {
    store,
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
