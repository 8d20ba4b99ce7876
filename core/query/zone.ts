// Calendar arithmetic of IANA time zones. "Local" is a wall-clock reading, held as the milliseconds
// that it would be in UTC.

/** A stretch of time in which a zone's clocks run evenly. */
export interface Segment {
  start: number
  end: number
  /** Local minus UTC, ms. */
  offset: number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Local minus UTC at an instant, ms. */
export function offsetAt(zone: string, instant: number): number {
  const parts = formatOf(zone).formatToParts(instant)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((candidate) => candidate.type === type)?.value)
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return local - Math.floor(instant / 1000) * 1000
}

/** The stretches of even time from `start` to `end`: one, unless clocks change between. */
export function segmentsOf(zone: string, start: number, end: number): Segment[] {
  const segments: Segment[] = []
  let current: Segment = { start, end, offset: offsetAt(zone, start) }
  for (let at = start; at < end; at += DAY_MS) {
    const next = Math.min(at + DAY_MS, end)
    const offset = offsetAt(zone, next)
    if (offset === current.offset) continue
    const change = changeBetween(zone, at, next, current.offset)
    segments.push({ ...current, end: change })
    current = { start: change, end, offset }
  }
  if (current.start < end) segments.push(current)
  return segments
}

/**
 * The instant of a wall-clock reading. Of two, the earlier; of none, because clocks jumped over it,
 * as far behind the jump as the reading is.
 */
export function toInstant(zone: string, local: number): number {
  const before = local - offsetAt(zone, local - DAY_MS)
  const after = local - offsetAt(zone, local + DAY_MS)
  const valid = [before, after].filter((instant) => instant + offsetAt(zone, instant) === local)
  return valid.length > 0 ? Math.min(...valid) : before
}

/** RFC 3339 with the zone's offset, to the second: `2026-06-15T00:00:00+02:00`. */
export function formatInstant(instant: number, offset: number): string {
  const local = new Date(instant + offset).toISOString().slice(0, 19)
  const minutes = Math.abs(offset) / MINUTE_MS
  const pad = (n: number) => String(Math.trunc(n)).padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${pad(minutes / 60)}:${pad(minutes % 60)}`
}

// Clocks change on whole minutes.
function changeBetween(zone: string, start: number, end: number, offset: number): number {
  let same = Math.floor(start / MINUTE_MS)
  let changed = Math.ceil(end / MINUTE_MS)
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2)
    if (offsetAt(zone, middle * MINUTE_MS) === offset) same = middle
    else changed = middle
  }
  return changed * MINUTE_MS
}

const formats = new Map<string, Intl.DateTimeFormat>()

// Making a format costs a hundred times more than using it. Its resolved name keeps the map as small
// as the list of zones, however the names are spelt.
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (format.resolvedOptions().timeZone === zone) formats.set(zone, format)
  return format
}
