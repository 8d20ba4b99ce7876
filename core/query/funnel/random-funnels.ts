// Random histories and random questions about them. Only tests use it.
import type { EventRow } from '@headwater/schemas/row'
import fc from 'fast-check'
import type { CohortLine } from '../cohort/lines.ts'
import { cohortLinesOf } from '../cohort/random-cohorts.ts'
import type { Rules } from './funnel-reference.ts'

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
  /** Which of the person's sessions it is in, '' for none. */
  session: string
}

export interface Selector {
  event: string
  filters?: Filter[]
}
export type Filter =
  | { property: string; value: string }
  | {
      type: 'session'
      property: '$event_count' | '$session_duration'
      operator: 'gt'
      value: number
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
  session: fc.constantFrom('', 's', 't'),
})
export const histories = (persons: number): fc.Arbitrary<Did[][]> =>
  fc.array(fc.array(did, { maxLength: 12 }), { minLength: persons, maxLength: persons })

const filters = fc.option(
  fc
    .constantFrom<Filter>(
      { property: 'p', value: 'u' },
      { property: 'p', value: 'v' },
      { type: 'session', property: '$event_count', operator: 'gt', value: 2 },
      { type: 'session', property: '$session_duration', operator: 'gt', value: 3_600 },
    )
    .map((filter) => [filter]),
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
    /** The commonest funnels, which are walked in a way of their own: only time ends an attempt. */
    isPlain: fc.boolean(),
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
    const order = drawn.isPlain ? 'ordered' : drawn.order
    const isAny = order === 'any'
    const steps = isAny ? distinct(drawn.steps) : drawn.steps
    const count = steps.length
    const asked = steps.map((one, place) => {
      const isInner = place > 0 && place < count - 1
      const mayBeOptional = drawn.someOptional && !isAny && !drawn.isPlain
      const optional = isInner && mayBeOptional && drawn.skippable[place] === true
      return { ...one, ...(optional && { optional }) }
    })
    const required = asked.flatMap(({ optional }, place) => (optional ? [] : [place + 1]))
    const attributed = isAny ? 1 : (drawn.attributedStep % count) + 1
    return {
      ...drawn,
      order,
      cohorts: drawn.breakdowns.length === 1 ? drawn.cohorts : null,
      steps: asked,
      exclusions: (drawn.isPlain ? [] : drawn.exclusions)
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

/** Sequences that no key of 64 bits holds. */
const GREAT = 2 ** 51

/** Some projects' senders count from far above: their events are kept in another form. */
export const rowsOf = (project_id: string, persons: readonly Did[][]): Partial<EventRow>[] =>
  persons.flatMap((events, person) =>
    events.map(({ name, at, sequence, p, q, session }) => ({
      project_id,
      distinct_id: `person ${person}`,
      event: name,
      timestamp: START + at * UNIT_MS,
      sequence: isOdd(project_id) ? sequence * GREAT : sequence,
      session_id: session && `${session} of ${person}`,
      properties: { ...(p && { p }), ...(q && { q }) },
    })),
  )

const isOdd = (text: string): boolean => /[13579]$/.test(text)
