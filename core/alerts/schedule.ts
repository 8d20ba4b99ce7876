import { EVERY, type Every } from '@headwater/schemas/insights/alert'
import type { WeekStart } from '@headwater/schemas/insights/range'
import { startOf } from '../query/buckets.ts'

const MINUTE_MS = 60_000

/** When something is looked at. */
export interface Schedule {
  every: Every
  time_zone: string
  week_start: WeekStart
  delay_minutes: number
}

/** An interval that has ended, ms: `from` included, `to` not. */
export interface Interval {
  from: number
  to: number
}

/**
 * The newest interval that has ended, and since whose end so much time has passed as the delay says, with
 * everything received until then in the store. Null while nothing was ever received.
 */
export function newestInterval(
  schedule: Schedule,
  now: number,
  completeUntil: number | null,
): Interval | null {
  if (completeUntil === null) return null
  const known = Math.min(now, completeUntil) - schedule.delay_minutes * MINUTE_MS
  return intervalBefore(schedule, startOf(calendarOf(schedule), known))
}

/** The interval that ends where another begins. */
export const intervalBefore = (schedule: Schedule, to: number): Interval => ({
  from: startOf(calendarOf(schedule), to - 1),
  to,
})

/** Buckets that end where a longer one does. */
const INSIDE: Record<Every, readonly string[]> = {
  hour: ['minute', 'hour'],
  day: ['minute', 'hour', 'day'],
  week: ['minute', 'hour', 'day', 'week'],
  month: ['minute', 'hour', 'day', 'month'],
}

/** How often the buckets of a question can be looked at, so that the last one has always ended. */
export const everyFor = (interval: string): Every[] =>
  EVERY.filter((every) => INSIDE[every].includes(interval))

const calendarOf = ({ every, time_zone, week_start }: Schedule) => ({
  interval: every,
  time_zone,
  week_start,
})
