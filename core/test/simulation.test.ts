import { expect, it } from 'vitest'
import { simulationConfig } from './simulation/config.ts'
import { type Mutation, simulate, type Verdict } from './simulation/run.ts'

const CLEAN: Verdict = { lost: [], doubled: [], unknown: [], outOfOrder: [], poisonStored: [] }
/** At the most: one that is harmed is enough. */
const MUTANT_SEEDS = 2_000

const { seed, seeds } = simulationConfig()

it(`keeps every promise from client to store over ${seed ?? seeds} histories of faults`, async () => {
  for (let i = seed ?? 1; i <= (seed ?? seeds); i++) {
    const verdict = await simulate(i).catch((error: unknown) => ({ error: String(error) }))
    const replay = `replay with: SIM_SEED=${i} npm test -- core`
    expect(verdict, replay).toEqual(CLEAN)
  }
}, 600_000)

it.each<[Mutation, keyof Verdict]>([
  ['no_fence', 'doubled'],
  ['no_plan', 'doubled'],
  ['forget_half_inserts', 'doubled'],
  ['forget_other_logs', 'doubled'],
  ['commit_before_store', 'lost'],
  ['no_rewind', 'lost'],
])(
  'notices %s: events are %s',
  async (mutation, harm) => {
    let isHarmed = false
    for (let i = 1; i <= MUTANT_SEEDS && !isHarmed; i++) {
      isHarmed = (await simulate(i, mutation))[harm].length > 0
    }
    expect(isHarmed).toBe(true)
  },
  300_000,
)

it('is the same history for the same seed', async () => {
  const histories = await Promise.all([simulate(7, 'no_fence'), simulate(7, 'no_fence')])
  expect(histories[0]).toEqual(histories[1])
})
