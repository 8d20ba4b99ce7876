// Numbers and times as people read them.
import { formatInstant, offsetAt } from '../query/zone.ts'

export type Unit =
  | { kind: 'count'; one: string; many: string }
  /** A share, 0 to 1. */
  | { kind: 'percent' }
  | { kind: 'seconds' }
  | { kind: 'milliseconds' }
  | { kind: 'none' }

export const NO_UNIT: Unit = { kind: 'none' }

/** @param many @default one and an s */
export const countOf = (one: string, many = `${one}s`): Unit => ({ kind: 'count', one, many })

/** Beyond, and closer to 0, digits say less than their number. */
const [LARGEST, SMALLEST] = [1e15, 1e-4]
const LONG_SECONDS = 120
const MINUTE_MS = 60_000

/** `1,234 events`, `12.5 %`, `5,700 s (1 h 35 min)`; a dash where there is no number. */
export function inWords(value: number | null, unit: Unit): string {
  if (value === null) return NOTHING
  switch (unit.kind) {
    case 'count':
      return `${digits(value)} ${value === 1 ? unit.one : unit.many}`
    case 'seconds':
      return `${digits(value)} s${Math.abs(value) < LONG_SECONDS ? '' : ` (${lasting(value)})`}`
    default:
      return inCell(value, unit)
  }
}

/** The same where the column says what is counted. */
export function inCell(value: number | null, unit: Unit): string {
  if (value === null) return NOTHING
  switch (unit.kind) {
    case 'percent':
      return `${digits(value * 100)} %`
    case 'seconds':
      return Math.abs(value) < LONG_SECONDS ? `${digits(value)} s` : lasting(value)
    case 'milliseconds':
      return `${digits(value)} ms`
    default:
      return digits(value)
  }
}

export const NOTHING = '–'

function digits(value: number): string {
  const size = Math.abs(value)
  if (size >= LARGEST || (size > 0 && size < SMALLEST)) return value.toPrecision(4)
  const maximumFractionDigits = size < 1 ? 4 : 2
  // Without the sign that a 0 can have.
  return new Intl.NumberFormat('en', { maximumFractionDigits, signDisplay: 'negative' }).format(
    value,
  )
}

function lasting(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24]
  const parts = days > 0 ? [`${days} d`, `${hours} h`] : [`${hours} h`, `${minutes % 60} min`]
  const said = parts.filter((part) => !part.startsWith('0 ')).join(' ')
  return seconds < 0 ? `-${said}` : said
}

/** `2026-06-17 00:00 +02:00`: to the minute, and to the second where it is on none. */
export function localTime(instant: number, zone: string): string {
  const text = formatInstant(instant, offsetAt(zone, instant))
  const time = text.slice(11, instant % MINUTE_MS === 0 ? 16 : 19)
  return `${text.slice(0, 10)} ${time} ${text.slice(19)}`
}
