// For drills: `node infra/drills/crashing.ts bridge|consumer`, the real service, which kills or
// stops itself at the next of the points that the folder FUSES holds, a file each; without any it just runs.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startBridgeAlone } from '../../core/bridge/alone.ts'
import { startConsumerAlone } from '../../core/consumer/alone.ts'
import type { EventLog, PartitionHandler } from '../../core/log/log.ts'
import { openConfiguredLog } from '../../core/log/open.ts'
import { runProcess } from '../../core/shared/run-process.ts'
import { openConfiguredStore } from '../../core/store/open.ts'

/** Where a service can be made to end, or to stop; the bridge has the first two. */
export const CRASH_POINTS = [
  'before append',
  'after append',
  'after poll',
  'before insert',
  'stop before insert',
  'after insert',
  'in rebalance',
  'in migration',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

/** A point is passed so often before it kills, so that work is under way. */
const PASSES = 3

const fuses = process.env.FUSES ?? ''
let passes = 0

function pass(point: CrashPoint): void {
  const [next] = readdirSync(fuses).sort()
  if (!next?.endsWith(`-${point}`)) return
  const atOnce = point === 'in rebalance' || point === 'in migration'
  if (!atOnce && ++passes < PASSES) return
  rmSync(join(fuses, next))
  process.kill(process.pid, point.startsWith('stop') ? 'SIGSTOP' : 'SIGKILL')
}

const openLog: typeof openConfiguredLog = async (...args) => {
  const log = await openConfiguredLog(...args)
  const crashing: EventLog = {
    id: log.id,
    async append(records) {
      pass('before append')
      await log.append(records)
      pass('after append')
    },
    partitions: () => log.partitions(),
    progress: (group) => log.progress(group),
    subscribe: (group, handler, options) => log.subscribe(group, crashingHandler(handler), options),
    close: () => log.close(),
  }
  return crashing
}

function crashingHandler(handler: PartitionHandler): PartitionHandler {
  return {
    async assigned(...args) {
      pass('in rebalance')
      return handler.assigned(...args)
    },
    async handle(...args) {
      pass('after poll')
      await handler.handle(...args)
    },
    revoked: (partition) => handler.revoked(partition),
  }
}

const openStore: typeof openConfiguredStore = async (config) => {
  const store = await openConfiguredStore(config)
  const { insert, migrate } = store
  return Object.assign(store, {
    async insert(...args: Parameters<typeof insert>) {
      pass('before insert')
      pass('stop before insert')
      await insert.apply(store, args)
      pass('after insert')
    },
    async migrate() {
      // Some statements are applied by then; which, only the clock knows.
      setTimeout(() => pass('in migration'), 5)
      return migrate.apply(store)
    },
  })
}

if (process.argv[1] === import.meta.filename) {
  const [service] = process.argv.slice(2)
  await runProcess((config) =>
    service === 'bridge'
      ? startBridgeAlone(config, openLog)
      : startConsumerAlone(config, openLog, openStore),
  )
}
