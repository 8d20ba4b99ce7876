// What a session is, in SQL: aggregates over all of its events.
import { eventOrder } from '../event-order.ts'

/** The event of a page view. */
export const PAGE_VIEW = '$pageview'

/** A session is told whole: so much around what is read is looked at for those that cross its ends. */
export const SESSION_REACH_MS = 24 * 3_600_000

/** A visit of one page view that lasts longer was read: it is no bounce. */
export const BOUNCE_MS = 10_000

/** What tells sessions apart: a number takes a third of a text's time. */
export const SESSION = 'sipHash64(session_id)'

/** Events without a session are in none. */
export const HAS_SESSION = `session_id != ''`

export const VIEW = `event = '${PAGE_VIEW}'`

/** From the first event of any name to the last. */
export const LENGTH_MS =
  '(toUnixTimestamp64Milli(max(timestamp)) - toUnixTimestamp64Milli(min(timestamp)))'

/** Whether it is exactly one page view, short, in which nothing was done. */
export const BOUNCED = `(countIf(${VIEW}) = 1 AND ${LENGTH_MS} < ${BOUNCE_MS}
        AND countIf(event = '$autocapture' OR NOT startsWith(event, '$')) = 0)`

/** SQL of an event's place among those of its session. One number: measured twice as fast as the tuple of the same. */
export const PLACE = eventOrder('toUnixTimestamp64Milli(timestamp)')

/**
 * What the page view says that a session was entered by, and the one that it was left by.
 *
 * @param place SQL of an event's PLACE.
 */
export const ofEntry = (sql: string, place = PLACE): string => `argMinIf(${sql}, ${place}, ${VIEW})`
export const ofExit = (sql: string, place = PLACE): string => `argMaxIf(${sql}, ${place}, ${VIEW})`
