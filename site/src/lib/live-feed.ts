import type { LiveActive, LiveEvents } from '@headwater/schemas/insights/live'
import type { QueryError } from './api.ts'

export type LiveEvent = LiveEvents['events'][number]

/** Whether events come: `away` says that the store cannot be asked, `lost` that the way there broke. */
export type FeedState = 'connecting' | 'open' | 'away' | 'lost'

/** How many arrived in one slot of time; null where nobody was listening. */
export interface Slot {
  /** Its start, ms since 1970. */
  at: number
  count: number | null
}

/** What is known of a project's events as they arrive. */
export interface Feed {
  state: FeedState
  error: QueryError | null
  /** Persons there now; null until it is told. */
  visitors: number | null
  /** The newest first, each once. */
  events: readonly LiveEvent[]
  /** How many arrived since the page was opened; those that were there before are none of them. */
  arrived: number
  /** The oldest first; the last one is not over. */
  slots: readonly Slot[]
  /** The next events are those that were there before. */
  isFirst: boolean
}

export type FeedChange =
  | { kind: 'tick'; now: number }
  | { kind: 'opened' }
  | { kind: 'events'; now: number; message: LiveEvents }
  | { kind: 'active'; message: LiveActive }
  | { kind: 'away' }
  | { kind: 'lost'; error: QueryError | null }

export const SLOT_MS = 5_000
export const MAX_SLOTS = 60
export const MAX_EVENTS = 200

export const EMPTY_FEED: Feed = {
  state: 'connecting',
  error: null,
  visitors: null,
  events: [],
  arrived: 0,
  slots: [],
  isFirst: true,
}

export function changeFeed(feed: Feed, change: FeedChange): Feed {
  switch (change.kind) {
    case 'tick':
      return { ...feed, slots: reach(feed, change.now) }
    case 'opened':
      return { ...feed, state: 'open', error: null, isFirst: true }
    case 'active':
      return { ...feed, state: 'open', visitors: change.message.visitors }
    case 'away':
      return { ...feed, state: 'away' }
    case 'lost':
      return { ...feed, state: 'lost', error: change.error, visitors: null }
    case 'events':
      return addEvents(feed, change.message, change.now)
  }
}

function addEvents(feed: Feed, { events, not_shown }: LiveEvents, now: number): Feed {
  const known = new Set(feed.events.map(({ uuid }) => uuid))
  const fresh = events.filter(({ uuid }) => !known.has(uuid))
  const count = feed.isFirst ? 0 : events.length + not_shown
  const slots = reach({ ...feed, state: 'open' }, now)
  const last = slots.at(-1)
  return {
    ...feed,
    state: 'open',
    isFirst: false,
    events: [...fresh, ...feed.events].slice(0, MAX_EVENTS),
    arrived: feed.arrived + count,
    slots: last ? slots.with(-1, { ...last, count: (last.count ?? 0) + count }) : slots,
  }
}

// Slots up to now. Those that begin while nobody listens are unknown, not empty.
function reach({ slots, state }: Feed, now: number): readonly Slot[] {
  const current = Math.floor(now / SLOT_MS) * SLOT_MS
  const count = state === 'open' ? 0 : null
  const last = slots.at(-1)
  if (!last) return [{ at: current, count }]
  if (last.at >= current) {
    return last.count === null && count === 0 ? slots.with(-1, { ...last, count }) : slots
  }
  const next = Math.max(last.at + SLOT_MS, current - (MAX_SLOTS - 1) * SLOT_MS)
  const more: Slot[] = []
  for (let at = next; at <= current; at += SLOT_MS) more.push({ at, count })
  return [...slots, ...more].slice(-MAX_SLOTS)
}

/** How many arrived in the last minute, to the slot, or since somebody listens; null while nobody does. */
export function lastMinute({ slots, state }: Feed): number | null {
  if (state === 'lost' || state === 'connecting') return null
  const recent = slots.slice(-60_000 / SLOT_MS)
  return recent.reduce((sum, { count }) => sum + (count ?? 0), 0)
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

/** How long to wait before the connection is tried again, after so many failures in a row. */
export function retryMs(failures: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1))
  // All pages lose a restarted service at once, and must not come back at once.
  return Math.round(most * (0.75 + 0.5 * random()))
}
