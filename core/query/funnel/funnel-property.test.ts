import type { ActorsResult } from '@headwater/schemas/insights/actors'
import { FUNNEL_OUTCOMES, type FunnelInsightResult } from '@headwater/schemas/insights/funnel'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { type Group, groupsOf, type Told, tell } from './funnel-told.ts'
import {
  type Asked,
  bodyOf,
  type Did,
  histories,
  questions,
  rowsOf,
  START,
  UNIT_MS,
} from './random-funnels.ts'

const RUNS = 20
const PERSONS_PER_RUN = 100
const QUESTIONS_PER_RUN = 5
const SEED = 20_260_615

let api: TestApi
let runs = 0
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

it(`agrees with the plain reading on ${RUNS * PERSONS_PER_RUN} random histories`, async () => {
  const drawn = fc.record({
    persons: histories(PERSONS_PER_RUN),
    asked: fc.array(questions, { minLength: 3, maxLength: QUESTIONS_PER_RUN, size: 'max' }),
  })
  await fc.assert(
    fc.asyncProperty(drawn, async ({ persons, asked }) => {
      const project = await insert(persons)
      for (const question of asked) {
        api.now = START + question.now * UNIT_MS
        const { status, body } = await api.post<FunnelInsightResult>(
          '/api/query',
          bodyOf(project, question),
        )
        expect(status, JSON.stringify(body)).toBe(200)
        expect(body.groups).toEqual(
          groupsOf(tell(persons, question), question).map((group) =>
            expectedGroup(group, question),
          ),
        )
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )
}, 240_000)

it('names the actors behind random numbers', async () => {
  const drawn = fc.record({
    persons: histories(PERSONS_PER_RUN),
    asked: questions,
    outcome: fc.constantFrom(...FUNNEL_OUTCOMES),
    step: fc.nat(),
    group: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(drawn, async ({ persons, asked, outcome, ...place }) => {
      const project = await insert(persons)
      api.now = START + asked.now * UNIT_MS
      const groups = groupsOf(tell(persons, asked), asked)
      const group = groups[place.group % groups.length]
      if (!group) return
      const step = (place.step % asked.steps.length) + 1
      const { kind, values } = group
      const breakdown = asked.breakdowns.length > 0 ? { kind, values } : null
      const { status, body } = await api.post<ActorsResult>('/api/actors', {
        query: bodyOf(project, asked),
        select: { step, outcome, breakdown },
        limit: 1_000,
      })
      expect(status, JSON.stringify(body)).toBe(200)
      const behind = group.members.filter((told) => isBehind(told, step, outcome, asked))
      const names = new Set(behind.map(({ person }) => `person ${person}`))
      expect(body.actors.map((actor) => actor.distinct_ids[0]).sort()).toEqual([...names].sort())
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )
}, 240_000)

async function insert(persons: readonly Did[][]): Promise<string> {
  const project = `r-${runs++}`
  await api.insert(rowsOf(project, persons))
  return project
}

function isBehind(
  { outcome, times }: Told,
  step: number,
  selected: string,
  { steps }: Asked,
): boolean {
  const stands = outcome.furthest === step && step < steps.length
  const reached = times[step - 1] !== null
  if (selected === 'reached') return reached
  if (selected === 'converted') return reached && outcome.furthest > step
  if (selected === 'excluded') return outcome.isExcluded
  return stands && outcome.isOpen === (selected === 'open')
}

function expectedGroup({ kind, values, members }: Group, asked: Asked) {
  return {
    breakdown: asked.breakdowns.length === 0 ? null : { kind, values },
    excluded: members.filter(({ outcome }) => outcome.isExcluded).length,
    steps: asked.steps.map((_, place) => expectedStep(members, asked, place)),
  }
}

function expectedStep(members: readonly Told[], asked: Asked, place: number) {
  const { event, optional = false } = asked.steps[place] ?? { event: '' }
  const reached = (at: number) => members.filter(({ times }) => (times[at] ?? null) !== null)
  const before = asked.steps.findLastIndex((step, at) => at < place && !step.optional)
  const isLast = place === asked.steps.length - 1
  const standing = members.filter(({ outcome }) => outcome.furthest === place + 1)
  const open = isLast ? 0 : standing.filter(({ outcome }) => outcome.isOpen).length
  const gaps = reached(place)
    .map(({ times }) => ((times[place] ?? 0) - (times[before] ?? 0)) / 1000)
    .sort((a, b) => a - b)
  const count = gaps.length
  const rate = (of: number) => (of === 0 ? null : count / of)
  const isTimed = place > 0 && count > 0
  return {
    event: asked.order === 'any' ? null : event,
    name: null,
    optional,
    count,
    rate_from_first: rate(reached(0).length),
    rate_from_previous: rate(reached(Math.max(before, 0)).length),
    dropped: isLast ? 0 : standing.length - open,
    open,
    mean_seconds: isTimed ? expect.closeTo(gaps.reduce((sum, gap) => sum + gap) / count, 6) : null,
    median_seconds: isTimed ? expect.closeTo(medianOf(gaps), 6) : null,
  }
}

function medianOf(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
