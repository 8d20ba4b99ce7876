import { DEFAULT_SETTINGS } from '@headwater/schemas/insights/settings'
import { type TrendsLine, TrendsQuery, type TrendsResult } from '@headwater/schemas/insights/trends'
import type { EventRow } from '@headwater/schemas/row'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cohortLinesOf } from '../cohort/random-cohorts.ts'
import { settledBy } from '../settle.ts'
import { openTestApi, type TestApi } from '../test-api.ts'
import { firstMoment, type HistoryEvent, type ReferencePeriod } from './amounts-reference.ts'
import { referenceLines } from './trends-reference.ts'

// Few people, few days around a change of clocks, few values: so that everything meets everything.
const RUNS = 30
const ACTORS = 30
const QUESTIONS = 5
const HOUR_MS = 3_600_000
const FIRST_DAY = Date.UTC(2026, 2, 20)
const DAYS = 18
/** No session is longer, so that the reach beyond the range always holds the whole of it. */
const SESSION_MS = 18 * HOUR_MS

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const text = (...values: string[]) => fc.constantFrom(...values)
const events = fc.array(
  fc.record({
    event: text('a', 'a', 'b', '$pageview', '$pageview'),
    actor: fc.nat(ACTORS - 1),
    hour: fc.nat(DAYS * 24 - 1),
    sequence: fc.constantFrom(0, 0, 1, 2),
    is_bot: fc.constantFrom(false, false, false, true),
    has_session: fc.boolean(),
    company: text('', 'acme', 'zeta'),
    page: text('/', '/a'),
    plan: text('', 'free', 'pro', 'team'),
    size: text('', 'x', '0', '1', '2', '2.5', '7', '10'),
  }),
  { minLength: 60, maxLength: 120 },
)
const filters = fc.constantFrom(
  [],
  [],
  [{ property: 'plan', value: 'pro' }],
  [{ property: 'size', operator: 'gt', value: 1 }],
  [{ type: 'session', property: '$session_duration', operator: 'gt', value: 3_600 }],
  [
    { type: 'session', property: '$entry_pathname', operator: 'is_not', value: '/a' },
    { type: 'session', property: '$event_count', operator: 'gt', value: 1 },
  ],
  [
    {
      match: 'any',
      filters: [
        { type: 'session', property: '$is_bounce', value: 'true' },
        { type: 'session', property: '$exit_pathname', operator: 'is_not', value: '/' },
        { property: 'plan', value: 'pro' },
      ],
    },
  ],
)
const series = fc
  .record({
    event: text('a', 'b', '$pageview', '*'),
    filters,
    measure: fc.constantFrom(
      ...['total', 'unique_persons', 'unique_sessions', 'unique_groups', 'weekly_active'],
      ...['monthly_active', 'first_time', 'first_matching', 'avg_per_actor', 'median_per_actor'],
      ...['max_per_actor', 'p90_per_actor', 'sum', 'avg', 'min', 'max', 'median', 'p75', 'p99'],
    ),
    measured: fc.constantFrom(
      ...[{ property: 'size' }, { property: 'size' }, { property: '$session_duration' }],
      ...['$session_duration', '$pageview_count'].map((property) => ({
        type: 'session',
        property,
      })),
    ),
  })
  .map(({ measured, ...one }) => ({
    ...one,
    ...(one.measure === 'unique_groups' && { group: 'company' }),
    ...(/^(sum|avg|min|max|median|p\d\d)$/.test(one.measure) && {
      measure_property: measured,
    }),
  }))
const breakdown = fc.constantFrom(
  { property: 'plan' },
  { property: 'size' },
  { property: 'size', bins: 3 },
  { property: '$os' },
  { type: 'session', property: '$session_duration', bins: 4 },
  { type: 'session', property: '$pageview_count' },
  { type: 'session', property: '$is_bounce' },
  { type: 'session', property: '$entry_pathname' },
  { type: 'session', property: '$exit_pathname' },
)
const lines = cohortLinesOf(
  ['a', 'b'],
  Array.from({ length: ACTORS }, (_, actor) => `person ${actor}`),
)
const questions = fc.record({
  series: fc.array(series, { minLength: 1, maxLength: 3 }),
  filters,
  interval: text('hour', 'day', 'day', 'day', 'week', 'month'),
  actor: fc.constantFrom('person', 'person', 'distinct_id', 'session', { group: 'company' }),
  from: fc.nat(DAYS - 4),
  days: fc.integer({ min: 1, max: 9 }),
  time_zone: text(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ),
  week_start: text('monday', 'sunday', 'saturday'),
  include_bots: fc.boolean(),
  breakdowns: fc.oneof(
    fc.constant([]),
    fc.array(breakdown, { minLength: 1, maxLength: 2 }),
    lines.map((cohorts) => [{ cohorts }]),
  ),
  breakdown_limit: fc.integer({ min: 1, max: 5 }),
  cumulative: fc.constantFrom(false, false, true),
  smoothing: fc.constantFrom(1, 1, 3),
  display: text('time', 'time', 'time', 'single_number', 'table'),
  compare: fc.boolean(),
})
type Drawn = typeof questions extends fc.Arbitrary<infer Value> ? Value : never

it(`agrees with the plain reading of ${RUNS * ACTORS} random histories`, async () => {
  let run = 0
  let lines = 0
  const property = fc.asyncProperty(
    events,
    fc.array(questions, { minLength: QUESTIONS, maxLength: QUESTIONS }),
    async (drawnEvents, drawnQuestions) => {
      const project = `r-${run++}`
      const history = drawnEvents.map(historyEvent)
      await api.insert(history.map((event) => rowOf(project, event)))
      for (const drawn of drawnQuestions) {
        const asked = questionOf(project, drawn)
        const { status, body } = await api.post<TrendsResult>('/api/query', asked)
        expect(status, JSON.stringify([asked, body])).toBe(200)
        const query = settledBy(TrendsQuery.parse(asked), DEFAULT_SETTINGS)
        const expected = referenceLines({ query, events: history, periods: periodsOf(query, body) })
        expect({ asked, lines: body.series.map(rounded) }).toEqual({
          asked,
          lines: expected.map((line) => rounded({ ...line, formula: null })),
        })
        lines += body.series.length
      }
    },
  )
  await fc.assert(property, { numRuns: RUNS, seed: 20_260_329, endOnFailure: true })
  expect(lines).toBeGreaterThan(RUNS * QUESTIONS)
}, 300_000)

let uuids = 0
function historyEvent(drawn: {
  event: string
  actor: number
  hour: number
  sequence: number
  is_bot: boolean
  has_session: boolean
  company: string
  page: string
  plan: string
  size: string
}): HistoryEvent {
  const { event, sequence, is_bot, company, page, plan, size } = drawn
  const at = FIRST_DAY + drawn.hour * HOUR_MS
  const distinct_id = `person ${drawn.actor}`
  return {
    event,
    distinct_id,
    at,
    sequence,
    uuid: uuidOf(uuids++),
    is_bot,
    // Of several people, so that most have several events.
    session: drawn.has_session ? `${drawn.actor % 2} ${Math.floor(at / SESSION_MS)}` : '',
    company,
    page,
    properties: { plan, size },
  }
}

/** One half counts up, the other down: which of the two decides makes a difference. */
const uuidOf = (number: number): string =>
  `${String(10_000_000 - number).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`

function rowOf(project_id: string, event: HistoryEvent): Partial<EventRow> {
  const { distinct_id, sequence, uuid, is_bot, company } = event
  const { plan = '', size = '' } = event.properties
  const number = Number(size)
  const properties = {
    plan,
    // Numbers and words that are numbers are one.
    size: sequence > 0 || Number.isNaN(number) || size === '' ? size : number,
    ...(company !== '' && { $groups: { company } }),
  }
  return {
    project_id,
    event: event.event,
    distinct_id,
    timestamp: event.at,
    sequence,
    uuid,
    is_bot,
    session_id: event.session,
    pathname: event.page,
    properties,
  }
}

/** Only questions that are not refused: each of those is tried elsewhere. */
function questionOf(project: string, drawn: Drawn) {
  const { from, days, compare, ...rest } = drawn
  const day = (place: number) =>
    new Date(FIRST_DAY + place * 24 * HOUR_MS).toISOString().slice(0, 10)
  const isAddable = rest.series.every(
    ({ measure, ...one }) =>
      /^(total|unique|first)/.test(measure) ||
      (measure === 'sum' && one.measure_property?.property === 'size'),
  )
  // The reference tells trailing days by whole days only.
  const isRolling = rest.series.some(({ measure }) => measure.endsWith('_active'))
  return {
    kind: 'trends',
    project,
    ...rest,
    interval: rest.interval === 'hour' && isRolling ? 'week' : rest.interval,
    cumulative: rest.cumulative && isAddable,
    date_from: day(from),
    date_to: day(from + days - 1),
    // What the earlier time is has tests of its own; here it is told by the day before the range.
    ...(compare && rest.interval === 'day' && { compare: { to: 'previous' } }),
  }
}

function periodsOf(
  query: TrendsQuery,
  { buckets, previous_buckets }: TrendsResult,
): ReferencePeriod[] {
  const starts = buckets.map((label) => Date.parse(label))
  const before = previous_buckets?.map((label) => Date.parse(label))
  const [from = 0] = starts
  const nextDay = new Date(Date.parse(query.date_to ?? '') + 24 * HOUR_MS)
    .toISOString()
    .slice(0, 10)
  const to = firstMoment(query.time_zone, nextDay)
  return [
    { name: 'current', from, to, starts },
    ...(before
      ? [{ name: 'previous' as const, from: before[0] ?? 0, to: from, starts: before }]
      : []),
  ]
}

const rounded = (line: TrendsLine) => ({
  ...line,
  values: line.values.map(digits),
  total: digits(line.total),
})
const digits = (value: number | null) => (value === null ? null : Number(value.toPrecision(9)))
