import type { TrendResult } from '@headwater/schemas/insight'
import type { BreakdownKind } from '@headwater/schemas/insights/property'
import { type Breakdown, formatBreakdown, formatEvent } from '../lib/format.ts'

const SERIES_COLORS = 8

/** What lines over time are drawn from: the answer to a trend, or what was made of another. */
export interface DrawnTrend extends Pick<TrendResult, 'buckets' | 'interval' | 'complete_until'> {
  measure: string
  series: DrawnSeries[]
  /** Of every bucket. @default told by `complete_until` */
  complete?: readonly boolean[]
  /** Of every bucket, whether it has not begun. @default none */
  future?: readonly boolean[]
  /** Those of the earlier time, in the place of the buckets that its lines lie over. */
  previous_buckets?: readonly string[] | null
  /** Whether lines may stand on each other. @default unless they count persons */
  adds_up?: boolean
}

export interface DrawnSeries {
  event: string
  breakdown: Breakdown
  /** Null where there is nothing to measure. */
  values: (number | null)[]
  total: number | null
  /** @default told by event and breakdown */
  name?: string
  /** @default by its place and breakdown */
  color?: string
  /** Drawn to be compared with. */
  faint?: boolean
  /** The total against that of the earlier time, 0.1 for a tenth more; null where that is unknown. */
  change?: number | null
}

/**
 * The colours of lines or bar groups, as CSS variables, so that dark and light both fit. `other` and
 * `none` have their own, wherever they stand, and take none from the values.
 */
export function seriesColors(breakdowns: readonly ({ kind: BreakdownKind } | null)[]): string[] {
  let values = 0
  return breakdowns.map((breakdown) => {
    if (breakdown && breakdown.kind !== 'value') return `var(--series-${breakdown.kind})`
    values += 1
    return `var(--series-${((values - 1) % SERIES_COLORS) + 1})`
  })
}

/** The colours of the series of a result. */
export function drawnColors({ series }: Pick<DrawnTrend, 'series'>): string[] {
  const colors = seriesColors(series.map(({ breakdown }) => breakdown))
  return series.map(({ color }, i) => color ?? colors[i] ?? '')
}

/** Names of the series of a result; the event is left out where all series have the same. */
export function seriesNames(result: Pick<DrawnTrend, 'series'>, property?: string): string[] {
  const events = new Set(result.series.map((series) => series.event))
  return result.series.map(({ event, breakdown, name }) => {
    if (name !== undefined) return name
    if (!breakdown) return formatEvent(event)
    const value = formatBreakdown(breakdown, property)
    return events.size > 1 ? `${formatEvent(event)} · ${value}` : value
  })
}

/**
 * Puts the answers to one question's events into one result. Buckets are matched by their start,
 * since a new one can begin between two answers; complete is what every answer is.
 */
export function mergeTrends(results: readonly TrendResult[]): TrendResult {
  const [first, ...rest] = results
  if (!first) throw new Error('invalid trend: no results')
  if (rest.length === 0) return first
  const buckets = [...new Set(results.flatMap((result) => result.buckets))]
  buckets.sort((a, b) => Date.parse(a) - Date.parse(b))
  return {
    ...first,
    buckets,
    series: results.flatMap((result) =>
      result.series.map((series) => {
        const valueAt = new Map(result.buckets.map((bucket, i) => [bucket, series.values[i] ?? 0]))
        return { ...series, values: buckets.map((bucket) => valueAt.get(bucket) ?? 0) }
      }),
    ),
    complete_until: earliest(results.map((result) => result.complete_until)),
    duration_ms: results.reduce((sum, result) => sum + result.duration_ms, 0),
    from_cache: results.every((result) => result.from_cache),
  }
}

/** The earliest of several `complete_until`; null when one of them is. */
export function earliest(times: readonly (string | null)[]): string | null {
  let found: string | null = null
  for (const time of times) {
    if (time === null) return null
    if (found === null || Date.parse(time) < Date.parse(found)) found = time
  }
  return found
}
