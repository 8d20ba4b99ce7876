// What each number of trends counts, as slowly and plainly as it can be said. Only tests use it.
import type { Filters } from '@headwater/schemas/insights/filters'
import type { PropertyRef } from '@headwater/schemas/insights/property'
import type { Actor } from '@headwater/schemas/insights/question'
import type { TrendsQuery, TrendsSeries } from '@headwater/schemas/insights/trends'
import { isMember } from '../cohort/random-cohorts.ts'
import { sessionByHand, sessionTexts } from '../sessions/session-reference.ts'

export interface HistoryEvent {
  event: string
  distinct_id: string
  at: number
  sequence: number
  uuid: string
  is_bot: boolean
  /** '' when there is none. */
  session: string
  company: string
  /** Path of its page. */
  page: string
  /** As text; '' when there is none. */
  properties: Record<string, string>
}

export interface ReferencePeriod {
  name: 'current' | 'previous'
  from: number
  to: number
  /** Of every bucket, ms. */
  starts: number[]
}

export type Amount = number | null
export type Series = TrendsSeries
export interface Asked {
  query: TrendsQuery
  events: readonly HistoryEvent[]
  periods: readonly ReferencePeriod[]
}

export type IsOn = (event: HistoryEvent) => boolean

/** Whether anything of a line is in a period at all. */
export function hasLine(
  asked: Asked,
  series: Series,
  period: ReferencePeriod,
  isOn: IsOn,
): boolean {
  if (asked.query.display !== 'time' || !isRolling(series)) {
    return counting(asked, series, windowOf(asked, series, period, null)).some(isOn)
  }
  return period.starts.some((_, bucket) =>
    counting(asked, series, windowOf(asked, series, period, bucket)).some(isOn),
  )
}

export function amountOf(
  asked: Asked,
  series: Series,
  period: ReferencePeriod,
  bucket: number | null,
  isOn: IsOn,
): Amount {
  const events = counting(asked, series, windowOf(asked, series, period, bucket)).filter(isOn)
  const units = [...new Set(events.map((event) => unitOf(asked.query, series, event)))]
  const { measure } = series
  if (measure === 'total') return events.length
  if (/^unique|active$|^first/.test(measure)) return units.length
  const name = measure.replace('_per_actor', '')
  if (name !== measure) {
    const counts = units.map(
      (unit) => events.filter((event) => unitOf(asked.query, series, event) === unit).length,
    )
    return statistic(name, counts)
  }
  const numbers = events.map((event) => numberOf(asked, event, series))
  if (!isOfSessions(series)) return statistic(name, numbers)
  return statistic(name, [
    ...new Map(events.map(({ session }, at) => [session, numbers[at] ?? 0])).values(),
  ])
}

/** The time whose events are looked at for a bucket, or for the whole range; in whole local days. */
function windowOf(
  { query }: Asked,
  series: Series,
  period: ReferencePeriod,
  bucket: number | null,
) {
  const from = bucket === null || query.cumulative ? period.from : (period.starts[bucket] ?? 0)
  const to = bucket === null ? period.to : (period.starts[bucket + 1] ?? period.to)
  if (!isRolling(series)) return { from, to }
  const days = series.measure === 'weekly_active' ? 7 : 30
  const lastDay = localDay(query.time_zone, to - 1)
  const firstDay = new Date(Date.parse(lastDay) - (days - 1) * 86_400_000)
    .toISOString()
    .slice(0, 10)
  return { from: firstMoment(query.time_zone, firstDay), to }
}

/** The events that a series counts in a window. */
function counting(
  asked: Asked,
  series: Series,
  { from, to }: { from: number; to: number },
): HistoryEvent[] {
  const { query } = asked
  const named = asked.events.filter(
    (event) =>
      (series.event === '*' || event.event === series.event) &&
      (query.include_bots || !event.is_bot),
  )
  const passes = (event: HistoryEvent) =>
    [...query.filters, ...series.filters].every((filter) => passesOne(filter, event, asked))
  const counted = /^first/.test(series.measure)
    ? firstOfEach(query, series, series.measure === 'first_matching' ? named.filter(passes) : named)
    : named
  return counted.filter(
    (event) =>
      event.at >= from &&
      event.at < to &&
      passes(event) &&
      unitOf(query, series, event) !== '' &&
      (series.measure_property === undefined || Number.isFinite(numberOf(asked, event, series))),
  )
}

function firstOfEach(
  query: TrendsQuery,
  series: Series,
  events: readonly HistoryEvent[],
): HistoryEvent[] {
  const inOrder = [...events].sort(
    (a, b) => a.at - b.at || a.sequence - b.sequence || compare(a.uuid, b.uuid),
  )
  return inOrder.filter((event, at) => {
    const unit = unitOf(query, series, event)
    return inOrder.findIndex((other) => unitOf(query, series, other) === unit) === at
  })
}

/** The text of a property of the event, or of its session. */
export function textOf(
  { query, events }: Asked,
  event: HistoryEvent,
  { type, property }: Pick<PropertyRef, 'type' | 'property'>,
): string {
  if (type !== 'session') return event.properties[property] ?? ''
  if (event.session === '') return ''
  const whole = events.filter(
    ({ session, is_bot }) => session === event.session && (query.include_bots || !is_bot),
  )
  const { first, last } = sessionByHand(whole)
  if (property === '$entry_pathname') return first?.page ?? ''
  if (property === '$exit_pathname') return last?.page ?? ''
  return new Map(Object.entries(sessionTexts(whole))).get(property) ?? ''
}

const isRolling = ({ measure }: Series) => measure.endsWith('_active')
const isOfSessions = ({ measure_property }: Series) =>
  measure_property?.type === 'session' || measure_property?.property === '$session_duration'
function numberOf(asked: Asked, event: HistoryEvent, series: Series): number {
  const { property } = series.measure_property ?? { property: '' }
  const type = isOfSessions(series) ? 'session' : 'event'
  return numeric(textOf(asked, event, { type, property }))
}
export const numeric = (text: string) => (text === '' ? Number.NaN : Number(text))

function unitOf(query: TrendsQuery, series: Series, event: HistoryEvent): string {
  if (series.measure === 'total' || series.measure_property) return 'all'
  if (series.measure === 'unique_sessions') return event.session
  if (series.measure === 'unique_groups') return event.company
  return actorOf(query.actor, event)
}

function actorOf(actor: Actor, event: HistoryEvent): string {
  if (actor === 'session') return event.session
  return actor === 'person' || actor === 'distinct_id' ? event.distinct_id : event.company
}

function passesOne(filter: Filters[number], event: HistoryEvent, asked: Asked): boolean {
  if ('cohort' in filter) return isMember(filter.cohort, event.distinct_id, asked.events)
  if ('match' in filter) {
    const passes = (one: Filters[number]) => passesOne(one, event, asked)
    return filter.match === 'all' ? filter.filters.every(passes) : filter.filters.some(passes)
  }
  const text = textOf(asked, event, filter)
  if (filter.operator === 'is_not') return text !== filter.value
  return filter.operator === 'gt' ? numeric(text) > Number(filter.value) : text === filter.value
}

function statistic(name: string, numbers: number[]): Amount {
  const sorted = numbers.toSorted((a, b) => a - b)
  const sum = sorted.reduce((all, one) => all + one, 0)
  if (name === 'sum') return sum
  if (sorted.length === 0) return null
  if (name === 'avg') return sum / sorted.length
  if (name === 'min') return sorted[0] ?? null
  if (name === 'max') return sorted.at(-1) ?? null
  const level = name === 'median' ? 0.5 : Number(name.slice(1)) / 100
  const place = level * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return low + (high - low) * (place - Math.floor(place))
}

/** Events of a series that are read for a period, whatever is made of them. */
export function seen(asked: Asked, series: Series, period: ReferencePeriod): HistoryEvent[] {
  const reach = isRolling(series) ? windowOf(asked, series, period, 0) : period
  const plain: Series = { event: series.event, filters: series.filters, measure: 'total' }
  return counting(asked, plain, { from: reach.from, to: period.to })
}

export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** YYYY-MM-DD on the clocks of a zone. */
export const localDay = (zone: string, instant: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(instant)

/** The first moment of a local day, to the minute. */
export function firstMoment(zone: string, day: string): number {
  let instant = Date.parse(`${day}T00:00Z`) - 16 * 3_600_000
  while (localDay(zone, instant) < day) instant += 3_600_000
  while (localDay(zone, instant - 60_000) === day) instant -= 60_000
  return instant
}
