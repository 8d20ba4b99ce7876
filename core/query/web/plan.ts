import type { WebOverviewQuery } from '@headwater/schemas/insights/web-overview'
import { limitedStarts } from '../buckets.ts'
import { questionRange, type Range } from '../date-range.ts'
import type { Moment } from '../insight.ts'
import { offsetAt, toInstant } from '../zone.ts'

const MINUTE_MS = 60_000

/** A range with the start of each of its buckets, ms. */
export interface Period extends Range {
  starts: number[]
}

export interface WebPlan extends Period {
  query: WebOverviewQuery
  /** The time before, as much of it as has passed of the range. */
  previous: Period | null
}

/** Decides dates and buckets of both periods. Throws a QueryRefusal. */
export function planWeb(query: WebOverviewQuery, moment: Moment): WebPlan {
  const { from, to } = questionRange(query, moment, query.interval)
  const starts = limitedStarts(query, from, to)
  const range = { from: starts[0] ?? from, to }
  // Nothing can be known of the time before everything.
  const compared = query.compare && query.date_from !== 'all'
  const previous = compared ? previousRange(range, query.time_zone, moment.now) : null
  return {
    query,
    ...range,
    starts,
    previous: previous && { ...previous, starts: bucketsOf(query, previous) },
  }
}

const bucketsOf = (query: WebOverviewQuery, { from, to }: Range): number[] =>
  from < to ? limitedStarts(query, from, to) : []

/**
 * As long a time just before, by the clocks of the zone: seven days are seven days, also when clocks
 * change in them. A range that still runs is compared up to the same minute: half a day with half a day.
 */
export function previousRange(range: Range, zone: string, now: number): Range {
  const local = (instant: number) => instant + offsetAt(zone, instant)
  const length = local(range.to) - local(range.from)
  const earlier = (instant: number) => toInstant(zone, local(instant) - length)
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  const reached = Math.max(range.from, Math.min(range.to, minute))
  const to = reached === range.to ? range.from : Math.min(earlier(reached), range.from)
  return { from: earlier(range.from), to }
}
