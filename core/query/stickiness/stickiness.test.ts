import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import { CRITERION_OPERATORS, type StickinessResult } from '@headwater/schemas/insights/stickiness'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { activeIntervals } from './stickiness-reference.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const QUESTION = { kind: 'stickiness', project: 'default', series: [{ event: '$pageview' }] }
const ask = (change: object) =>
  api.post<StickinessResult & ApiError>('/api/query', { ...QUESTION, ...change })

describe('a question about stickiness', () => {
  it.each([
    [{ series: undefined }, 'series'],
    [{ series: Array(27).fill({ event: 'a' }) }, 'series'],
    [{ interval: 'fortnight' }, 'interval'],
    [{ criterion: { operator: 'gt', value: 1 } }, 'criterion.operator'],
    [{ criterion: { operator: 'gte', value: 0 } }, 'criterion.value'],
    [{ criterion: { operator: 'gte', value: 1.5 } }, 'criterion.value'],
    [{ criterion: { operator: 'gte' } }, 'criterion.value'],
    [{ cumulative: 'yes' }, 'cumulative'],
  ])('is refused when %j, by the name of the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

// A coarse grid of times, so that several events of one interval, and edges, are common, not rare.
const RUNS = 15
const QUESTIONS = 5
const ACTORS = 50
const HOUR_MS = 3_600_000
const LENGTH_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS }
const BASE = Date.UTC(2026, 4, 4)
const STEPS = 40

const question = fc.record({
  names: fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 }),
  isFiltered: fc.boolean(),
  criterion: fc.oneof(
    fc.constant({ operator: 'gte', value: 1 } as const),
    fc.record({
      operator: fc.constantFrom(...CRITERION_OPERATORS),
      value: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  cumulative: fc.boolean(),
  from: fc.nat(10),
  // More intervals than a number has bits, now and then.
  length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 63, max: 66 })),
  pick: fc.record({ series: fc.nat(), intervals: fc.integer({ min: 1, max: 4 }) }),
})
type DrawnQuestion = typeof question extends fc.Arbitrary<infer Drawn> ? Drawn : never
const event = fc.record({
  name: fc.constantFrom('a', 'b'),
  step: fc.nat(STEPS),
  plan: fc.constantFrom('x', 'y'),
})
type DrawnEvent = typeof event extends fc.Arbitrary<infer Drawn> ? Drawn : never
const cases = fc.record({
  interval: fc.constantFrom('hour', 'day', 'week'),
  histories: fc.array(fc.array(event, { maxLength: 20 }), { minLength: ACTORS, maxLength: ACTORS }),
  questions: fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS }),
})
type Case = typeof cases extends fc.Arbitrary<infer Drawn> ? Drawn : never

it(`agrees with the plain reading on ${RUNS * ACTORS} histories and ${RUNS * QUESTIONS} questions`, async () => {
  let run = 0
  let named = 0
  const property = fc.asyncProperty(cases, async (drawn) => {
    const project = `stickiness-${run++}`
    await insert(project, drawn)
    for (const question of drawn.questions) named += await check(project, drawn, question)
  })
  await fc.assert(property, { numRuns: RUNS, seed: 20_260_504, endOnFailure: true })
  // A test in which nobody stands behind any number would show nothing.
  expect(named).toBeGreaterThan(RUNS * QUESTIONS)
}, 300_000)

const timeOf = ({ step }: DrawnEvent, interval: Case['interval']): number =>
  BASE + (step * LENGTH_MS[interval]) / 2

async function insert(project: string, { interval, histories }: Case): Promise<void> {
  await api.insert(
    histories.flatMap((events, actor) =>
      events.map((event) => ({
        ...{ project_id: project, distinct_id: `actor ${actor}`, event: event.name },
        ...{ timestamp: timeOf(event, interval), properties: { plan: event.plan } },
      })),
    ),
  )
}

/** Asks one question, and who is behind one of its numbers; resolves with how many those are. */
async function check(project: string, drawn: Case, question: DrawnQuestion): Promise<number> {
  const { interval, histories } = drawn
  const { names, isFiltered, criterion, cumulative, from, length, pick } = question
  const filters = isFiltered ? [{ property: 'plan', value: 'x' }] : []
  const edges = Array.from(
    { length: length + 1 },
    (_, place) => BASE + (from + place) * LENGTH_MS[interval],
  )
  const query = {
    ...{ ...QUESTION, project, interval, criterion, cumulative },
    series: names.map((event) => ({ event, filters })),
    date_from: localText(edges[0] ?? 0),
    date_to: localText(edges.at(-1) ?? 0),
  }
  const active = names.map((name) =>
    histories.map((events) => {
      const own = events.filter(
        (one) => (name === '*' || one.name === name) && (!isFiltered || one.plan === 'x'),
      )
      const times = own.map((one) => timeOf(one, interval))
      return activeIntervals(times, edges, criterion)
    }),
  )
  const isCounted = (own: number, intervals: number) =>
    cumulative ? own >= intervals : own === intervals
  const { status, body } = await ask(query)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.intervals).toBe(length)
  expect(body.series).toEqual(
    names.map((event, series) => ({
      event,
      counts: Array.from(
        { length },
        (_, place) => active[series]?.filter((own) => isCounted(own, place + 1)).length,
      ),
    })),
  )
  const select = { ...pick, series: pick.series % names.length }
  const answer = await api.post<ActorsResult>('/api/actors', { query, select })
  const found = answer.body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '')
  const expected = (active[select.series] ?? []).flatMap((own, actor) =>
    isCounted(own, pick.intervals) ? [`actor ${actor}`] : [],
  )
  expect(found.sort()).toEqual(expected.sort())
  return found.length
}

const localText = (at: number): string => new Date(at).toISOString().slice(0, 19)
