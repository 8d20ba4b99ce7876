import { openConfiguredLog } from '../../core/log/open.ts'
import { replayLetters, replayTarget } from '../../core/query/dead-letter-replay.ts'
import { listLetters, showLetter } from '../../core/query/dead-letters.ts'
import { readConfig } from '../../core/shared/config.ts'
import { jsonLogger } from '../../core/shared/logger.ts'
import { Closers } from '../../core/shared/running.ts'
import { openConfiguredStore } from '../../core/store/open.ts'
import { loadSecrets } from '../local/config.ts'
import { readDistributedConfig, withEnvFile } from '../local/distributed.ts'
import type { DeadLetters } from './client.ts'

/** Everybody's letters, and those of no project: past the query API, which answers for one project. */
export async function directDeadLetters(argv: readonly string[]): Promise<DeadLetters> {
  const { dataDir, infrastructure, secrets } = readDistributedConfig(withEnvFile(argv))
  const config = readConfig({ ...loadSecrets(dataDir), ...secrets, ...infrastructure })
  const closers = new Closers()
  const store = await openConfiguredStore(config)
  closers.add(() => store.close())
  const reader = { store, scope: null, options: { timeoutMs: config.QUERY_TIMEOUT_MS } }
  return {
    list: (limit, before) => listLetters(reader, { limit, before }),
    show: (id) => showLetter(reader, id),
    async replay(order) {
      const log = await openConfiguredLog(config, jsonLogger('dead-letters', 'error'))
      closers.add(() => log.close())
      return replayLetters({ reader, target: replayTarget(log, store), clock: Date.now }, order)
    },
    close: () => closers.closeAll(),
  }
}
