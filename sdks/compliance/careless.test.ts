import { join } from 'node:path'
import { describe, it } from 'vitest'
import { play } from './judge.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Sdk } from './sdks.ts'

const CARELESS: Sdk = {
  name: 'careless',
  command: [process.execPath, join(import.meta.dirname, 'careless-sdk.ts')],
  stateful: false,
  persistent: false,
  whyNot: () => '',
}

/** Caught, too, but only when half a minute of patience is over. */
const SLOW = [/a request that hangs/, /waits longer/]

const { 'The contract': contract = [], 'When something fails': faults = [] } = SCENARIOS
const scenarios = [...contract.filter(({ name }) => name.includes('dropped')), ...faults].filter(
  ({ name }) => !SLOW.some((slow) => slow.test(name)),
)

describe('an SDK that is careless', () => {
  it.concurrent.for(scenarios.map((one) => [one.name, one] as const))(
    'is caught by: %s',
    async ([, scenario], { expect }) => {
      await expect(play(scenario, CARELESS)).rejects.toThrow()
    },
  )

  it('delivers on a good day', async () => {
    const name = 'delivers a property of 100 KB'
    const good = SCENARIOS['On the wire']?.find((one) => one.name === name) as Scenario
    await play(good, CARELESS)
  })
})
