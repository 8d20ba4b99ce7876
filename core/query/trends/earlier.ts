import type { TrendsQuery } from '@headwater/schemas/insights/trends'
import { type CalendarUnit, type Step, stepBack, type Unit, unitBefore } from '../calendar.ts'
import type { Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'

const MINUTE_MS = 60_000
const EPOCH_MS = 0

/**
 * The range that a range is compared with. `previous` is as many intervals earlier as the range has;
 * of a week, month, quarter or year that is asked for by its edges it is the whole one before. Throws
 * a QueryRefusal.
 *
 * @param range `from` and `to` as they were asked for.
 */
export function earlierRange(
  query: Pick<
    TrendsQuery,
    'compare' | 'date_from' | 'date_to' | 'interval' | 'time_zone' | 'week_start'
  >,
  range: Range & { buckets: number },
  now: number,
): Range {
  const earlier = earlierOf(query, range, now)
  if (earlier.from >= EPOCH_MS) return earlier
  const message = 'compare would go back to before 1970'
  throw new QueryRefusal('invalid_query', message, { field: 'compare' })
}

function earlierOf(
  query: Parameters<typeof earlierRange>[0],
  { from, to, buckets }: Range & { buckets: number },
  now: number,
): Range {
  const { time_zone: zone, interval, compare } = query
  const back = (step: Step) => ({
    from: stepBack(zone, from, step),
    to: stepBack(zone, to, step),
  })
  const offset = /^-(\d+)([hdwmqy])$/.exec(compare?.to ?? '')
  if (offset) return back({ count: Number(offset[1]), unit: offset[2] as Unit })
  const whole = wholeUnit(query)
  if (whole) {
    return {
      from: unitBefore(query, now, whole.unit, whole.count + 1),
      to: unitBefore(query, now, whole.unit, whole.count),
    }
  }
  if (interval === 'minute') {
    return { from: from - buckets * MINUTE_MS, to: to - buckets * MINUTE_MS }
  }
  return back({ count: buckets, unit: interval.charAt(0) as Unit })
}

/** The calendar unit that a range is, or is the part of up to now. */
function wholeUnit({
  date_from,
  date_to,
}: Pick<TrendsQuery, 'date_from' | 'date_to'>): { unit: CalendarUnit; count: number } | null {
  const edge = /^((?:-\d+)?(week|month|quarter|year))_start$/.exec(date_from)
  if (!edge) return null
  const [, name = '', unit] = edge
  const count = Math.abs(Number.parseInt(name, 10) || 0)
  const isWhole = date_to === undefined ? count === 0 : date_to === `${name}_end`
  return isWhole ? { unit: unit as CalendarUnit, count } : null
}
