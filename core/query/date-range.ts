import type { Interval, WeekStart } from '@headwater/schemas/insights/range'
import { endOf, startOf } from './buckets.ts'
import {
  type CalendarUnit,
  dayOf,
  daysBefore,
  HOUR_MS,
  type Span,
  type Step,
  type Unit,
  unitBefore,
  type WeekClock,
} from './calendar.ts'
import { QueryRefusal } from './errors.ts'
import type { Moment } from './insight.ts'
import { offsetAt, toInstant } from './zone.ts'

const DAY_MS = 86_400_000
/** The store's time column ends in 2299; nothing is older than its epoch. */
const MIN_YEAR = 1970
const MAX_YEAR = 2200

export interface DateRange {
  date_from: string
  date_to?: string | undefined
  time_zone: string
  /** @default monday */
  week_start?: WeekStart
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
  const from = resolve(query.date_from, query, now, 'date_from').start
  const to = resolveEnd(query, now, open)
  if (from >= to) {
    throw new QueryRefusal('invalid_query', 'date_from must be before date_to', {
      field: 'date_from',
    })
  }
  return { from, to }
}

function resolveEnd(
  query: WeekClock & Pick<DateRange, 'date_to'>,
  now: number,
  open: Interval,
): number {
  const { date_to, time_zone } = query
  if (date_to !== undefined) return resolve(date_to, query, now, 'date_to').end
  return endOf({ time_zone, interval: open === 'minute' || open === 'hour' ? open : 'day' }, now)
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

function resolve(bound: string, clock: WeekClock, now: number, field: string): Span {
  const zone = clock.time_zone
  const relative = /^-(\d+)([hdwmqy])$/.exec(bound)
  if (relative) {
    const [, count, unit] = relative
    return limited(beforeNow(zone, now, { count: Number(count), unit: unit as Unit }), field)
  }
  const edge = /^-?(\d*)(week|month|quarter|year)_(start|end)$/.exec(bound)
  if (edge) {
    const [, count, unit, side] = edge
    const start = unitBefore(
      clock,
      now,
      unit as CalendarUnit,
      Number(count) - (side === 'end' ? 1 : 0),
    )
    const local = start + offsetAt(zone, start)
    return limited(dayOf(zone, side === 'end' ? local - DAY_MS : local), field)
  }
  const local = parseLocal(bound, field)
  if (bound.length > 10) {
    const instant = toInstant(zone, local)
    return { start: instant, end: instant }
  }
  return dayOf(zone, local)
}

function beforeNow(zone: string, now: number, step: Step): Span {
  if (step.unit === 'h') {
    const instant = now - step.count * HOUR_MS
    return { start: instant, end: instant }
  }
  return dayOf(zone, daysBefore(now + offsetAt(zone, now), step))
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
