import type { Interval, TrendResult } from '@headwater/schemas/insight'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { ANY_EVENT } from './choices.ts'

// One locale, so that a shared picture shows everybody the same text.
const LOCALE = 'en-GB'

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 })
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const regions = new Intl.DisplayNames(LOCALE, { type: 'region', fallback: 'code' })

export function formatNumber(value: number): string {
  return whole.format(value)
}

/** A number that there may not be. */
export function formatAmount(value: number | null): string {
  return value === null ? '–' : formatNumber(value)
}

/** Short enough for an axis: 1.2k, 3.4m. */
export function formatCompact(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value)
}

/** In the largest unit that fits: `3 B`, `4.5 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const steps = ['B', 'kB', 'MB', 'GB']
  const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1_000 ** step).toFixed(1))} ${steps[step]}`
}

/** A share from 0 to 1 as per cent; `–` when there is none. Never rounds to 100 % or 0 % what is not. */
export function formatShare(share: number | null): string {
  if (share === null) return '–'
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  if (percent < 100 && percent > 99.9) return '> 99.9 %'
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`
}

/** A change as a share of what was, in per cent without a sign: `12 %`, `3.4 %`; `–` when unknown. */
export function formatChange(change: number | null): string {
  if (change === null) return '–'
  const percent = Math.abs(change) * 100
  return `${percent >= 10 ? whole.format(Math.round(percent)) : Number(percent.toFixed(1))} %`
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** Seconds in the two largest units that matter: `2 h 5 min`, `42 s`. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  const rounded = Math.round(seconds)
  for (const [i, [name, size]] of UNITS.entries()) {
    if (rounded < size) continue
    const [nextName, nextSize] = UNITS[i + 1] ?? ['s', 1]
    const rest = Math.floor((rounded % size) / nextSize)
    const first = `${Math.floor(rounded / size)} ${name}`
    return rest === 0 ? first : `${first} ${rest} ${nextName}`
  }
  return `${rounded} s`
}

/** Time of day to the second in a zone, or in the viewer's own; with the date when it is not the same day as `now`. */
export function formatClock(
  iso: string,
  timeZone: string | undefined,
  now: Date = new Date(),
): string {
  const date = new Date(iso)
  const day = new Intl.DateTimeFormat(LOCALE, { timeZone, day: 'numeric', month: 'short' })
  const clock = new Intl.DateTimeFormat(LOCALE, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const sameDay = day.format(date) === day.format(now)
  return sameDay ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`
}

/** Day and time of day to the second, in a zone or in UTC: `17 Jun 2026, 12:00:00`. */
export function formatMoment(iso: string, timeZone = 'UTC'): string {
  let format = momentFormats.get(timeZone)
  if (!format) {
    const fields = { day: 'numeric', month: 'short', year: 'numeric' } as const
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
    format = new Intl.DateTimeFormat(LOCALE, { ...fields, ...clock, timeZone, hourCycle: 'h23' })
    momentFormats.set(timeZone, format)
  }
  return format.format(new Date(iso))
}
const momentFormats = new Map<string, Intl.DateTimeFormat>()

/** The same on the viewer's own clock: of what people do here, not of events. */
export function formatOwnMoment(iso: string): string {
  return formatMoment(iso, Intl.DateTimeFormat().resolvedOptions().timeZone)
}

/** How long ago, in one unit: `4 s ago`, `3 h ago`. */
export function formatAgo(iso: string, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(iso)) / 1000))
  for (const [name, size] of UNITS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name} ago`
  }
  return `${seconds} s ago`
}

/**
 * A bucket's start as the clock on the wall showed it, carried as if it were UTC: the zone's offset
 * is in the text already, and charts must not apply the reader's own zone to it.
 */
export function wallTime(bucket: string): Date {
  return new Date(`${bucket.slice(0, 19)}Z`)
}

/** A moment as the clock on the wall of a zone shows it, carried as if it were UTC. */
export function wallTimeIn(iso: string, timeZone: string): Date {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(new Date(iso))
  return wallTime(text.replace(' ', 'T'))
}

const BUCKET_FORMATS: Record<Interval, Intl.DateTimeFormatOptions> = {
  minute: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  hour: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
  quarter: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
}
const bucketFormats = new Map<Interval, Intl.DateTimeFormat>()

export function formatBucket(bucket: string, interval: Interval): string {
  let format = bucketFormats.get(interval)
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE, { ...BUCKET_FORMATS[interval], timeZone: 'UTC' })
    bucketFormats.set(interval, format)
  }
  const text = format.format(wallTime(bucket))
  if (interval === 'quarter') return `Quarter from ${text}`
  return interval === 'week' ? `Week of ${text}` : text
}

const tickDay = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', day: 'numeric', month: 'short' })

/** Day and time of a tick, `23 Nov` and `14:00`, from a wall time. */
export function formatTick(date: Date): [string, string] {
  return [tickDay.format(date), date.toISOString().slice(11, 16)]
}

export function formatEvent(event: string): string {
  return event === ANY_EVENT ? 'All events' : event
}

export type Breakdown = TrendResult['series'][number]['breakdown']

/** A breakdown value in words; countries by name. */
export function formatBreakdown(breakdown: NonNullable<Breakdown>, property?: string): string {
  if (breakdown.kind === 'other') return 'Other'
  if (breakdown.kind === 'none' || breakdown.value === '') return '(none)'
  if (property === '$country' && /^[A-Z]{2}$/.test(breakdown.value)) {
    return regions.of(breakdown.value) ?? breakdown.value
  }
  return breakdown.value
}

/** A line of an insight in words: its value, or everyone where nothing is broken down. */
export function breakdownName(breakdown: BreakdownValue, property?: string): string {
  if (!breakdown) return 'Everyone'
  const { kind, values } = breakdown
  if (kind !== 'value') return formatBreakdown({ kind, value: '' }, property)
  return values.map((value) => formatBreakdown({ kind, value: value ?? '' }, property)).join(' · ')
}

const PROPERTY_WORDS: Record<string, string> = {
  $country: 'Country',
  $region: 'Region',
  $city: 'City',
  $time_zone: 'Time zone',
  $browser: 'Browser',
  $os: 'Operating system',
  $device_type: 'Device',
  $channel: 'Channel',
  $pathname: 'Page',
  $referring_domain: 'Referrer',
  utm_source: 'UTM source',
  utm_campaign: 'UTM campaign',
}

export function formatProperty(property: string): string {
  return PROPERTY_WORDS[property] ?? property
}
