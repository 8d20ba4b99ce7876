import { type Interval, MAX_BUCKETS } from '@headwater/schemas/insight'
import { formatInstant, offsetAt, type Segment, segmentsOf, toInstant } from './zone.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WIDTH_MS = { minute: 60_000, hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }
/** 1970-01-01 was a Thursday; weeks start on Monday. */
const FIRST_MONDAY_MS = -3 * DAY_MS
const LONGEST_MONTH_MS = 31 * DAY_MS

/** Start of every bucket of a range, ms. The first one holds `from`, the last one ends at or after `to`. */
export function bucketStarts(zone: string, interval: Interval, from: number, to: number): number[] {
  const first = startOf(zone, interval, from)
  return startsFrom(zone, interval, first, to)
}

/** Start of the bucket that holds an instant. */
export function startOf(zone: string, interval: Interval, instant: number): number {
  const local = instant + offsetAt(zone, instant)
  if (interval === 'minute' || interval === 'hour') {
    // A change of clocks can lie inside the hour: count the day's hours from its start.
    const midnight = toInstant(zone, floorLocal('day', local))
    return startsFrom(zone, interval, Math.min(midnight, instant), instant + 1).at(-1) ?? instant
  }
  return toInstant(zone, floorLocal(interval, local))
}

/** Start of the bucket after the one that holds an instant. */
export function endOf(zone: string, interval: Interval, instant: number): number {
  const start = startOf(zone, interval, instant)
  const reach = (interval === 'month' ? LONGEST_MONTH_MS : WIDTH_MS[interval]) + DAY_MS + 1
  return startsFrom(zone, interval, start, start + reach)[1] ?? start + reach
}

/** Each start as RFC 3339 with the offset that the zone has then. */
export function bucketLabels(zone: string, starts: readonly number[]): string[] {
  return starts.map((start) => formatInstant(start, offsetAt(zone, start)))
}

/** How many buckets a range has, without making them: exact to a few per cent. */
export function estimateBuckets(interval: Interval, from: number, to: number): number {
  return Math.ceil((to - from) / (interval === 'month' ? 30.4 * DAY_MS : WIDTH_MS[interval]))
}

/** The intervals that would not need too many buckets for a range. */
export function fittingIntervals(from: number, to: number): Interval[] {
  const all: Interval[] = ['minute', 'hour', 'day', 'week', 'month']
  return all.filter((interval) => estimateBuckets(interval, from, to) <= MAX_BUCKETS)
}

function startsFrom(zone: string, interval: Interval, first: number, to: number): number[] {
  const starts = [first]
  let index = indexOf(interval, first + offsetAt(zone, first))
  for (const segment of segmentsOf(zone, first, to)) {
    for (const start of edgesIn(interval, segment)) {
      const next = indexOf(interval, start + segment.offset)
      if (start > first && opensBucket(interval, index, next, start + segment.offset)) {
        starts.push(start)
        index = next
      }
    }
  }
  return starts
}

// Where a bucket may begin: where the clocks changed, and at every multiple of the interval.
function* edgesIn(interval: Interval, { start, end, offset }: Segment): Generator<number> {
  yield start
  let local = ceilAfter(interval, start + offset)
  while (local - offset < end) {
    yield local - offset
    local = ceilAfter(interval, local)
  }
}

// An hour that clocks repeat is two hours. A day is one, although clocks may show its midnight twice.
function opensBucket(interval: Interval, index: number, next: number, local: number): boolean {
  if (interval !== 'minute' && interval !== 'hour') return next > index
  return next !== index || floorLocal(interval, local) === local
}

function floorLocal(interval: Interval, local: number): number {
  if (interval === 'month') {
    const date = new Date(local)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  }
  const anchor = interval === 'week' ? FIRST_MONDAY_MS : 0
  return Math.floor((local - anchor) / WIDTH_MS[interval]) * WIDTH_MS[interval] + anchor
}

function ceilAfter(interval: Interval, local: number): number {
  const floor = floorLocal(interval, local)
  if (interval !== 'month') return floor + WIDTH_MS[interval]
  return floorLocal('month', floor + LONGEST_MONTH_MS + 1)
}

// Grows by one from one bucket to the next.
function indexOf(interval: Interval, local: number): number {
  if (interval !== 'month') return floorLocal(interval, local) / WIDTH_MS[interval]
  const date = new Date(local)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
