import type { Interval } from '@headwater/schemas/insights/range'
import { endOf, startOf } from './buckets.ts'
import { QueryRefusal } from './errors.ts'
import type { Moment } from './insight.ts'
import { offsetAt, toInstant } from './zone.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The store's time column ends in 2299; nothing is older than its epoch. */
const MIN_YEAR = 1970
const MAX_YEAR = 2200

export interface DateRange {
  date_from: string
  date_to?: string | undefined
  time_zone: string
}

/** Instants, ms: `from` included, `to` excluded. */
export interface Range {
  from: number
  to: number
}

/**
 * Resolves a query's dates in its time zone. A date as date_to means the whole of that day; no date_to
 * means to the end of the current interval. Throws a QueryRefusal that names the field.
 */
export function resolveRange(query: DateRange, now: number, open: Interval = 'day'): Range {
  const from = resolve(query.date_from, query.time_zone, now, 'date_from').start
  const to = resolveEnd(query, now, open)
  if (from >= to) {
    throw new QueryRefusal('invalid_query', 'date_from must be before date_to', {
      field: 'date_from',
    })
  }
  return { from, to }
}

function resolveEnd(
  { date_to, time_zone }: Omit<DateRange, 'date_from'>,
  now: number,
  open: Interval,
): number {
  if (date_to !== undefined) return resolve(date_to, time_zone, now, 'date_to').end
  return endOf({ time_zone, interval: open === 'minute' || open === 'hour' ? open : 'day' }, now)
}

// What a bound stands for: a day has a start and an end, a moment is both.
interface Span {
  start: number
  end: number
}

/** As resolveRange; `all` begins with the day of the project's first event, or today. */
export function questionRange(
  question: DateRange,
  { now, firstEventAt }: Pick<Moment, 'now' | 'firstEventAt'>,
  open: Interval = 'day',
): Range {
  if (question.date_from !== 'all') return resolveRange(question, now, open)
  const to = resolveEnd(question, now, open)
  const { time_zone } = question
  return {
    from: startOf({ time_zone, interval: 'day' }, Math.min(firstEventAt ?? now, to - 1)),
    to,
  }
}

function resolve(bound: string, zone: string, now: number, field: string): Span {
  const relative = /^-(\d+)([hdwm])$/.exec(bound)
  if (relative) {
    const [, count = '0', unit = 'd'] = relative
    return limited(beforeNow(zone, now, Number(count), unit), field)
  }
  const local = parseLocal(bound, field)
  if (bound.length > 10) {
    const instant = toInstant(zone, local)
    return { start: instant, end: instant }
  }
  return dayOf(zone, local)
}

function beforeNow(zone: string, now: number, count: number, unit: string): Span {
  if (unit === 'h') return { start: now - count * HOUR_MS, end: now - count * HOUR_MS }
  const today = now + offsetAt(zone, now)
  if (unit === 'm') return dayOf(zone, monthsBefore(today, count))
  return dayOf(zone, today - count * (unit === 'w' ? 7 : 1) * DAY_MS)
}

// The 31st, a month earlier, is that month's last day.
function monthsBefore(local: number, count: number): number {
  const date = new Date(local)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() - count
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay))
}

function dayOf(zone: string, local: number): Span {
  const midnight = Math.floor(local / DAY_MS) * DAY_MS
  const start = startOf({ time_zone: zone, interval: 'day' }, toInstant(zone, midnight))
  return { start, end: toInstant(zone, midnight + DAY_MS) }
}

function parseLocal(bound: string, field: string): number {
  const text = bound.length === 10 ? `${bound}T00:00:00` : bound.padEnd(19, ':00')
  const local = Date.parse(`${text}Z`)
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== text) {
    throw new QueryRefusal('invalid_query', `${field} is not a date that exists`, { field })
  }
  return limited({ start: local, end: local }, field).start
}

function limited(span: Span, field: string): Span {
  const year = new Date(span.start).getUTCFullYear()
  if (year >= MIN_YEAR && year <= MAX_YEAR) return span
  const message = `${field} must be in the years ${MIN_YEAR} to ${MAX_YEAR}`
  throw new QueryRefusal('invalid_query', message, { field })
}
