import { type Ledger, runLoad } from '../faults/load.ts'
import { seededRandom } from '../random.ts'
import type { Deployment } from './deployment.ts'
import { untilDrained } from './drained.ts'
import { expectExactlyOnce } from './stored.ts'

const SEED = 20_261_124
const MIN_EVENTS = 3_000
const PAUSE_MS = 150

/** All that was acknowledged in a deployment, over any number of drills. */
export const emptyLedger = (): Ledger => ({ acknowledged: new Set(), requests: 0, retries: 0 })

/**
 * Does something while a seeded load runs, lets everything drain, and fails unless what was answered 2xx
 * is stored, once. Resolves with how long the draining took, in milliseconds.
 */
export async function underLoad(
  deployment: Deployment,
  ledger: Ledger,
  what: string,
  work: () => Promise<unknown>,
): Promise<number> {
  let working = true
  const worked = work().finally(() => {
    working = false
  })
  worked.catch(() => {})
  const load = await runLoad({
    url: deployment.url('edge'),
    writeKey: deployment.writeKey,
    // Another seed for each drill of a deployment: uuids come from it.
    random: seededRandom(SEED + ledger.requests),
    minEvents: MIN_EVENTS,
    goOn: () => working,
    pauseMs: PAUSE_MS,
  })
  await worked
  for (const uuid of load.acknowledged) ledger.acknowledged.add(uuid)
  ledger.requests += load.requests
  ledger.retries += load.retries
  const drainMs = await untilDrained(deployment)
  await expectExactlyOnce(deployment, ledger, what)
  return drainMs
}
