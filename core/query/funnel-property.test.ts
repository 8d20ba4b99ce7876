import type { FunnelResult } from '@headwater/schemas/insight'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HistoryEvent, type Outcome, walkFunnel } from './funnel-reference.ts'
import { openTestApi, type TestApi } from './test-api.ts'

// Small numbers, so that equal times, window ends and repeated steps are common, not rare.
const START = Date.UTC(2026, 5, 15)
const RUNS = 60
const PERSONS_PER_RUN = 12

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

interface Case {
  /** Event name of each step; names repeat. */
  steps: string[]
  windowS: number
  openFromS: number
  persons: { name: string; at: number; sequence: number }[][]
}

const name = fc.constantFrom('a', 'b', 'c', 'd')
const cases: fc.Arbitrary<Case> = fc.record({
  steps: fc.array(name, { minLength: 2, maxLength: 5 }),
  windowS: fc.integer({ min: 1, max: 12 }),
  openFromS: fc.integer({ min: 0, max: 30 }),
  persons: fc.array(
    fc.array(fc.record({ name, at: fc.nat(20), sequence: fc.constantFrom(0, 0, 1, 2) }), {
      maxLength: 12,
    }),
    { minLength: PERSONS_PER_RUN, maxLength: PERSONS_PER_RUN },
  ),
})

it(`agrees with the plain reading on ${RUNS * PERSONS_PER_RUN} random histories`, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(cases, async (drawn) => {
      const project = `r-${run++}`
      await insertCase(project, drawn)
      // The horizon is decided to the minute: the clock moves, not the events.
      api.now = START + (drawn.windowS + drawn.openFromS) * 60_000
      const { status, body } = await api.post<FunnelResult>('/api/funnels', {
        project,
        steps: drawn.steps.map((event) => ({ event })),
        conversion_window: { value: drawn.windowS, unit: 'minute' },
        date_from: '2026-06-15',
        date_to: '2026-06-15',
      })
      expect(status).toBe(200)
      expect(body.groups[0]?.steps).toEqual(expectedSteps(drawn, api.now))
    }),
    { numRuns: RUNS, seed: 20_260_615 },
  )
}, 120_000)

async function insertCase(project: string, { persons }: Case): Promise<void> {
  const rows = persons.flatMap((events, person) =>
    events.map(({ name, at, sequence }) => ({
      project_id: project,
      distinct_id: `person ${person}`,
      event: name,
      timestamp: START + at * 60_000,
      sequence,
    })),
  )
  await api.insert(rows)
}

function expectedSteps({ steps, windowS, persons }: Case, now: number) {
  const windowMs = windowS * 60_000
  const outcomes = persons.map((events) => {
    const history = events.flatMap(({ name, at, sequence }): HistoryEvent[] => {
      const matched = steps.flatMap((step, place) => (step === name ? place + 1 : []))
      return matched.length > 0 ? [{ at: START + at * 60_000, sequence, steps: matched }] : []
    })
    return walkFunnel(history, steps.length, windowMs)
  })
  return steps.map((event, place) =>
    expectedStep(outcomes, event, place + 1, steps.length, (entry) => entry + windowMs >= now),
  )
}

function expectedStep(
  outcomes: readonly Outcome[],
  event: string,
  step: number,
  last: number,
  isOpen: (entry: number) => boolean,
) {
  const reached = (at: number) => outcomes.filter(({ furthest }) => furthest >= at)
  const standing = outcomes.filter(({ furthest }) => furthest === step)
  const open = step === last ? 0 : standing.filter(({ latestEntry }) => isOpen(latestEntry)).length
  const gaps = reached(step)
    .map(({ times }) => ((times[step - 1] ?? 0) - (times[step - 2] ?? 0)) / 1000)
    .sort((a, b) => a - b)
  const count = reached(step).length
  const rate = (of: number) => (of === 0 ? null : count / of)
  const timed = step > 1 && count > 0
  return {
    event,
    count,
    rate_from_first: rate(reached(1).length),
    rate_from_previous: rate(reached(Math.max(step - 1, 1)).length),
    dropped: step === last ? 0 : standing.length - open,
    open,
    mean_seconds: timed ? expect.closeTo(gaps.reduce((sum, gap) => sum + gap, 0) / count, 6) : null,
    median_seconds: timed ? expect.closeTo(medianOf(gaps), 6) : null,
  }
}

function medianOf(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
