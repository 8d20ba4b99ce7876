import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { RetentionResult } from '@headwater/schemas/insights/retention'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cohortLinesOf, type Deed, isMember } from '../cohort/random-cohorts.ts'
import { openTestApi, type TestApi } from '../test-api.ts'
import {
  type HistoryEvent,
  later,
  type Membership,
  membershipsOf,
  type PlainQuestion,
  spanOfCell,
} from './retention-reference.ts'

// Few names, few plans and a coarse grid of times, so that equal times and edges are common, not rare.
const RUNS = 25
const QUESTIONS = 4
const ACTORS = 40
const STEPS = 24
const BASE = Date.UTC(2026, 4, 1)
const HOUR_MS = 3_600_000
const STEP_MS = { hour: HOUR_MS / 3, day: 6 * HOUR_MS, week: 36 * HOUR_MS, month: 192 * HOUR_MS }

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const name = fc.constantFrom('a', 'b', 'c')
const plan = fc.constantFrom(null, null, null, 'x', 'y')
const step = fc.nat(STEPS)
const interval = fc.constantFrom('hour', 'day', 'week', 'month')
const drawnEvent = fc.record({
  name,
  step,
  plan: fc.constantFrom(undefined, 'x', 'y', 'z'),
  price: fc.constantFrom(undefined, 1, 2.5, '4', '', 'gift', 'inf', 'nan'),
})
const drawnQuestion = fc.record({
  mode: fc.constantFrom('recurring', 'first_time', 'first_ever'),
  isFromStart: fc.boolean(),
  isCumulative: fc.boolean(),
  minimum: fc.constantFrom(1, 1, 1, 2, 3),
  sizes: fc.option(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })),
  periods: fc.option(fc.integer({ min: 1, max: 6 })),
  start: fc.oneof(name, fc.constant('*')),
  startPlan: plan,
  return: fc.oneof(name, fc.constant('*')),
  returnPlan: plan,
  plan,
  aggregate: fc.constantFrom(null, null, 'sum', 'avg'),
  split: fc.option(
    fc.oneof(
      fc.constant('plan' as const),
      cohortLinesOf(
        ['a', 'b', 'c'],
        Array.from({ length: ACTORS }, (_, actor) => `actor ${actor}`),
      ),
    ),
    { freq: 2 },
  ),
  limit: fc.integer({ min: 1, max: 3 }),
  from: step,
  length: fc.integer({ min: 1, max: STEPS }),
  now: fc.integer({ min: 0, max: 2 * STEPS }),
  pick: fc.record({ row: fc.nat(), column: fc.nat(), group: fc.nat() }),
})
type DrawnQuestion = typeof drawnQuestion extends fc.Arbitrary<infer Drawn> ? Drawn : never

const cases = fc.record({
  interval,
  histories: fc.array(fc.array(drawnEvent, { maxLength: 14 }), {
    minLength: ACTORS,
    maxLength: ACTORS,
  }),
  questions: fc.array(drawnQuestion, { minLength: QUESTIONS, maxLength: QUESTIONS }),
})

it(`agrees with the plain reading on ${RUNS * ACTORS} histories and ${RUNS * QUESTIONS} questions`, async () => {
  let run = 0
  let named = 0
  const property = fc.asyncProperty(cases, async ({ interval, histories, questions }) => {
    const project = `r-${run++}`
    const actors = histories.map((events) =>
      events.map(
        ({ step, ...event }, sequence): HistoryEvent => ({
          ...event,
          at: BASE + step * STEP_MS[interval],
          sequence: sequence + 1,
        }),
      ),
    )
    await insert(project, actors)
    for (const drawn of questions) {
      const { asked, plain } = questionOf(project, interval, drawn)
      api.now = BASE + drawn.now * STEP_MS[interval]
      const { status, body } = await api.post<RetentionResult>('/api/query', asked)
      expect(status, JSON.stringify(body)).toBe(200)
      const members = actors.map((events, actor): Actor => {
        const name = `actor ${actor}`
        const deeds = events.map((event) => ({ distinct_id: name, event: event.name }))
        return { name, deeds, memberships: membershipsOf(events, plain) }
      })
      expect(body.groups).toEqual(expectedGroups(plain, drawn, members, api.now))
      named += await checkActors(asked, drawn, plain, body, members)
    }
  })
  await fc.assert(property, { numRuns: RUNS, seed: 20_260_501, endOnFailure: true })
  // A test in which nobody stands behind any number would show nothing.
  expect(named).toBeGreaterThan(RUNS)
}, 300_000)

async function insert(project: string, actors: readonly HistoryEvent[][]): Promise<void> {
  await api.insert(
    actors.flatMap((events, actor) =>
      events.map(({ name, at, sequence, plan, price }) => ({
        project_id: project,
        distinct_id: `actor ${actor}`,
        event: name,
        timestamp: at,
        sequence,
        properties: { ...(plan && { plan }), ...(price !== undefined && { price }) },
      })),
    ),
  )
}

type Interval = PlainQuestion['interval']

interface Actor {
  name: string
  deeds: Deed[]
  memberships: Membership[]
}

function questionOf(project: string, interval: Interval, drawn: DrawnQuestion) {
  const from = startOf(interval, BASE + drawn.from * STEP_MS[interval])
  const to = BASE + (drawn.from + drawn.length) * STEP_MS[interval]
  let rows = 1
  while (later(interval, from, rows) < to) rows++
  const columns = [1, ...(drawn.sizes ?? Array((drawn.periods ?? rows) - 1).fill(1))]
  const windows = drawn.isFromStart && interval !== 'month' ? 'from_start' : 'calendar'
  const cumulative = drawn.isCumulative && windows === 'calendar'
  const aggregate = cumulative ? null : drawn.aggregate
  const { mode, minimum, start, startPlan, returnPlan, plan } = drawn
  const plain: PlainQuestion = {
    ...{
      interval,
      mode,
      windows,
      cumulative,
      minimum,
      columns,
      start,
      startPlan,
      returnPlan,
      plan,
    },
    ...{ return: drawn.return, from, to, rows, aggregate },
  }
  const filters = (plan: string | null) =>
    plan === null ? [] : [{ property: 'plan', value: plan }]
  const asked = {
    ...{ kind: 'retention', project, interval, mode, windows, cumulative },
    date_from: localText(BASE + drawn.from * STEP_MS[interval]),
    date_to: localText(to),
    start: { event: start, filters: filters(startPlan) },
    return: { event: drawn.return, filters: filters(returnPlan) },
    filters: filters(plan),
    minimum_occurrences: minimum,
    ...(drawn.sizes ? { brackets: drawn.sizes } : drawn.periods && { periods: drawn.periods }),
    ...(aggregate && { aggregate: { function: aggregate, property: { property: 'price' } } }),
    ...(drawn.split && {
      breakdowns: [drawn.split === 'plan' ? { property: 'plan' } : { cohorts: drawn.split }],
      breakdown_limit: drawn.limit,
    }),
  }
  return { asked, plain }
}

const localText = (at: number): string => new Date(at).toISOString().slice(0, 19)

function startOf(interval: Interval, at: number): number {
  const date = new Date(at)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (interval === 'hour') return Date.UTC(year, month, day, date.getUTCHours())
  if (interval === 'day') return Date.UTC(year, month, day)
  if (interval === 'month') return Date.UTC(year, month, 1)
  return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7))
}

/** The groups in the order of the answer, each with its members. */
function groupsOf({ split, limit }: DrawnQuestion, actors: readonly Actor[]) {
  const members = actors.flatMap(({ memberships }) => memberships)
  if (split === null) return [{ breakdown: null, members }]
  if (split !== 'plan') {
    const deeds = actors.flatMap(({ deeds }) => deeds)
    return split.map(({ name, cohort }) => ({
      breakdown: { kind: 'value', values: [name] },
      members: actors
        .filter(({ name }) => isMember(cohort, name, deeds))
        .flatMap(({ memberships }) => memberships),
    }))
  }
  const byPlan = [...Map.groupBy(members, ({ plan }) => plan)]
    .filter(([plan]) => plan !== '')
    .sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
  const other = byPlan.slice(limit).flatMap(([, some]) => some)
  const none = members.filter(({ plan }) => plan === '')
  return [
    ...byPlan.slice(0, limit).map(([plan, some]) => ({
      breakdown: { kind: 'value', values: [plan] },
      members: some,
    })),
    ...(other.length > 0 ? [{ breakdown: { kind: 'other', values: [] }, members: other }] : []),
    ...(none.length > 0 ? [{ breakdown: { kind: 'none', values: [null] }, members: none }] : []),
  ]
}

function expectedGroups(
  plain: PlainQuestion,
  drawn: DrawnQuestion,
  members: readonly Actor[],
  now: number,
) {
  return groupsOf(drawn, members).map((group) => ({
    breakdown: group.breakdown,
    rows: Array.from({ length: plain.rows }, (_, row) => {
      const cohort = group.members.filter((member) => member.row === row)
      const cells = plain.columns.map((_, column) => {
        const state = stateOf(plain, row, column, now)
        return { value: state === 'future' ? null : cellOf(plain, cohort, column), state }
      })
      return { size: cells[0]?.state === 'future' ? null : cohort.length, cells }
    }),
  }))
}

function cellOf({ aggregate }: PlainQuestion, cohort: readonly Membership[], column: number) {
  if (aggregate === null) return cohort.filter(({ columns }) => columns[column]?.counts).length
  const prices = cohort.flatMap(({ columns }) => columns[column]?.prices ?? [])
  const sum = prices.reduce((total, price) => total + price, 0)
  if (aggregate === 'sum') return sum
  return prices.length === 0 ? null : expect.closeTo(sum / prices.length, 9)
}

function stateOf(plain: PlainQuestion, row: number, column: number, now: number) {
  const { interval, from, to, columns, aggregate, cumulative } = plain
  const earliest = later(interval, from, row)
  const latest = Math.min(later(interval, from, row + 1), to)
  if (spanOfCell(plain, row, column, earliest).begin >= now) return 'future'
  const decides = cumulative && column > 0 ? columns.length - 1 : column
  const isCohortOnly = decides === 0 && aggregate === null
  const end = isCohortOnly ? latest : spanOfCell(plain, row, decides, latest).end
  return end > now ? 'incomplete' : 'complete'
}

/** Asks who is behind one cell; resolves with how many they are. */
async function checkActors(
  asked: object,
  drawn: DrawnQuestion,
  plain: PlainQuestion,
  body: RetentionResult,
  members: readonly Actor[],
): Promise<number> {
  const group = body.groups[drawn.pick.group % Math.max(body.groups.length, 1)]
  if (!group) return 0
  const row = drawn.pick.row % plain.rows
  const column = drawn.pick.column % plain.columns.length
  const select = { row, column, ...(group.breakdown && { breakdown: group.breakdown }) }
  const answer = await api.post<ActorsResult>('/api/actors', { query: asked, select })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const shown = groupsOf(drawn, members).find(
    ({ breakdown }) => JSON.stringify(breakdown) === JSON.stringify(group.breakdown),
  )
  const isFuture = group.rows[row]?.cells[column]?.state === 'future'
  const expected = members.flatMap(({ name, memberships }) => {
    const isIn = memberships.some(
      (member) =>
        member.row === row && member.columns[column]?.counts && shown?.members.includes(member),
    )
    return isIn && !isFuture ? [name] : []
  })
  const found = answer.body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '')
  expect(found.sort()).toEqual(expected.sort())
  return found.length
}
