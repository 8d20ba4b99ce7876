// Stepping back by days, months and the rest, as clocks on a wall tell them.
import type { WeekStart } from '@headwater/schemas/insights/range'
import { startOf } from './buckets.ts'
import { offsetAt, toInstant } from './zone.ts'

export const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MONTHS = { m: 1, q: 3, y: 12 }

/** By which days and weeks are told. */
export interface WeekClock {
  time_zone: string
  /** @default monday */
  week_start?: WeekStart
}

/** What a bound stands for, ms: a day has a start and an end, a moment is both. */
export interface Span {
  start: number
  end: number
}

/** Hours, days, weeks, months, quarters, years. */
export type Unit = 'h' | 'd' | 'w' | 'm' | 'q' | 'y'
export interface Step {
  count: number
  unit: Unit
}
export type CalendarUnit = 'week' | 'month' | 'quarter' | 'year'

/** The same time of day, so many calendar units earlier. Hours are hours, whatever clocks do. */
export function stepBack(zone: string, instant: number, step: Step): number {
  if (step.unit === 'h') return instant - step.count * HOUR_MS
  const local = instant + offsetAt(zone, instant)
  const day = daysBefore(local, step)
  // A day's first moment stays one, although the day may have begun at 01:00.
  if (instant === dayOf(zone, local).start) return dayOf(zone, day).start
  return toInstant(zone, Math.floor(day / DAY_MS) * DAY_MS + (((local % DAY_MS) + DAY_MS) % DAY_MS))
}

/** Start of the calendar unit that holds an instant, or of one so many before it. */
export function unitBefore(
  clock: WeekClock,
  instant: number,
  unit: CalendarUnit,
  count: number,
): number {
  const calendar = { ...clock, interval: unit }
  const start = startOf(calendar, instant)
  if (count === 0) return start
  const zone = clock.time_zone
  const step = { count, unit: unit.charAt(0) as Unit }
  return startOf(calendar, stepBack(zone, start, step))
}

// The local time, or the start of its day when it was counted in months.
export function daysBefore(local: number, { count, unit }: Step): number {
  if (unit === 'h') return local - count * HOUR_MS
  if (unit === 'd' || unit === 'w') return local - count * (unit === 'w' ? 7 : 1) * DAY_MS
  return monthsBefore(local, count * MONTHS[unit])
}

// The 31st, a month earlier, is that month's last day.
function monthsBefore(local: number, count: number): number {
  const date = new Date(local)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() - count
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay))
}

export function dayOf(zone: string, local: number): Span {
  const midnight = Math.floor(local / DAY_MS) * DAY_MS
  const start = startOf({ time_zone: zone, interval: 'day' }, toInstant(zone, midnight))
  return { start, end: toInstant(zone, midnight + DAY_MS) }
}
