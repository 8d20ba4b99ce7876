import { parseTime } from '@headwater/schemas/time'
import { toInstant } from '../../core/query/zone.ts'

const NO_ZONE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/

/** A time in ms since 1970, where texts without a zone are wall-clock time of `timeZone`; null when it is none. */
export function timeOf(value: unknown, timeZone: string): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const ms = parseTime(value)
  if (ms === null || typeof value === 'number' || timeZone === 'UTC') return ms
  return NO_ZONE.test(value.trim()) ? toInstant(timeZone, ms) : ms
}

/** Seconds, milliseconds, micro- or nanoseconds since 1970, told by their size, to milliseconds. */
export function epochOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return null
  const size = Math.abs(number)
  if (size < 1e11) return Math.round(number * 1_000)
  if (size < 1e14) return Math.trunc(number)
  return Math.trunc(size < 1e17 ? number / 1_000 : number / 1_000_000)
}
