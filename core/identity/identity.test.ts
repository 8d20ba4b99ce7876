import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbStore } from '../store/chdb.ts'
import { describeIdentity } from './identity.contract.ts'

describeIdentity('chdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-identity-'))
  const store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
  return {
    store,
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
