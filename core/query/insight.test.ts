import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openChdbStore } from '../store/chdb.ts'
import { describeInsights } from './insight.contract.ts'

describeInsights('chdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-insights-'))
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
