import type { Scenario } from './scenario.ts'
import { CONTRACT } from './scenarios/contract.ts'
import { FAULT_SCENARIOS } from './scenarios/faults.ts'
import { QUEUE } from './scenarios/queue.ts'
import { WIRE } from './scenarios/wire.ts'

/** All that is asked of an SDK, in the order of the table in sdks/README.md. */
export const SCENARIOS: Record<string, readonly Scenario[]> = {
  'The contract': CONTRACT,
  'On the wire': WIRE,
  'When something fails': FAULT_SCENARIOS,
  'Queue and end': QUEUE,
}
