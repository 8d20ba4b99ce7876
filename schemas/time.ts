import { MAX_CLOCK_ERROR_MS, MAX_TIME_AHEAD_MS, MIN_TIMESTAMP_MS } from './limits.ts'

/** What was done to an event's time, so that nobody has to guess: empty when it is as sent. */
export type TimeNote = '' | 'missing' | 'invalid' | 'skew' | 'future' | 'past'

export interface ResolvedTime {
  /** Milliseconds since 1970. */
  timestamp: number
  note: TimeNote
}

export interface TimeFacts {
  timestamp: string | number | null
  /** Milliseconds between event and sending; wins over timestamp. */
  offset?: number | null
  /** When the sender says it sent the request, ms since 1970; null when it does not say. */
  sentAt: number | null
  /** When the edge accepted the request, ms since 1970. */
  receivedAt: number
}

/**
 * Decides when an event happened. A sender's clock is corrected in whole minutes, and only when
 * `sent_at` proves it wrong by more than MAX_CLOCK_ERROR_MS: whole minutes, so that a retry of the
 * same event resolves to the same time although its sent_at differs by milliseconds.
 */
export function resolveTime({ timestamp, offset, sentAt, receivedAt }: TimeFacts): ResolvedTime {
  if (typeof offset === 'number' && offset >= 0) {
    // Old clients name the first sending also when they try again: so a retry resolves to the same time.
    const isRight = sentAt !== null && Math.abs(receivedAt - sentAt) <= MAX_CLOCK_ERROR_MS
    return clamp((isRight ? sentAt : receivedAt) - offset, '', receivedAt)
  }
  if (timestamp === null || timestamp === '') return { timestamp: receivedAt, note: 'missing' }
  const said = parseTime(timestamp)
  if (said === null) return { timestamp: receivedAt, note: 'invalid' }
  const skew = sentAt === null ? 0 : receivedAt - sentAt
  if (Math.abs(skew) <= MAX_CLOCK_ERROR_MS) return clamp(said, '', receivedAt)
  return clamp(said + Math.round(skew / 60_000) * 60_000, 'skew', receivedAt)
}

/** RFC 3339, date only, or epoch milliseconds (also as text) to milliseconds; null when it is no time. */
export function parseTime(value: string | number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null
  const text = value.trim()
  if (text.endsWith('Z')) return orNull(Date.parse(text))
  if (/^-?\d{5,}(\.\d+)?$/.test(text)) return Math.trunc(Number(text))
  // A time without a zone is read as UTC: Date.parse would take the machine's own zone.
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text}Z` : text
  return orNull(
    Date.parse(zoned.replace(/([+-]\d\d)$/, (zone) => (zoned.length > 10 ? `${zone}:00` : zone))),
  )
}

function orNull(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms
}

function clamp(timestamp: number, note: TimeNote, receivedAt: number): ResolvedTime {
  if (!(timestamp <= receivedAt + MAX_TIME_AHEAD_MS))
    return { timestamp: receivedAt, note: 'future' }
  if (timestamp < MIN_TIMESTAMP_MS) return { timestamp: receivedAt, note: 'past' }
  return { timestamp, note }
}
