// Random histories and random questions about them, and what the plain reading answers. Only tests use it.
import type { EventRow } from '@headwater/schemas/row'
import fc from 'fast-check'
import type { CohortLine } from '../cohort/lines.ts'
import { cohortLinesOf, isMember } from '../cohort/random-cohorts.ts'
import {
  compareEvents,
  compareLabels,
  type HistoryEvent,
  type Outcome,
  outcomeOf,
  type Rules,
  sortHistory,
} from './funnel-reference.ts'

// Small numbers, so that equal times, window ends and repeated steps are common, not rare.
export const START = Date.UTC(2026, 5, 15)
/** Ten minutes: six of them are an hour. */
export const UNIT_MS = 600_000
const NAMES = ['a', 'b', 'c', 'd']

export interface Did {
  name: string
  /** Units after START. */
  at: number
  sequence: number
  /** Values of the properties p and q. */
  p: string
  q: string
}

export interface Selector {
  event: string
  filters?: { property: string; value: string }[]
}

export interface Asked {
  steps: (Selector & { optional?: boolean })[]
  order: Rules['order']
  window: number
  exclusions: (Selector & { from_step: number; to_step: number })[]
  breakdowns: string[]
  /** In place of the one breakdown. */
  cohorts: CohortLine[] | null
  breakdown_limit: number
  attribution: 'first_touch' | 'last_touch' | 'all_events' | { step: number }
  /** Units after START. */
  from: number
  to: number
  /** Units from START to the horizon. */
  now: number
}

const value = fc.constantFrom('', '', 'u', 'v', 'w')
const did: fc.Arbitrary<Did> = fc.record({
  name: fc.constantFrom(...NAMES, ...NAMES, 'x', 'z'),
  at: fc.nat(20),
  sequence: fc.constantFrom(0, 0, 1, 2),
  p: value,
  q: value,
})
export const histories = (persons: number): fc.Arbitrary<Did[][]> =>
  fc.array(fc.array(did, { maxLength: 12 }), { minLength: persons, maxLength: persons })

const filters = fc.option(
  fc.constantFrom('u', 'v').map((value) => [{ property: 'p', value }]),
  { nil: undefined, freq: 4 },
)
const selector = (...names: string[]): fc.Arbitrary<Selector> =>
  fc
    .record({ event: fc.constantFrom(...names), filters })
    .map(({ event, filters }) => ({ event, ...(filters && { filters }) }))

const step = selector(...NAMES, ...NAMES, 'x', '*')
const meaning = ({ event, filters = [] }: Selector) => JSON.stringify([event, filters])

const cohorts = cohortLinesOf(
  [...NAMES, 'x'],
  Array.from({ length: 20 }, (_, person) => `person ${person}`),
)

/** Questions that are not refused. */
export const questions: fc.Arbitrary<Asked> = fc
  .record({
    order: fc.constantFrom('ordered', 'ordered', 'strict', 'any'),
    steps: fc.array(step, { minLength: 2, maxLength: 5 }),
    skippable: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    someOptional: fc.boolean(),
    window: fc.integer({ min: 1, max: 12 }),
    exclusions: fc.array(
      fc.record({ selector: selector('x', 'x', 'd', 'z', '*'), from: fc.nat(4), to: fc.nat(4) }),
      { maxLength: 2 },
    ),
    breakdowns: fc.constantFrom<string[][]>([], ['p'], ['p'], ['p', 'q']),
    cohorts: fc.option(cohorts, { freq: 2 }),
    breakdown_limit: fc.integer({ min: 1, max: 4 }),
    attribution: fc.constantFrom<(Asked['attribution'] | 'step')[]>(
      'first_touch',
      'last_touch',
      'all_events',
      'step',
    ),
    attributedStep: fc.nat(4),
    from: fc.constantFrom(0, 0, 3),
    to: fc.integer({ min: 8, max: 24 }),
    open: fc.integer({ min: 0, max: 30 }),
  })
  .map((drawn): Asked => {
    const isAny = drawn.order === 'any'
    const steps = isAny ? distinct(drawn.steps) : drawn.steps
    const count = steps.length
    const asked = steps.map((one, place) => {
      const isInner = place > 0 && place < count - 1
      const optional = isInner && drawn.someOptional && !isAny && drawn.skippable[place] === true
      return { ...one, ...(optional && { optional }) }
    })
    const required = asked.flatMap(({ optional }, place) => (optional ? [] : [place + 1]))
    const attributed = isAny ? 1 : (drawn.attributedStep % count) + 1
    return {
      ...drawn,
      cohorts: drawn.breakdowns.length === 1 ? drawn.cohorts : null,
      steps: asked,
      exclusions: drawn.exclusions
        .filter((one) => !steps.some((other) => meaning(other) === meaning(one.selector)))
        .map((one) => {
          const from = isAny ? 0 : one.from % (required.length - 1)
          const to = isAny ? count - 1 : from + 1 + (one.to % (required.length - 1 - from))
          return { ...one.selector, from_step: required[from] ?? 1, to_step: required[to] ?? count }
        }),
      attribution: drawn.attribution === 'step' ? { step: attributed } : drawn.attribution,
      now: drawn.window + drawn.open,
    }
  })

// Two at least, of the ones that were drawn, or others.
function distinct(steps: readonly Selector[]): Selector[] {
  const known = new Map(
    [...steps, { event: 'a' }, { event: 'b' }].map((one) => [meaning(one), one]),
  )
  return [...known.values()].slice(0, Math.max(2, new Set(steps.map(meaning)).size))
}

export const clockText = (units: number): string =>
  new Date(START + units * UNIT_MS).toISOString().slice(0, 19)

/** The question as it is asked. */
export const bodyOf = (project: string, asked: Asked) => ({
  kind: 'funnel',
  project,
  steps: asked.steps,
  order: asked.order,
  window: { value: asked.window * 10, unit: 'minute' },
  exclusions: asked.exclusions,
  breakdowns: asked.cohorts
    ? [{ cohorts: asked.cohorts }]
    : asked.breakdowns.map((property) => ({ property })),
  breakdown_limit: asked.breakdown_limit,
  attribution: asked.attribution,
  date_from: clockText(asked.from),
  date_to: clockText(asked.to),
})

export const rowsOf = (project_id: string, persons: readonly Did[][]): Partial<EventRow>[] =>
  persons.flatMap((events, person) =>
    events.map(({ name, at, sequence, p, q }) => ({
      project_id,
      distinct_id: `person ${person}`,
      event: name,
      timestamp: START + at * UNIT_MS,
      sequence,
      properties: { ...(p && { p }), ...(q && { q }) },
    })),
  )

/** One outcome of a person: with all_events there is one per value. */
export interface Told {
  person: number
  label: string[]
  outcome: Outcome
  /** ms, per step; null where it was not taken. */
  times: (number | null)[]
}

/** What everybody's outcomes are. @param entry Only entries between these. @default the range */
export function tell(persons: readonly Did[][], asked: Asked, entry?: [number, number]): Told[] {
  if (!asked.cohorts) return tellAll(persons, asked, entry)
  const alone = { ...asked, breakdowns: [], cohorts: null }
  const deeds = persons.flatMap((events, person) =>
    events.map(({ name }) => ({ distinct_id: `person ${person}`, event: name })),
  )
  return asked.cohorts.flatMap(({ name, cohort }) =>
    tellAll(persons, alone, entry)
      .filter(({ person }) => isMember(cohort, `person ${person}`, deeds))
      .map((told) => ({ ...told, label: [name] })),
  )
}

function tellAll(persons: readonly Did[][], asked: Asked, entry?: [number, number]): Told[] {
  const [from, to] = entry ?? [asked.from, asked.to]
  const until = START + ((entry ? to - 1 / UNIT_MS : asked.to) + asked.window) * UNIT_MS
  const rules: Rules = {
    order: asked.order,
    optional: asked.steps.map(({ optional = false }) => optional),
    exclusions: asked.exclusions.map(({ from_step, to_step }) => ({
      from: from_step,
      to: to_step,
    })),
    windowMs: asked.window * UNIT_MS,
    to: START + to * UNIT_MS,
    horizon: START + asked.now * UNIT_MS,
  }
  return persons.flatMap((events, person): Told[] => {
    const whole = events.map((event) => matched(event, asked))
    const inRange = (from: number, to: number) => whole.filter(({ at }) => at >= from && at <= to)
    // The first touch is the same whatever bucket is looked at.
    const touched = inRange(START + asked.from * UNIT_MS, rangeEnd(asked))
    const seen = inRange(START + from * UNIT_MS, until)
    return apart(seen, asked).flatMap((history): Told[] => {
      const sorted = sortHistory(history)
      const outcome = outcomeOf(sorted, rules)
      if (!outcome) return []
      const label = labelOf(asked, sorted, touched, outcome)
      const times = outcome.places.map((place) =>
        place === null ? null : (sorted[place]?.at ?? 0),
      )
      return [{ person, label, outcome, times }]
    })
  })
}

const rangeEnd = ({ to, window }: Asked): number => START + (to + window) * UNIT_MS

function matched({ name, at, sequence, p, q }: Did, asked: Asked): HistoryEvent {
  const values: Record<string, string> = { p, q }
  const isMeant = ({ event, filters = [] }: Selector) =>
    (event === '*' || event === name) &&
    filters.every(({ property, value }) => values[property] === value)
  return {
    at: START + at * UNIT_MS,
    sequence,
    steps: asked.steps.flatMap((one, place) => (isMeant(one) ? [place + 1] : [])),
    exclusions: asked.exclusions.flatMap((one, place) => (isMeant(one) ? [place] : [])),
    label: asked.breakdowns.map((property) => values[property] ?? ''),
  }
}

/** The histories that are looked at one by one: of each value, when every event counts for its own. */
function apart(events: readonly HistoryEvent[], asked: Asked): HistoryEvent[][] {
  if (asked.attribution !== 'all_events' || asked.breakdowns.length === 0) return [[...events]]
  const labels = new Map(events.map(({ label }) => [JSON.stringify(label), label]))
  return [...labels.keys()].map((key) =>
    events.filter(({ label }) => JSON.stringify(label) === key),
  )
}

function labelOf(
  { attribution, breakdowns }: Asked,
  sorted: readonly HistoryEvent[],
  touched: readonly HistoryEvent[],
  { places }: Outcome,
): string[] {
  const nothing = breakdowns.map(() => '')
  if (breakdowns.length === 0) return []
  if (attribution === 'all_events') return sorted[0]?.label ?? nothing
  if (typeof attribution === 'object') {
    const event = sorted[places[attribution.step - 1] ?? -1]
    const alike = event && sorted.filter((other) => compareEvents(other, event) === 0)
    return alike?.map(({ label }) => label).sort(compareLabels)[0] ?? nothing
  }
  const told = sortHistory(touched).filter(
    ({ steps, label }) => steps.length > 0 && label.some((part) => part !== ''),
  )
  return told.at(attribution === 'first_touch' ? 0 : -1)?.label ?? nothing
}

export interface Group {
  kind: 'value' | 'other' | 'none'
  values: (string | null)[]
  members: Told[]
}

/** Outcomes by group, in the order of an answer. */
export function groupsOf(told: readonly Told[], asked: Asked): Group[] {
  if (asked.cohorts) {
    return asked.cohorts.map(({ name }) => ({
      kind: 'value',
      values: [name],
      members: told.filter(({ label }) => label[0] === name),
    }))
  }
  const by = new Map<string, Told[]>()
  for (const one of told) {
    const key = JSON.stringify(one.label)
    by.set(key, [...(by.get(key) ?? []), one])
  }
  const entered = (members: readonly Told[]) => members.filter(({ outcome }) => !outcome.isExcluded)
  const ranked = [...by.values()]
    .filter(([one]) => one?.label.some((part) => part !== ''))
    .sort(
      (a, b) =>
        entered(b).length - entered(a).length ||
        compareLabels(a[0]?.label ?? [], b[0]?.label ?? []),
    )
  const top = ranked.slice(0, asked.breakdown_limit)
  const other = ranked.slice(asked.breakdown_limit).flat()
  const none = told.filter(({ label }) => label.every((part) => part === ''))
  return [
    ...top.map((members): Group => {
      const values = (members[0]?.label ?? []).map((part) => part || null)
      return { kind: 'value', values, members }
    }),
    ...(other.length > 0 ? [{ kind: 'other' as const, values: [], members: other }] : []),
    ...(none.length > 0 || asked.breakdowns.length === 0
      ? [{ kind: 'none' as const, values: asked.breakdowns.map(() => null), members: none }]
      : []),
  ]
}
