// What the plain reading answers to random questions about random histories. Only tests use it.
import { isMember } from '../cohort/random-cohorts.ts'
import { sessionTexts } from '../sessions/session-reference.ts'
import {
  compareEvents,
  compareLabels,
  type HistoryEvent,
  type Outcome,
  outcomeOf,
  type Rules,
  sortHistory,
} from './funnel-reference.ts'
import {
  type Asked,
  type Did,
  type Filter,
  type Selector,
  START,
  UNIT_MS,
} from './random-funnels.ts'

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
    const whole = events.map((event) => matched(event, asked, events))
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

function matched(did: Did, asked: Asked, all: readonly Did[]): HistoryEvent {
  const { name, at, sequence, p, q } = did
  const values: Record<string, string> = { p, q }
  const passes = (filter: Filter) =>
    'type' in filter
      ? did.session !== '' && sessionNumber(filter.property, did, all) > filter.value
      : values[filter.property] === filter.value
  const isMeant = ({ event, filters = [] }: Selector) =>
    (event === '*' || event === name) && filters.every(passes)
  return {
    at: START + at * UNIT_MS,
    sequence,
    steps: asked.steps.flatMap((one, place) => (isMeant(one) ? [place + 1] : [])),
    exclusions: asked.exclusions.flatMap((one, place) => (isMeant(one) ? [place] : [])),
    label: asked.breakdowns.map((property) => values[property] ?? ''),
  }
}

function sessionNumber(
  property: '$event_count' | '$session_duration',
  { session }: Did,
  all: readonly Did[],
): number {
  const own = all.filter((other) => other.session === session)
  const events = own.map(({ name, at, sequence }) => ({ event: name, at: at * UNIT_MS, sequence }))
  return Number(sessionTexts(events)[property])
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
