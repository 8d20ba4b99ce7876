import {
  INTERVALS,
  type Interval,
  MAX_BUCKETS,
  type WeekStart,
} from '@headwater/schemas/insights/range'
import { QueryRefusal } from './errors.ts'
import { formatInstant, offsetAt, type Segment, segmentsOf, toInstant } from './zone.ts'

/** How time is cut into buckets. Every question with an interval is one. */
export interface Calendar {
  time_zone: string
  interval: Interval
  /** @default monday */
  week_start?: WeekStart
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Buckets of even width; the others are so many months. */
const WIDTH_MS = { minute: 60_000, hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }
const MONTHS = { month: 1, quarter: 3, year: 12 }
/** 1970-01-01 was a Thursday. */
const FIRST_WEEK_MS = { monday: -3 * DAY_MS, sunday: -4 * DAY_MS, saturday: -5 * DAY_MS }
const LONGEST_MONTH_MS = 31 * DAY_MS
const MEAN_MONTH_MS = 30.4 * DAY_MS

/** Start of every bucket of a range, ms. The first one holds `from`, the last one ends at or after `to`. */
export function bucketStarts(calendar: Calendar, from: number, to: number): number[] {
  return startsFrom(calendar, startOf(calendar, from), to)
}

/** Those starts, when there are not too many of them. Throws a QueryRefusal. */
export function limitedStarts(calendar: Calendar, from: number, to: number): number[] {
  const few = estimateBuckets(calendar.interval, from, to) <= MAX_BUCKETS
  const starts = few ? bucketStarts(calendar, from, to) : []
  if (few && starts.length <= MAX_BUCKETS) return starts
  const message = `the range has more than ${MAX_BUCKETS} intervals of one ${calendar.interval}`
  const allowed = INTERVALS.filter((other) => estimateBuckets(other, from, to) <= MAX_BUCKETS)
  throw new QueryRefusal('invalid_query', message, { field: 'interval', allowed })
}

/** Start of the bucket that holds an instant. */
export function startOf(calendar: Calendar, instant: number): number {
  const { time_zone: zone, interval } = calendar
  const local = instant + offsetAt(zone, instant)
  if (interval === 'minute' || interval === 'hour') {
    // A change of clocks can lie inside the hour: count the day's hours from its start.
    const midnight = toInstant(zone, floorLocal({ ...calendar, interval: 'day' }, local))
    return startsFrom(calendar, Math.min(midnight, instant), instant + 1).at(-1) ?? instant
  }
  return toInstant(zone, floorLocal(calendar, local))
}

/** Start of the bucket after the one that holds an instant. */
export function endOf(calendar: Calendar, instant: number): number {
  const start = startOf(calendar, instant)
  const reach = longestMs(calendar.interval) + DAY_MS + 1
  return startsFrom(calendar, start, start + reach)[1] ?? start + reach
}

/** Each start as RFC 3339 with the offset that the zone has then. */
export function bucketLabels(zone: string, starts: readonly number[]): string[] {
  return starts.map((start) => formatInstant(start, offsetAt(zone, start)))
}

/** How many buckets a range has, without making them: exact to a few per cent. */
function estimateBuckets(interval: Interval, from: number, to: number): number {
  const width = isMonths(interval) ? MONTHS[interval] * MEAN_MONTH_MS : WIDTH_MS[interval]
  return Math.ceil((to - from) / width)
}

function startsFrom(calendar: Calendar, first: number, to: number): number[] {
  const zone = calendar.time_zone
  const starts = [first]
  let index = indexOf(calendar, first + offsetAt(zone, first))
  for (const segment of segmentsOf(zone, first, to)) {
    for (const start of edgesIn(calendar, segment)) {
      const next = indexOf(calendar, start + segment.offset)
      if (start > first && opensBucket(calendar, index, next, start + segment.offset)) {
        starts.push(start)
        index = next
      }
    }
  }
  return starts
}

// Where a bucket may begin: where the clocks changed, and at every multiple of the interval.
function* edgesIn(calendar: Calendar, { start, end, offset }: Segment): Generator<number> {
  yield start
  let local = ceilAfter(calendar, start + offset)
  while (local - offset < end) {
    yield local - offset
    local = ceilAfter(calendar, local)
  }
}

// An hour that clocks repeat is two hours. A day is one, although clocks may show its midnight twice.
function opensBucket(calendar: Calendar, index: number, next: number, local: number): boolean {
  const { interval } = calendar
  if (interval !== 'minute' && interval !== 'hour') return next > index
  return next !== index || floorLocal(calendar, local) === local
}

function floorLocal({ interval, week_start = 'monday' }: Calendar, local: number): number {
  if (isMonths(interval)) {
    const date = new Date(local)
    const month = date.getUTCMonth()
    return Date.UTC(date.getUTCFullYear(), month - (month % MONTHS[interval]), 1)
  }
  const anchor = interval === 'week' ? FIRST_WEEK_MS[week_start] : 0
  return Math.floor((local - anchor) / WIDTH_MS[interval]) * WIDTH_MS[interval] + anchor
}

function ceilAfter(calendar: Calendar, local: number): number {
  const { interval } = calendar
  const floor = floorLocal(calendar, local)
  if (!isMonths(interval)) return floor + WIDTH_MS[interval]
  return floorLocal(calendar, floor + longestMs(interval) + 1)
}

// Grows by one from one bucket to the next.
function indexOf(calendar: Calendar, local: number): number {
  const { interval } = calendar
  if (!isMonths(interval)) return floorLocal(calendar, local) / WIDTH_MS[interval]
  const date = new Date(local)
  return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / MONTHS[interval])
}

const longestMs = (interval: Interval): number =>
  isMonths(interval) ? MONTHS[interval] * LONGEST_MONTH_MS : WIDTH_MS[interval]

const isMonths = (interval: Interval): interval is keyof typeof MONTHS =>
  Object.hasOwn(MONTHS, interval)
