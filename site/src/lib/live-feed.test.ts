import { describe, expect, it } from 'vitest'
import {
  changeFeed,
  EMPTY_FEED,
  type Feed,
  type FeedChange,
  type LiveEvent,
  lastMinute,
  MAX_EVENTS,
  MAX_SLOTS,
  retryMs,
  SLOT_MS,
} from './live-feed.ts'

const START = 1_000 * SLOT_MS
const event = (uuid: string): LiveEvent => ({
  uuid,
  event: 'signup',
  distinct_id: 'ann',
  timestamp: '2026-06-15T12:00:00Z',
  inserted_at: '2026-06-15T12:00:01Z',
  pathname: null,
  country: null,
  browser: null,
  device_type: null,
  is_bot: false,
})
const arrive = (now: number, uuids: string[], not_shown = 0): FeedChange => ({
  kind: 'events',
  now,
  message: { events: uuids.map(event), not_shown },
})
const after = (...changes: FeedChange[]): Feed => changes.reduce(changeFeed, EMPTY_FEED)
const opened: FeedChange = { kind: 'opened' }
const counts = ({ slots }: Feed) => slots.map(({ count }) => count)

describe('a feed of events', () => {
  it('shows those that were there before, and counts only those that arrive', () => {
    const feed = after(opened, arrive(START, ['b', 'a']), arrive(START + 10, ['c'], 7))
    expect(feed.events.map(({ uuid }) => uuid)).toEqual(['c', 'b', 'a'])
    expect([feed.arrived, counts(feed), lastMinute(feed)]).toEqual([8, [8], 8])
  })

  it('shows an event once that is told again after the connection broke', () => {
    const lost: FeedChange = { kind: 'lost', error: null }
    const feed = after(opened, arrive(START, ['a']), lost, opened, arrive(START, ['b', 'a']))
    expect(feed.events.map(({ uuid }) => uuid)).toEqual(['b', 'a'])
    expect(feed.arrived).toBe(0)
  })

  it('does not know how much arrived while it was not connected', () => {
    const feed = after(
      opened,
      arrive(START, []),
      arrive(START, ['a']),
      { kind: 'lost', error: null },
      { kind: 'tick', now: START + 2 * SLOT_MS },
      opened,
      { kind: 'tick', now: START + 3 * SLOT_MS },
    )
    expect(counts(feed)).toEqual([1, null, null, 0])
    expect(lastMinute(changeFeed(feed, { kind: 'lost', error: null }))).toBeNull()
  })

  it('forgets what is long ago', () => {
    const uuids = Array.from({ length: MAX_EVENTS + 20 }, (_, i) => `e${i}`)
    const feed = after(opened, arrive(START, uuids), { kind: 'tick', now: START + 1e9 })
    expect([feed.events.length, feed.slots.length]).toEqual([MAX_EVENTS, MAX_SLOTS])
    expect(feed.slots.at(-1)?.at).toBe(START + 1e9)
  })

  it('tells the visitors of now, and not of a time before the connection broke', () => {
    const active: FeedChange = { kind: 'active', message: { visitors: 3, minutes: 5 } }
    expect(after(opened, active).visitors).toBe(3)
    expect(after(opened, active, { kind: 'lost', error: null }).visitors).toBeNull()
  })
})

describe('the wait before the connection is tried again', () => {
  it('grows up to half a minute, and differs from page to page', () => {
    expect([1, 2, 3, 4, 9].map((n) => retryMs(n, () => 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 30_000,
    ])
    expect([retryMs(1, () => 0), retryMs(1, () => 1)]).toEqual([750, 1_250])
  })
})
