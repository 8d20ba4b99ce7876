import type { ActorsResult } from '@headwater/schemas/insights/actors'
import {
  WEB_LISTS,
  type WebList,
  type WebOverviewResult,
} from '@headwater/schemas/insights/web-overview'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { type Asked, overviewByHand, type Visit } from './web-reference.ts'

// Few values and short times, so that equal times, bounces and sessions across midnight are common.
const RUNS = 40
const PERSONS = 50
const SECOND_MS = 1_000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Histories begin at noon of the first day and end on the fourth. */
const START = Date.UTC(2026, 5, 14)

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  api.now = START + 10 * DAY_MS
})
afterAll(() => api.remove())

const text = (...values: string[]) => fc.constantFrom('', ...values)
const visit = fc.record({
  event: fc.constantFrom(
    '$pageview',
    '$pageview',
    '$pageview',
    '$pageleave',
    '$autocapture',
    'buy',
  ),
  /** Which of the person's sessions; 0 is none. */
  session: fc.constantFrom(0, 1, 1, 2),
  /** Seconds after the session's begin. */
  after: fc.constantFrom(0, 0, 1, 9, 10, 11, 600, 40_000),
  facts: fc.record({
    pathname: text('/', '/a', '/ü'),
    country: text('DE', 'FR'),
    browser: text('Firefox'),
    os: text('Linux'),
    device_type: text('Mobile'),
    referring_domain: text('x.org'),
    channel: text('Direct'),
    utm_source: text('mail'),
    utm_medium: text('m'),
    utm_campaign: text('c'),
    utm_term: text('t'),
    utm_content: text('o'),
  }),
})
const history = fc.record({
  begins: fc.array(fc.integer({ min: 0, max: 3 * 24 - 12 }), { minLength: 3, maxLength: 3 }),
  visits: fc.array(visit, { maxLength: 8 }),
})
const question = fc.record({
  from: fc.constantFrom(0, 1, 2),
  days: fc.constantFrom(1, 2),
  interval: fc.constantFrom('hour' as const, 'day' as const),
  filter: fc.constantFrom('', '/', '/a'),
  actor: fc.constantFrom('person' as const, 'distinct_id' as const),
  lists: fc.uniqueArray(fc.constantFrom(...WEB_LISTS), { minLength: 2, maxLength: 4 }),
  list_limit: fc.constantFrom(1, 3, 10),
})
const cases = fc.record({
  persons: fc.array(history, { minLength: PERSONS, maxLength: PERSONS }),
  question,
})
type Question = typeof question extends fc.Arbitrary<infer Drawn> ? Drawn : never

it(`agrees with counting by hand on ${RUNS * PERSONS} random histories`, async () => {
  let run = 0
  let bounces = 0
  await fc.assert(
    fc.asyncProperty(cases, async ({ persons, question }) => {
      const project = `r-${run++}`
      const visits = persons.flatMap(visitsOf)
      await insert(project, visits)
      const asked = wire(project, question)
      const { status, body } = await api.post<WebOverviewResult>('/api/query', asked)
      expect(status, JSON.stringify(body)).toBe(200)
      const range = rangeAsked(question)
      const [now, before] = [range, earlier(range, question)].map((span) =>
        overviewByHand(visits, span),
      )
      if (!now || !before) throw new Error('no expectation')
      expect(comparable(body, question.lists)).toEqual(expected(now, before, question))
      bounces += now.bouncedVisitors.length
      const row = {
        list: question.lists[0] as WebList,
        value: body.lists[0]?.rows[0]?.value ?? null,
      }
      expect(await visitors(asked, { row })).toEqual(now.visitorsOf(row.list, row.value).sort())
      const previous = { bounced: true, previous: true }
      expect(await visitors(asked, previous)).toEqual([...before.bouncedVisitors].sort())
      expect((await visitors(asked, { bucket: 0 })).length).toBe(body.series.visitors[0])
    }),
    { numRuns: RUNS, seed: 20_260_616 },
  )
  expect(bounces).toBeGreaterThan(RUNS)
}, 240_000)

function visitsOf({ begins, visits }: { begins: number[]; visits: Drawn[] }, person: number) {
  return visits.map(
    ({ event, session, after, facts }, sequence): Visit => ({
      event,
      visitor: `person ${person}`,
      session: session === 0 ? '' : `${person}-${session}`,
      at: START + 12 * HOUR_MS + (begins[session] ?? 0) * HOUR_MS + after * SECOND_MS,
      sequence: sequence + 1,
      facts,
    }),
  )
}
type Drawn = typeof visit extends fc.Arbitrary<infer Some> ? Some : never

const insert = (project: string, visits: readonly Visit[]) =>
  api.insert(
    visits.map(({ event, visitor, session, at, sequence, facts }) => ({
      project_id: project,
      event,
      distinct_id: visitor,
      session_id: session,
      timestamp: at,
      sequence,
      ...facts,
    })),
  )

const wire = (project: string, { from, days, filter, ...question }: Question) => {
  const day = (n: number) => new Date(START + n * DAY_MS).toISOString().slice(0, 10)
  return {
    kind: 'web_overview',
    project,
    date_from: day(from),
    date_to: day(from + days - 1),
    filters: filter === '' ? [] : [{ property: '$pathname', value: filter }],
    ...question,
  }
}

function rangeAsked({ from, days, interval, filter }: Question): Asked {
  const [start, to] = [START + from * DAY_MS, START + (from + days) * DAY_MS]
  const step = interval === 'day' ? DAY_MS : HOUR_MS
  const starts = Array.from({ length: (to - start) / step }, (_, n) => start + n * step)
  const chooses = ({ facts }: Visit) => filter === '' || facts.pathname === filter
  return { from: start, to, starts, chooses }
}

function earlier(range: Asked, { days }: Question): Asked {
  const back = days * DAY_MS
  return {
    ...range,
    from: range.from - back,
    to: range.to - back,
    starts: range.starts.map((start) => start - back),
  }
}

const NUMBERS = [
  'visitors',
  'sessions',
  'page_views',
  'bounce_rate',
  'session_duration',
  'views_per_session',
] as const
type ByHand = ReturnType<typeof overviewByHand>

function expected(now: ByHand, before: ByHand, { lists, list_limit }: Question) {
  return rounded({
    numbers: NUMBERS.map((name) => {
      const [value, previous] = [now[name], before[name]]
      const change = value === null || !previous ? null : (value - previous) / previous
      return { value, previous, change }
    }),
    series: now.series,
    previous_series: before.series,
    lists: lists.map((list) => ({ list, rows: now.list(list, list_limit) })),
  })
}

function comparable(body: WebOverviewResult, lists: readonly WebList[]) {
  const { buckets: _, ...series } = body.series
  const { buckets: __, ...previous_series } = body.previous_series ?? body.series
  expect(body.lists.map(({ list }) => list)).toEqual(lists)
  return rounded({
    numbers: NUMBERS.map((name) => body[name]),
    series,
    previous_series,
    lists: body.lists,
  })
}

async function visitors(query: unknown, select: unknown): Promise<string[]> {
  const { status, body } = await api.post<ActorsResult>('/api/actors', {
    query,
    select,
    limit: 999,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '').sort()
}

const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part) =>
      typeof part === 'number' ? Number(part.toPrecision(9)) : part,
    ),
  )
