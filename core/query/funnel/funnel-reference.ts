// What a funnel means, as slowly and plainly as it can be said. Only tests use it.

export interface HistoryEvent {
  /** ms. */
  at: number
  sequence: number
  /** Which steps it matches, from 1. */
  steps: number[]
  /** Which exclusions it matches, from 0. */
  exclusions: number[]
  /** Values of the breakdowns. */
  label: string[]
}

export interface Rules {
  order: 'ordered' | 'strict' | 'any'
  /** Of each step, whether it may be skipped. */
  optional: boolean[]
  exclusions: { from: number; to: number }[]
  windowMs: number
  /** Nobody enters from here on, ms. */
  to: number
  /** From here on nothing is known, ms. */
  horizon: number
}

export interface Outcome {
  /** The last required step; 0 for who is excluded. */
  furthest: number
  /** Per step, the index of its event in the sorted history; null where it was not taken. */
  places: (number | null)[]
  isOpen: boolean
  isExcluded: boolean
}

/** One who never entered has no outcome. */
export function outcomeOf(sorted: readonly HistoryEvent[], rules: Rules): Outcome | null {
  const isEntry = ({ at, steps }: HistoryEvent) =>
    at < rules.to && (rules.order === 'any' ? steps.length > 0 : steps.includes(1))
  if (!sorted.some(isEntry)) return null
  return rules.order === 'any' ? inAnyOrder(sorted, rules) : inOrder(sorted, rules)
}

/** By time, sequence, lowest step, steps and exclusions: what matches nothing comes first. */
export function sortHistory(events: readonly HistoryEvent[]): HistoryEvent[] {
  return [...events].sort((a, b) => compareEvents(a, b) || compareLabels(a.label, b.label))
}

export const compareEvents = (a: HistoryEvent, b: HistoryEvent): number =>
  a.at - b.at ||
  a.sequence - b.sequence ||
  lowest(a.steps) - lowest(b.steps) ||
  bits(a.steps) - bits(b.steps) ||
  bits(a.exclusions) - bits(b.exclusions)

export function compareLabels(a: readonly string[], b: readonly string[]): number {
  for (const [place, part] of a.entries()) {
    const other = b[place] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}

interface Attempt {
  start: number
  /** Per step, where in the history it was first taken. */
  first: Map<number, number>
  /** Steps to which it must not come back. */
  barred: Set<number>
}

/** That an event took an attempt to a step. */
interface Move {
  place: number
  step: number
  attempt: Attempt
}

function inOrder(events: readonly HistoryEvent[], rules: Rules): Outcome {
  const required = requiredOf(rules)
  const all = walk(events, { ...rules, exclusions: [] })
  const clean = walk(events, rules)
  const furthest = Math.max(...all.map(({ step }) => step))
  const within = (place: number, attempt: Attempt) =>
    (events[place]?.at ?? 0) - attempt.start <= rules.windowMs
  const isFree = ({ place, step, attempt }: Move, ends: (event: HistoryEvent) => boolean) =>
    !events.some((event, at) => at > place && ends(event) && within(at, attempt) && step > 0)
  const counted = clean.find(
    (move) =>
      move.step === furthest && isFree(move, (event) => isForbidden(event, furthest, rules)),
  )
  if (!counted) {
    return { furthest: 0, places: rules.optional.map(() => null), isOpen: false, isExcluded: true }
  }
  const latest = (step: number | undefined) =>
    Math.max(0, ...clean.filter((move) => move.step === step).map(({ attempt }) => attempt.start))
  const isOpen = required
    .slice(0, -1)
    .some((step, index) =>
      clean.some(
        (move) =>
          move.step === step &&
          move.attempt.start > latest(required[index + 1]) &&
          move.attempt.start + rules.windowMs >= rules.horizon &&
          isFree(move, (event) => isForbidden(event, step, rules) || breaks(event, step, rules)),
      ),
    )
  const places = rules.optional.map((optional, index) =>
    optional
      ? optionalPlace(events, rules, counted.attempt, index + 1)
      : (counted.attempt.first.get(index + 1) ?? null),
  )
  const isDone = furthest === rules.optional.length
  return { furthest, places, isOpen: isOpen && !isDone, isExcluded: false }
}

/** Every move of every attempt. An event of a step takes the latest attempt at the step before. */
function walk(events: readonly HistoryEvent[], rules: Rules): Move[] {
  const required = requiredOf(rules)
  const attempts = new Map<number, Attempt>()
  const standing = new Map<number, Attempt>()
  const moves: Move[] = []
  for (const [place, event] of events.entries()) {
    for (const step of required) {
      if (!isForbidden(event, step, rules)) continue
      if (!rules.exclusions.some(({ from }) => from === step)) continue
      for (const attempt of attempts.values()) {
        if (attempt.first.has(step)) attempt.barred.add(step)
      }
    }
    const taken = required.flatMap((step, index): Move[] => {
      if (!event.steps.includes(step)) return []
      const attempt =
        index === 0 ? enter(attempts, event, rules) : standing.get(required[index - 1] ?? 0)
      if (!attempt || event.at - attempt.start > rules.windowMs) return []
      return attempt.barred.has(step) ? [] : [{ place, step, attempt }]
    })
    for (const step of required) {
      if (isForbidden(event, step, rules) || breaks(event, step, rules)) standing.delete(step)
    }
    for (const move of taken) {
      standing.set(move.step, move.attempt)
      if (!move.attempt.first.has(move.step)) move.attempt.first.set(move.step, place)
    }
    moves.push(...taken)
  }
  return moves
}

/** Attempts that begin at the same moment are one. */
function enter(attempts: Map<number, Attempt>, { at }: HistoryEvent, { to }: Rules) {
  if (at >= to) return undefined
  const attempt = attempts.get(at) ?? { start: at, first: new Map(), barred: new Set() }
  attempts.set(at, attempt)
  return attempt
}

const isForbidden = (event: HistoryEvent, step: number, { exclusions }: Rules): boolean =>
  event.exclusions.some((place) => {
    const exclusion = exclusions[place]
    return exclusion !== undefined && step >= exclusion.from && step < exclusion.to
  })

function breaks(event: HistoryEvent, step: number, { order, optional }: Rules): boolean {
  if (order !== 'strict') return false
  const leaves = [step]
  for (let next = step; optional[next]; next++) leaves.push(next + 1)
  return !event.steps.some((matched) => leaves.includes(matched))
}

/** Where the attempt first did an optional step between its required neighbours. */
function optionalPlace(
  events: readonly HistoryEvent[],
  rules: Rules,
  attempt: Attempt,
  step: number,
): number | null {
  const required = requiredOf(rules)
  const before = required.findLast((other) => other < step) ?? 1
  const from = attempt.first.get(before)
  const until = attempt.first.get(required.find((other) => other > step) ?? 0)
  if (from === undefined) return null
  for (let place = from + 1; place < (until ?? events.length); place++) {
    const event = events[place]
    if (!event || event.at - attempt.start > rules.windowMs) return null
    if (breaks(event, before, rules)) return null
    if (event.steps.includes(step)) return place
  }
  return null
}

function inAnyOrder(events: readonly HistoryEvent[], rules: Rules): Outcome {
  const steps = rules.optional.map((_, index) => index + 1)
  const tries = events.flatMap((entry, place) => {
    if (entry.steps.length === 0 || entry.at >= rules.to) return []
    const within = (at: number) => at >= place && (events[at]?.at ?? 0) - entry.at <= rules.windowMs
    const places = steps.flatMap((step) => {
      const found = events.findIndex((event, at) => within(at) && event.steps.includes(step))
      return found < 0 ? [] : [found]
    })
    const end = Math.max(...places)
    const isComplete = places.length === steps.length
    const isClean = !events.some(
      ({ exclusions }, at) =>
        at > place && within(at) && exclusions.length > 0 && !(isComplete && at >= end),
    )
    return [{ entry, place, places: places.sort((a, b) => a - b), end, isClean }]
  })
  const furthest = Math.max(...tries.map(({ places }) => places.length))
  const clean = tries.filter(({ isClean }) => isClean)
  const [counted] = clean
    .filter(({ places }) => places.length === furthest)
    .sort((a, b) => a.end - b.end || b.place - a.place)
  if (!counted) {
    return { furthest: 0, places: steps.map(() => null), isOpen: false, isExcluded: true }
  }
  return {
    furthest,
    places: steps.map((_, index) => counted.places[index] ?? null),
    isOpen:
      furthest < steps.length &&
      clean.some(({ entry }) => entry.at + rules.windowMs >= rules.horizon),
    isExcluded: false,
  }
}

const requiredOf = ({ optional }: Rules): number[] =>
  optional.flatMap((isOptional, index) => (isOptional ? [] : [index + 1]))

const lowest = (steps: readonly number[]): number => (steps.length === 0 ? 0 : Math.min(...steps))

const bits = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + 2 ** number, 0)
