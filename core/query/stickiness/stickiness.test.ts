import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import type { ApiError } from '@headwater/schemas/insights/question'
import { CRITERION_OPERATORS, type StickinessResult } from '@headwater/schemas/insights/stickiness'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareText } from '../../shared/compare-text.ts'
import { cohortLinesOf, isMember } from '../cohort/random-cohorts.ts'
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
    [{ breakdowns: Array(4).fill({ property: 'plan' }) }, 'breakdowns'],
    [{ breakdowns: [{ property: 'plan', bins: 3 }] }, 'breakdowns.0.bins'],
    [{ breakdowns: [{ property: '^`a`' }] }, 'breakdowns.0.property'],
    [{ breakdowns: [{ property: 'plan' }], breakdown_limit: 0 }, 'breakdown_limit'],
    [{ breakdowns: [{ cohorts: [] }] }, 'breakdowns.0.cohorts'],
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

const PROPERTIES = ['plan', 'size'] as const
const question = fc.record({
  names: fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 }),
  isFiltered: fc.boolean(),
  properties: fc.constantFrom<(typeof PROPERTIES)[number][]>([], ['plan'], ['plan', 'size']),
  cohorts: fc.option(
    cohortLinesOf(
      ['a', 'b'],
      Array.from({ length: ACTORS }, (_, actor) => `actor ${actor}`),
    ),
    { freq: 2 },
  ),
  limit: fc.integer({ min: 1, max: 3 }),
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
  pick: fc.record({
    series: fc.nat(),
    line: fc.nat(),
    intervals: fc.integer({ min: 1, max: 4 }),
  }),
})
type DrawnQuestion = typeof question extends fc.Arbitrary<infer Drawn> ? Drawn : never
const event = fc.record({
  name: fc.constantFrom('a', 'b'),
  step: fc.nat(STEPS),
  plan: fc.constantFrom('', 'x', 'y', 'z'),
  size: fc.constantFrom('', '1', '10'),
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
        ...{
          timestamp: timeOf(event, interval),
          properties: { plan: event.plan, size: event.size },
        },
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
    ...{ breakdowns: breakdownsOf(question), breakdown_limit: question.limit },
    series: names.map((event) => ({ event, filters })),
    date_from: localText(edges[0] ?? 0),
    date_to: localText(edges.at(-1) ?? 0),
  }
  const lines = linesByHand(question, (series, isOn, meeting = criterion) =>
    histories.map((events, actor) => {
      const name = names[series]
      const own = events.filter(
        (one) =>
          (name === '*' || one.name === name) &&
          (!isFiltered || one.plan === 'x') &&
          isOn(one, actor, histories),
      )
      const times = own.map((one) => timeOf(one, interval))
      return activeIntervals(times, edges, meeting)
    }),
  )
  const isCounted = (own: number, intervals: number) =>
    cumulative ? own >= intervals : own === intervals
  const { status, body } = await ask(query)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.intervals).toBe(length)
  expect(body.series).toEqual(
    names.flatMap((event, series) =>
      lines.map(({ breakdown, active }) => ({
        ...{ series, event, breakdown },
        counts: Array.from(
          { length },
          (_, place) => active[series]?.filter((own) => isCounted(own, place + 1)).length,
        ),
      })),
    ),
  )
  const line = lines[pick.line % lines.length]
  if (!line) return 0
  const series = pick.series % names.length
  const select = { series, intervals: pick.intervals, breakdown: line.breakdown }
  const answer = await api.post<ActorsResult>('/api/actors', { query, select })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const found = answer.body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '')
  const expected = (line.active[series] ?? []).flatMap((own, actor) =>
    isCounted(own, pick.intervals) ? [`actor ${actor}`] : [],
  )
  expect(found.sort()).toEqual(expected.sort())
  return found.length
}

const breakdownsOf = ({ properties, cohorts }: DrawnQuestion): object[] =>
  cohorts ? [{ cohorts }] : properties.map((property) => ({ property }))

type IsOn = (event: DrawnEvent, actor: number, histories: Case['histories']) => boolean
interface Line {
  breakdown: BreakdownValue
  /** Per series and actor, in how many intervals it was active with events of the line. */
  active: number[][]
}

/** The lines in the order of the answer. */
function linesByHand(
  { properties, cohorts, limit, names }: DrawnQuestion,
  activeOf: (series: number, isOn: IsOn, criterion?: DrawnQuestion['criterion']) => number[],
): Line[] {
  const lineOf = (breakdown: BreakdownValue, isOn: IsOn): Line => ({
    breakdown,
    active: names.map((_, series) => activeOf(series, isOn)),
  })
  if (cohorts) {
    return cohorts.map(({ name, cohort }) =>
      lineOf({ kind: 'value', values: [name] }, (_, actor, histories) => {
        const deeds = histories.flatMap((events, place) =>
          events.map((one) => ({ distinct_id: `actor ${place}`, event: one.name })),
        )
        return isMember(cohort, `actor ${actor}`, deeds)
      }),
    )
  }
  if (properties.length === 0) return [lineOf(null, () => true)]
  const textsOf = (event: DrawnEvent) => properties.map((name) => event[name])
  const all = ['', 'x', 'y', 'z'].flatMap((plan) =>
    properties.length === 1 ? [[plan]] : ['', '1', '10'].map((size) => [plan, size]),
  )
  const isSome = (texts: string[]) => texts.some((text) => text !== '')
  const isOf = (texts: string[]) => (event: DrawnEvent) =>
    JSON.stringify(textsOf(event)) === JSON.stringify(texts)
  const isThere = (isOn: IsOn) =>
    names.some((_, series) => countOf(activeOf(series, isOn, ANY_EVENT)) > 0)
  const ranked = all
    .filter(isSome)
    .map((texts) => ({
      texts,
      ...lineOf({ kind: 'value', values: texts.map((text) => text || null) }, isOf(texts)),
    }))
    .filter(({ texts }) => isThere(isOf(texts)))
    .sort((a, b) => compareLines(a, b) || compareText(a.texts.join(' '), b.texts.join(' ')))
  const top = ranked.slice(0, limit)
  const others = ranked.slice(limit).map(({ texts }) => isOf(texts))
  const other = lineOf({ kind: 'other', values: [] }, (event) => others.some((is) => is(event)))
  const values = properties.map(() => null)
  const none = lineOf({ kind: 'none', values }, (event) => !isSome(textsOf(event)))
  return [...top.map(({ texts: _, ...line }) => line), other, none].filter(isShown)
}

const ANY_EVENT = { operator: 'gte', value: 1 } as const
const countOf = (active: readonly number[] = []): number => active.filter((own) => own > 0).length
const isShown = ({ active }: Line): boolean => active.some((some) => countOf(some) > 0)
const compareLines = (a: Line, b: Line): number =>
  a.active
    .map((some, series) => countOf(b.active[series]) - countOf(some))
    .find((difference) => difference !== 0) ?? 0

const localText = (at: number): string => new Date(at).toISOString().slice(0, 19)
