import type { Range } from './date-range.ts'
import { SESSION_REACH_MS } from './sessions/definition.ts'

/** Which events SQL reads. */
export interface EventsRead extends Range {
  /** Names; null for every event. */
  events: readonly string[] | null
  include_bots: boolean
}

/** The end of the store's time column. */
export const MAX_INSTANT_MS = Date.UTC(2299, 0, 1)

export const EVERYTHING: EventsRead = {
  from: 0,
  to: MAX_INSTANT_MS,
  events: null,
  include_bots: true,
}

/** Everything that is read by one or the other. */
export const together = (one: EventsRead, other: EventsRead): EventsRead => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
  events: one.events && other.events && [...new Set([...one.events, ...other.events])],
  include_bots: one.include_bots || other.include_bots,
})

/** SQL of what is read somewhere in a statement; the values are known when all of it is written. */
export interface ReadSql {
  /** Tells it from what else is read in the statement. */
  key: string
  /** Of the sessions: their events are looked for from here to there, the end excluded. */
  from: string
  to: string
  /** Of what is read itself, both included. */
  first: string
  last: string
  /** Names of the events, unless it is every one. */
  events: string
  everyEvent: string
  bots: string
}

export function readSql(place: number): ReadSql {
  const instant = (name: string) => `fromUnixTimestamp64Milli({read${place}_${name}:Int64}, 'UTC')`
  return {
    key: String(place),
    from: instant('from'),
    to: instant('to'),
    first: instant('first'),
    last: instant('last'),
    events: `{read${place}_events:Array(String)}`,
    everyEvent: `{read${place}_every:UInt32}`,
    bots: `{read${place}_bots:UInt32}`,
  }
}

/** Values of that SQL. @param read Null when nothing says what is read, which may be anything then. */
export function readValues(place: number, read: EventsRead | null): Record<string, unknown> {
  const { from, to, events, include_bots } = read ?? EVERYTHING
  return {
    [`read${place}_from`]: Math.max(0, from - SESSION_REACH_MS),
    [`read${place}_to`]: to + SESSION_REACH_MS,
    [`read${place}_first`]: from,
    [`read${place}_last`]: to,
    [`read${place}_events`]: events ?? [],
    [`read${place}_every`]: events === null ? 1 : 0,
    [`read${place}_bots`]: include_bots ? 1 : 0,
  }
}
