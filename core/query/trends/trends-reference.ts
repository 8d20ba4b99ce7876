// What trends mean, as slowly and plainly as it can be said. Only tests use it.
import type { Filters } from '@headwater/schemas/insights/filters'
import type { Breakdown, BreakdownValue } from '@headwater/schemas/insights/property'
import type { Actor } from '@headwater/schemas/insights/question'
import type { TrendsLine, TrendsQuery, TrendsSeries } from '@headwater/schemas/insights/trends'

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

type Amount = number | null
type Series = TrendsSeries
interface Asked {
  query: TrendsQuery
  events: readonly HistoryEvent[]
  periods: readonly ReferencePeriod[]
}

/** Every line of the answer, in order. */
export function referenceLines(asked: Asked): Omit<TrendsLine, 'formula'>[] {
  const { query, periods } = asked
  const limit = query.breakdown_limit
  const bins = query.breakdowns.map((breakdown) => binsOf(breakdown, asked))
  const labelOf = (event: HistoryEvent) =>
    query.breakdowns.map(
      (breakdown, at) => bins[at]?.(event) ?? event.properties[breakdown.property] ?? '',
    )
  const amountOf = (series: Series, period: ReferencePeriod, bucket: number | null, isOn: IsOn) =>
    amount(asked, series, period, bucket, isOn)
  if (query.breakdowns.length === 0)
    return linesOf(asked, [{ value: null, isOn: () => true }], amountOf)

  const labels = new Map<string, string[]>()
  for (const series of query.series) {
    for (const period of periods) {
      for (const event of asked.events) {
        const label = labelOf(event)
        const isOn: IsOn = (other) => same(labelOf(other), label)
        if (hasLine(asked, series, period, isOn)) labels.set(JSON.stringify(label), label)
      }
    }
  }
  const [current] = periods
  const totals = (isOn: IsOn) =>
    query.series.map((series) => (current ? amountOf(series, current, null, isOn) : null))
  const isNone = (label: readonly string[]) => label.every((text) => text === '')
  const ranked = [...labels.values()]
    .filter((label) => !isNone(label))
    .filter((label) =>
      query.series.some(
        (one) => current && hasLine(asked, one, current, (event) => same(labelOf(event), label)),
      ),
    )
    .map((label) => ({ label, totals: totals((event) => same(labelOf(event), label)) }))
    .sort((a, b) => byTotals(a.totals, b.totals) || byTexts(a.label, b.label))
    .map(({ label }) => label)
  const top = ranked.slice(0, limit)
  const isTop = (label: readonly string[]) => top.some((one) => same(one, label))
  const lines: Drawn[] = [
    ...top.map((label) => ({
      value: { kind: 'value' as const, values: label.map((text) => text || null) },
      isOn: (event: HistoryEvent) => same(labelOf(event), label),
    })),
  ]
  const isOther: IsOn = (event) => !isNone(labelOf(event)) && !isTop(labelOf(event))
  const isNothing: IsOn = (event) => isNone(labelOf(event))
  const anyLine = (isOn: IsOn) =>
    query.series.some((series) => periods.some((period) => hasLine(asked, series, period, isOn)))
  if (anyLine(isOther)) lines.push({ value: { kind: 'other', values: [] }, isOn: isOther })
  if (anyLine(isNothing)) {
    const values = query.breakdowns.map(() => null)
    lines.push({ value: { kind: 'none', values }, isOn: isNothing })
  }
  return linesOf(asked, lines, amountOf)
}

type IsOn = (event: HistoryEvent) => boolean
interface Drawn {
  value: BreakdownValue
  isOn: IsOn
}

function linesOf(
  { query, periods }: Asked,
  drawn: readonly Drawn[],
  amountOf: (series: Series, period: ReferencePeriod, bucket: number | null, isOn: IsOn) => Amount,
) {
  return query.series.flatMap((series, place) =>
    drawn.flatMap(({ value, isOn }) =>
      periods.map((period) => {
        const buckets = period.starts.map((_, bucket) => amountOf(series, period, bucket, isOn))
        const total = amountOf(series, period, null, isOn)
        const values = query.display === 'time' ? smooth(buckets, query.smoothing) : [total]
        return { series: place, period: period.name, breakdown: value, values, total }
      }),
    ),
  )
}

function smooth(values: readonly Amount[], span: number): Amount[] {
  return values.map((_, at) => {
    const known = values.filter(
      (value, place) => place <= at && place > at - span && value !== null,
    )
    return known.length === 0
      ? null
      : known.reduce((sum: number, value) => sum + (value ?? 0), 0) / known.length
  })
}

/** Whether anything of a line is in a period at all. */
function hasLine(asked: Asked, series: Series, period: ReferencePeriod, isOn: IsOn): boolean {
  if (asked.query.display !== 'time' || !isRolling(series)) {
    return counting(asked, series, windowOf(asked, series, period, null)).some(isOn)
  }
  return period.starts.some((_, bucket) =>
    counting(asked, series, windowOf(asked, series, period, bucket)).some(isOn),
  )
}

function amount(
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
  if (series.measure_property?.property === '$session_duration') {
    const sessions = [...new Set(events.map(({ session }) => session))]
    return statistic(
      name,
      sessions.map((session) => durationOf(asked, session)),
    )
  }
  return statistic(
    name,
    events.map((event) => numberOf(event, series)),
  )
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
    passesAll(query.filters, event) && passesAll(series.filters, event)
  const counted = /^first/.test(series.measure)
    ? firstOfEach(query, series, series.measure === 'first_matching' ? named.filter(passes) : named)
    : named
  return counted.filter(
    (event) =>
      event.at >= from &&
      event.at < to &&
      passes(event) &&
      unitOf(query, series, event) !== '' &&
      (series.measure_property === undefined ||
        (series.measure_property.property === '$session_duration'
          ? event.session !== ''
          : Number.isFinite(numberOf(event, series)))),
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

/** From the first of all a session's events to the last, seconds. */
function durationOf({ events, query }: Asked, session: string): number {
  const times = events
    .filter((event) => event.session === session && (query.include_bots || !event.is_bot))
    .map(({ at }) => at)
  return (Math.max(...times) - Math.min(...times)) / 1000
}

const isRolling = ({ measure }: Series) => measure.endsWith('_active')
const numberOf = (event: HistoryEvent, { measure_property }: Series) =>
  numeric(event.properties[measure_property?.property ?? ''] ?? '')
const numeric = (text: string) => (text === '' ? Number.NaN : Number(text))

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

function passesAll(filters: Filters, event: HistoryEvent): boolean {
  return filters.every((filter) => {
    if (!('property' in filter)) throw new Error('no groups of filters here')
    const text = event.properties[filter.property] ?? ''
    return filter.operator === 'gt' ? numeric(text) > Number(filter.value) : text === filter.value
  })
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

/** The range that holds an event's number. */
function binsOf(
  { property, bins }: Breakdown,
  asked: Asked,
): ((event: HistoryEvent) => string) | null {
  if (bins === undefined) return null
  const numbers = asked.query.series
    .flatMap((series) => asked.periods.flatMap((period) => seen(asked, series, period)))
    .map((event) => numeric(event.properties[property] ?? ''))
    .filter(Number.isFinite)
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const width = (high - low) / bins
  return (event) => {
    const number = numeric(event.properties[property] ?? '')
    if (!Number.isFinite(number)) return ''
    if (width === 0) return `[${low}, ${high}]`
    const at = Math.min(Math.max(Math.floor((number - low) / width), 0), bins - 1)
    const end = at === bins - 1 ? `${high}]` : `${low + (at + 1) * width})`
    return `[${low + at * width}, ${end}`
  }
}

/** Events of a series that are read for a period, whatever is made of them. */
function seen(asked: Asked, series: Series, period: ReferencePeriod): HistoryEvent[] {
  const reach = isRolling(series) ? windowOf(asked, series, period, 0) : period
  const plain: Series = { event: series.event, filters: series.filters, measure: 'total' }
  return counting(asked, plain, { from: reach.from, to: period.to })
}

const same = (a: readonly string[], b: readonly string[]) => JSON.stringify(a) === JSON.stringify(b)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const byTexts = (a: readonly string[], b: readonly string[]) =>
  a.map((text, at) => compare(text, b[at] ?? '')).find((order) => order !== 0) ?? 0
const byTotals = (a: readonly Amount[], b: readonly Amount[]) => {
  const numbers = (of: readonly Amount[]) => of.map((one) => one ?? Number.NEGATIVE_INFINITY)
  const [left, right] = [numbers(a), numbers(b)]
  const at = left.findIndex((one, place) => one !== right[place])
  return at === -1 ? 0 : (right[at] ?? 0) - (left[at] ?? 0)
}

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
