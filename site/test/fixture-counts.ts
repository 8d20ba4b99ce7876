import type {
  FunnelQuery,
  FunnelResult,
  Interval,
  PropertyFilter,
  TrendQuery,
  TrendResult,
} from '@headwater/schemas/insight'

// Counts the fixture's events in the plainest way, in UTC: enough truth for the pages to be tested,
// and no second query engine. Weeks begin on Monday.

export interface CapturedEvent {
  event: string
  distinct_id: string
  /** Milliseconds since 1970. */
  timestamp: number
  properties: Record<string, string>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const UNIT_MS = { m: 30 * DAY_MS, w: 7 * DAY_MS, d: DAY_MS, h: HOUR_MS }
const WINDOW_MS = { second: 1000, minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }

export function countTrend(query: TrendQuery, all: CapturedEvent[], now = Date.now()) {
  const range = rangeOf(query, now)
  const starts: number[] = []
  for (
    let at = startOf(range.from, query.interval);
    at <= range.to;
    at = next(at, query.interval)
  ) {
    starts.push(at)
  }
  const matching = all.filter(
    (one) =>
      (query.event === '*' || one.event === query.event) &&
      one.timestamp >= (starts[0] ?? 0) &&
      one.timestamp <= range.to &&
      meets(one, query.filters),
  )
  const measure = (events: CapturedEvent[]) =>
    query.measure === 'total' ? events.length : new Set(events.map((e) => e.distinct_id)).size
  const groups = groupsOf(matching, query)
  const series: TrendResult['series'] = groups.map(({ breakdown, events }) => ({
    event: query.event,
    breakdown,
    values: starts.map((start, i) => {
      const end = starts[i + 1] ?? Number.POSITIVE_INFINITY
      return measure(events.filter((e) => e.timestamp >= start && e.timestamp < end))
    }),
    total: measure(events),
  }))
  return {
    buckets: starts.map((start) => new Date(start).toISOString().replace('.000Z', '+00:00')),
    interval: query.interval,
    measure: query.measure,
    series: series.sort((a, b) => b.total - a.total),
  }
}

export function countFunnel(query: FunnelQuery, all: CapturedEvent[], now = Date.now()) {
  const range = rangeOf(query, now)
  const inRange = all
    .filter((e) => e.timestamp >= range.from && e.timestamp <= range.to && meets(e, query.filters))
    .sort((a, b) => a.timestamp - b.timestamp)
  const groups: FunnelResult['groups'] = groupsOf(inRange, query).map(({ breakdown, events }) => ({
    breakdown,
    steps: countSteps(query, events, now),
  }))
  return { groups }
}

function countSteps(query: FunnelQuery, events: CapturedEvent[], now: number) {
  const windowMs = query.conversion_window.value * WINDOW_MS[query.conversion_window.unit]
  const persons = [...Map.groupBy(events, (e) => e.distinct_id).values()]
  const paths = persons.map((own) => pathOf(query, own, windowMs)).filter((path) => path.length > 0)
  return query.steps.map(({ event }, s) => {
    const reached = paths.filter((path) => path.length > s)
    const before = paths.filter((path) => path.length > s - 1).length
    const stopped = s === query.steps.length - 1 ? [] : reached.filter((p) => p.length === s + 1)
    const open = stopped.filter((path) => (path[0] ?? 0) + windowMs > now).length
    const gaps = reached.map((path) => ((path[s] ?? 0) - (path[s - 1] ?? 0)) / 1000)
    gaps.sort((a, b) => a - b)
    const timed = s > 0 && gaps.length > 0
    return {
      event,
      count: reached.length,
      rate_from_first: paths.length > 0 ? reached.length / paths.length : null,
      rate_from_previous: before > 0 ? reached.length / before : null,
      dropped: stopped.length - open,
      open,
      mean_seconds: timed ? gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length : null,
      median_seconds: timed ? (gaps[Math.floor(gaps.length / 2)] ?? null) : null,
    }
  })
}

// Times at which one person reached each step, from their first try.
function pathOf(query: FunnelQuery, own: CapturedEvent[], windowMs: number): number[] {
  const path: number[] = []
  for (const event of own) {
    const step = query.steps[path.length]
    if (!step || event.event !== step.event || !meets(event, step.filters)) continue
    if (path[0] !== undefined && event.timestamp - path[0] > windowMs) break
    path.push(event.timestamp)
  }
  return path
}

interface Split {
  breakdown?: string | undefined
  breakdown_limit: number
}

function groupsOf(events: CapturedEvent[], { breakdown, breakdown_limit }: Split) {
  if (!breakdown) return [{ breakdown: null, events }]
  const groups = Map.groupBy(events, (event) => event.properties[breakdown] ?? '')
  const none = groups.get('')
  groups.delete('')
  const ranked = [...groups].sort(([, a], [, b]) => b.length - a.length)
  const other = ranked.slice(breakdown_limit).flatMap(([, group]) => group)
  const named = (kind: 'value' | 'other' | 'none', value: string, own: CapturedEvent[]) => ({
    breakdown: { kind, value },
    events: own,
  })
  return [
    ...ranked.slice(0, breakdown_limit).map(([value, group]) => named('value', value, group)),
    ...(other.length > 0 ? [named('other', '', other)] : []),
    ...(none ? [named('none', '', none)] : []),
  ]
}

// The pages' tests filter by equality only.
function meets(event: CapturedEvent, filters: PropertyFilter[]): boolean {
  return filters.every(({ property, value }) => event.properties[property] === value)
}

function rangeOf(query: Pick<TrendQuery, 'date_from' | 'date_to'>, now: number) {
  const to = query.date_to ? Date.parse(query.date_to.slice(0, 10)) + DAY_MS - 1 : now
  const relative = /^-(\d+)([hdwm])$/.exec(query.date_from)
  if (!relative) return { from: Date.parse(query.date_from), to }
  const unit = UNIT_MS[relative[2] as keyof typeof UNIT_MS]
  return { from: now - Number(relative[1]) * unit, to }
}

const MONTHS = { month: 1, quarter: 3, year: 12 }

function startOf(time: number, interval: Interval): number {
  if (interval === 'minute') return Math.floor(time / MINUTE_MS) * MINUTE_MS
  if (interval === 'hour') return Math.floor(time / HOUR_MS) * HOUR_MS
  const day = Math.floor(time / DAY_MS)
  if (interval === 'day') return day * DAY_MS
  if (interval === 'week') return (day - ((day + 3) % 7)) * DAY_MS
  const date = new Date(time)
  const month = date.getUTCMonth()
  return Date.UTC(date.getUTCFullYear(), month - (month % MONTHS[interval]), 1)
}

function next(start: number, interval: Interval): number {
  const date = new Date(start)
  if (interval === 'minute') return start + MINUTE_MS
  if (interval === 'hour') return start + HOUR_MS
  if (interval === 'day') return start + DAY_MS
  if (interval === 'week') return start + 7 * DAY_MS
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + MONTHS[interval], 1)
}
