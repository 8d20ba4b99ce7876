import { type Random, seededRandom } from '../random.ts'
import { HOUR_WEIGHTS, SOURCES, WEEKDAY_WEIGHTS } from './catalog.ts'
import { makePerson, type Person } from './person.ts'
import { type SeedEvent, visit } from './visit.ts'
import { weighted } from './weighted.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How much busier the last day is than the first. */
const GROWTH = 0.5
/** People first seen before the history begins: without them its first week would have no returning ones. */
const EARLIER_DAYS = 28
const RETURN = 0.46
const MAX_VISITS = 12

export interface HistoryOptions {
  seed: number
  /** Whole days before the end day. */
  days: number
  /** Events in these days at the least; those of the end day come on top. */
  events: number
  /** Any moment of the end day (UTC): the history is anchored to that day, not to the moment. */
  endMs: number
}

/**
 * A believable history of `days` whole days and the end day, in order of time. The same seed, days and
 * end day give the same events, uuids included; asking for more events adds people and changes none.
 */
export function makeHistory({ seed, days, events, endMs }: HistoryOptions): SeedEvent[] {
  const endDayMs = Math.floor(endMs / DAY_MS) * DAY_MS
  const startMs = endDayMs - days * DAY_MS
  const arrivals = dayWeights(startMs, days + 1)
  const history: SeedEvent[] = []
  let whole = 0
  for (let number = 0; whole < events; number++) {
    // A generator of their own: one person's life does not depend on how many others there are.
    const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b))
    const person = makePerson(random)
    const firstDay = weighted(random, arrivals).day
    for (const event of life(random, person, startMs, firstDay)) {
      const at = Date.parse(event.timestamp)
      if (at < startMs || at >= endDayMs + DAY_MS) continue
      if (at < endDayMs) whole++
      history.push(event)
    }
  }
  return history.sort((a, b) => compare(a.timestamp, b.timestamp) || compare(a.uuid, b.uuid))
}

// Their visits, some days apart, until they do not come back.
function life(random: Random, person: Person, startMs: number, firstDay: number): SeedEvent[] {
  const events: SeedEvent[] = []
  let day = firstDay
  for (let visits = 1; visits <= MAX_VISITS; visits++) {
    const dayMs = startMs + day * DAY_MS
    const local = localTime(random) - person.offset_hours * HOUR_MS
    events.push(...visit(random, person, weighted(random, SOURCES), dayMs + local))
    if (random.next() > RETURN) break
    day += random.next() < 0.3 ? 1 : random.int(2, 8)
    // Weekends are quiet for those who come back, too.
    const weekday = new Date(startMs + day * DAY_MS).getUTCDay()
    if (random.next() > (WEEKDAY_WEIGHTS[weekday] ?? 1)) day += weekday === 6 ? 2 : 1
  }
  return events
}

function localTime(random: Random): number {
  const hours = HOUR_WEIGHTS.map((weight, hour) => ({ weight, hour }))
  return weighted(random, hours).hour * HOUR_MS + random.int(0, HOUR_MS - 1)
}

function dayWeights(startMs: number, days: number): { day: number; weight: number }[] {
  return Array.from({ length: EARLIER_DAYS + days }, (_, i) => {
    const day = i - EARLIER_DAYS
    const weekday = new Date(startMs + day * DAY_MS).getUTCDay()
    return { day, weight: (WEEKDAY_WEIGHTS[weekday] ?? 1) * (1 + (GROWTH * day) / days) }
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
