import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbStore } from './chdb.ts'
import { describeRawStore } from './raw-store.contract.ts'
import { describeStore } from './store.contract.ts'

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-store-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  return {
    store,
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

describeStore('chdb', open)
describeRawStore('chdb', open)
