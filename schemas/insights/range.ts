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

/** `YYYY-MM-DD`, or a local date and time `YYYY-MM-DDTHH:MM[:SS]`, or relative: `-7d`, `-24h`, `-4w`, `-3m`. */
export const DateBound = z
  .string()
  .regex(
    /^(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|-\d{1,4}[hdwm])$/,
    'must be YYYY-MM-DD, YYYY-MM-DDTHH:MM, or relative such as -7d (h, d, w, m)',
  )
  .openapi({ example: '-30d' })

/** `all` begins with the project's first event. */
export const DateFrom = z
  .string()
  .regex(
    /^(all|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?|-\d{1,4}[hdwm])$/,
    'must be YYYY-MM-DD, YYYY-MM-DDTHH:MM, relative such as -7d (h, d, w, m), or all',
  )
  .openapi({ example: '-30d' })

export const WEEK_STARTS = ['monday', 'sunday', 'saturday'] as const
export const WeekStart = z.enum(WEEK_STARTS)
export type WeekStart = z.infer<typeof WeekStart>

/** In the query's time zone. A date alone as date_to means the whole of that day. */
export const dateRange = {
  date_from: DateBound.default('-7d'),
  date_to: DateBound.optional(),
  time_zone: TimeZone.default('UTC'),
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
