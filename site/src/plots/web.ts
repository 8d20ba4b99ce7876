import type { Interval } from '@headwater/schemas/insight'
import type { WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import * as Plot from '@observablehq/plot'
import { formatBucket, formatCompact, formatNumber, wallTime } from '../lib/format.ts'
import { WEB_METRICS, type WebMetric } from '../lib/web-question.ts'
import { clockTicks, isComplete, yTicks } from './buckets.ts'

/** One bucket of the range, beside the one in the same place of the time before. */
export interface WebPoint {
  bucket: string
  /** On the wall clock of the query's zone. */
  start: Date
  /** Null of a bucket that has not begun. */
  value: number | null
  complete: boolean
  /** Null where the time before has no such bucket. */
  previous: { bucket: string; value: number } | null
}

export interface WebPlotOptions {
  width: number
  metric: WebMetric
  interval: Interval
  height: number
}

const DOTS_UP_TO = 40

export function webPoints(
  result: WebOverviewResult,
  metric: WebMetric,
  interval: Interval,
): WebPoint[] {
  const { series, previous_series, complete_until } = result
  const reached = complete_until === null ? Number.POSITIVE_INFINITY : Date.parse(complete_until)
  return series.buckets.map((bucket, i) => {
    const before = previous_series?.buckets[i]
    return {
      bucket,
      start: wallTime(bucket),
      value: Date.parse(bucket) > reached ? null : (series[metric][i] ?? 0),
      complete: isComplete(bucket, { complete_until, interval }),
      previous:
        before === undefined ? null : { bucket: before, value: previous_series?.[metric][i] ?? 0 },
    }
  })
}

/** A count over time, dashed where still incomplete, before a paler line of the time before. */
export function webPlot(result: WebOverviewResult, options: WebPlotOptions): Plot.PlotOptions {
  const { width, height, metric, interval } = options
  const points = webPoints(result, metric, interval)
  const known = points.filter((point) => point.value !== null)
  const compared = points.filter((point) => point.previous !== null)
  const top = points.reduce(
    (max, { value, previous }) => Math.max(max, value ?? 0, previous?.value ?? 0),
    0,
  )
  const line = { x: 'start', strokeWidth: 2, strokeLinejoin: 'round' } as const
  const current = { ...line, y: 'value', stroke: 'var(--series-1)' } as const
  return {
    className: 'plot',
    width,
    height,
    marginLeft: 12 + 7 * formatCompact(top).length,
    marginRight: 16,
    marginBottom: 36,
    ariaLabel: `${WEB_METRICS[metric]} over time`,
    ariaDescription: 'The table below the chart holds the same numbers.',
    x: { type: 'utc', label: null, domain: spanOf(points) },
    y: { label: null, domain: [0, Math.max(top, 1)], nice: true, zero: true },
    marks: [
      Plot.gridY({ ticks: yTicks(top), stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: yTicks(top),
        tickFormat: formatCompact,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisX({
        ticks: Math.max(2, Math.min(points.length, Math.floor(width / 90))),
        tickSize: 0,
        fill: 'var(--muted)',
        ...clockTicks(interval),
      }),
      Plot.line(compared, {
        ...line,
        y: (point: WebPoint) => point.previous?.value ?? 0,
        stroke: 'var(--axis)',
        strokeDasharray: '5,4',
        strokeWidth: 1.5,
      }),
      Plot.areaY(known, { x: 'start', y: 'value', fill: 'var(--series-1)', fillOpacity: 0.1 }),
      Plot.line(
        known.filter((point) => point.complete),
        current,
      ),
      Plot.line(stillOpen(known), { ...current, strokeDasharray: '3,4' }),
      ...(points.length <= DOTS_UP_TO
        ? [Plot.dot(known, { x: 'start', y: 'value', fill: 'var(--series-1)', r: 2.5 })]
        : []),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
      ...tipMarks(points, options, top),
    ],
  }
}

/** From the last complete point on. */
function stillOpen(points: readonly WebPoint[]): WebPoint[] {
  return points.filter(({ complete }, i) => !complete || points[i + 1]?.complete === false)
}

function spanOf(points: readonly WebPoint[]): [Date, Date] {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) throw new Error('invalid overview: no buckets')
  return [first.start, last.start]
}

function tipMarks(
  points: readonly WebPoint[],
  { metric, interval }: WebPlotOptions,
  top: number,
): Plot.Markish[] {
  const words = ({ bucket, value, complete, previous }: WebPoint) => {
    const still = complete || value === null ? '' : ' (so far)'
    const lines = [`${formatBucket(bucket, interval)}${still}`]
    if (value !== null) lines.push(`${WEB_METRICS[metric]}  ${formatNumber(value)}`)
    if (previous) {
      lines.push(`${formatBucket(previous.bucket, interval)}  ${formatNumber(previous.value)}`)
    }
    return lines.join('\n')
  }
  return [
    Plot.ruleX(points, Plot.pointerX({ x: 'start', stroke: 'var(--axis)' })),
    Plot.tip(
      points,
      Plot.pointerX({
        x: 'start',
        // Hangs from the top, where it covers neither the axis nor the table.
        y: () => top,
        preferredAnchor: 'top-left',
        title: words,
        fill: 'var(--surface)',
        stroke: 'var(--border)',
        textPadding: 10,
        fontSize: 12,
        lineHeight: 1.35,
      }),
    ),
  ]
}
