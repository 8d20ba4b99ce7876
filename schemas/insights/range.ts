import { z } from '@hono/zod-openapi'

export const MAX_BUCKETS = 2_000

export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export const Interval = z.enum(INTERVALS)
export type Interval = z.infer<typeof Interval>

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'is not an IANA time zone')
  .openapi({ example: 'Europe/Berlin' })

const DATE = String.raw`\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?`
const BEFORE_NOW = String.raw`-\d{1,4}[hdwmqy]`
const UNIT_EDGE = String.raw`(-\d{1,4})?(week|month|quarter|year)_(start|end)`
const HINT =
  'YYYY-MM-DD, YYYY-MM-DDTHH:MM, relative such as -7d (h, d, w, m, q, y), or an edge such as month_start, -1month_end'

/**
 * `YYYY-MM-DD`, or a local date and time `YYYY-MM-DDTHH:MM[:SS]`, or relative: `-7d`, `-24h`, `-4w`, `-3m`,
 * `-1q`, `-1y`; or the first or last day of a calendar unit: `month_start`, and of the one before it
 * `-1month_end`.
 */
export const DateBound = z
  .string()
  .regex(new RegExp(`^(${DATE}|${BEFORE_NOW}|${UNIT_EDGE})$`), `must be ${HINT}`)
  .openapi({ example: '-30d' })

/** `all` begins with the project's first event. */
export const DateFrom = z
  .string()
  .regex(new RegExp(`^(all|${DATE}|${BEFORE_NOW}|${UNIT_EDGE})$`), `must be all, ${HINT}`)
  .openapi({ example: '-30d' })

/** Which earlier time a range is compared with: the one right before it, or so much earlier. */
export const CompareTo = z
  .string()
  .regex(
    new RegExp(`^(previous|${BEFORE_NOW})$`),
    'must be previous, or relative such as -1w (h, d, w, m, q, y)',
  )
  .openapi({ example: '-1y' })

export const WEEK_STARTS = ['monday', 'sunday', 'saturday'] as const
export const WeekStart = z.enum(WEEK_STARTS)
export type WeekStart = z.infer<typeof WeekStart>

/** How time is cut into days, weeks and longer. */
export const calendarFields = {
  time_zone: TimeZone.optional().openapi({ description: 'Left out: that of the project.' }),
  week_start: WeekStart.optional().openapi({ description: 'Left out: that of the project.' }),
}

/** In the query's time zone. A date alone as date_to means the whole of that day. */
export const dateRange = {
  date_from: DateBound.default('-7d'),
  date_to: DateBound.optional(),
  ...calendarFields,
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // "+02:00" is a zone to Intl and none to the store.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
