import * as Plot from '@observablehq/plot'
import type { Chart } from '../lib/choices.ts'
import { formatBucket, formatCompact, formatNumber, wallTime } from '../lib/format.ts'
import { annotationMarks, type PlacedAnnotation } from './annotations.ts'
import { clockTicks, isComplete, nextWallTime, yTicks } from './buckets.ts'
import { pickable } from './pick.ts'
import { type DrawnTrend, drawnColors, seriesNames } from './series.ts'

/** One series in one bucket. */
export interface TrendPoint {
  series: string
  /** Place of its bucket. */
  bucket: number
  /** Start and end of the bucket, on the wall clock of the query's zone. */
  start: Date
  end: Date
  /** Null where there is nothing to measure. */
  value: number | null
  /** Where the point's bar begins and ends when bars stand on each other. */
  stack_from: number
  stack_to: number
  /** False while events of this bucket may still arrive. */
  complete: boolean
}

export interface TrendPlotOptions {
  width: number
  chart: Chart
  breakdown?: string | undefined
  height?: number
  /** Writes a value. @default as a number */
  format?: (value: number) => string
  /** What happened meanwhile. @default nothing */
  annotations?: readonly PlacedAnnotation[] | undefined
}

const HEIGHT = 264
const TIP_SERIES = 8
const DOTS_UP_TO = 40
const TARGET_RADIUS = 8

/** What a trend is drawn from. */
export function trendPoints(result: DrawnTrend): TrendPoint[] {
  const stacks = result.buckets.map(() => 0)
  return result.series.flatMap((series, s) =>
    result.buckets.map((bucket, i) => {
      const value = series.values[i] ?? null
      const from = stacks[i] ?? 0
      stacks[i] = from + (value ?? 0)
      return {
        series: String(s),
        bucket: i,
        start: wallTime(bucket),
        end: nextWallTime(bucket, result.interval),
        value,
        stack_from: from,
        stack_to: from + (value ?? 0),
        complete: isCompleteAt(result, i),
      }
    }),
  )
}

/** Bars stand on each other, which is a sum: persons seen in two series would be counted twice. */
export function effectiveChart(chart: Chart, result: DrawnTrend): Chart {
  const addsUp = result.adds_up ?? result.measure !== 'unique_persons'
  return !addsUp && result.series.length > 1 ? 'line' : chart
}

/** A trend as Plot draws it: lines, dashed where still incomplete, or stacked bars. */
export function trendPlot(result: DrawnTrend, options: TrendPlotOptions): Plot.PlotOptions {
  const { width, height = HEIGHT, format = formatCompact } = options
  const points = trendPoints(result)
  const chart = effectiveChart(options.chart, result)
  const heights = points.map(({ stack_to, value }) => (chart === 'bar' ? stack_to : (value ?? 0)))
  const top = heights.reduce((most, height) => Math.max(most, height), 0)
  const bottom = heights.reduce((least, height) => Math.min(least, height), 0)
  return {
    className: 'plot',
    width,
    height,
    marginLeft: 12 + 7 * Math.max(...[top, bottom].map((end) => format(end).length)),
    marginRight: 16,
    marginBottom: 36,
    ariaLabel: 'Trend',
    ariaDescription: 'The table below the chart holds the same numbers.',
    x: { type: 'utc', label: null },
    y: {
      label: null,
      domain: [bottom, bottom < 0 ? top : Math.max(top, 1)],
      nice: true,
      zero: true,
    },
    color: {
      type: 'ordinal',
      domain: result.series.map((_, i) => String(i)),
      range: drawnColors(result),
    },
    marks: [
      Plot.gridY({ ticks: yTicks(top - bottom), stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: yTicks(top - bottom),
        tickFormat: format,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisX({
        ticks: Math.max(2, Math.min(result.buckets.length, Math.floor(width / 90))),
        tickSize: 0,
        fill: 'var(--muted)',
        ...clockTicks(result.interval),
      }),
      ...(chart === 'bar' ? barMarks(points) : lineMarks(points, result)),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
      ...annotationMarks(options.annotations ?? []),
      ...tipMarks(result, options, top),
      // Above the rule that follows the pointer, which would be clicked in their place.
      ...(chart === 'bar' ? [] : lineTargets(points)),
    ],
  }
}

function lineMarks(points: TrendPoint[], result: DrawnTrend): Plot.Markish[] {
  const strokeOpacity = ({ series }: TrendPoint) => opacityOf(result, series)
  const channels = { x: 'start', y: 'value', z: 'series', stroke: 'series', strokeOpacity }
  const single = result.series.length === 1
  return [
    ...(single
      ? [
          Plot.areaY(points.filter(isMeasured), {
            x: 'start',
            y: 'value',
            fill: 'series',
            fillOpacity: 0.1,
          }),
        ]
      : []),
    Plot.line(
      points.filter((point) => point.complete),
      { ...channels, strokeWidth: 2, strokeLinejoin: 'round' },
    ),
    Plot.line(incompleteEnds(points), { ...channels, strokeWidth: 2, strokeDasharray: '3,4' }),
    ...(result.buckets.length <= DOTS_UP_TO
      ? [
          Plot.dot(points.filter(isMeasured), {
            x: 'start',
            y: 'value',
            fill: 'series',
            fillOpacity: strokeOpacity,
            r: 2.5,
          }),
        ]
      : []),
  ]
}

function barMarks(points: TrendPoint[]): Plot.Markish[] {
  return [
    Plot.rect(points, {
      x1: 'start',
      x2: 'end',
      y1: 'stack_from',
      y2: 'stack_to',
      fill: 'series',
      fillOpacity: (point: TrendPoint) => (point.complete ? 0.9 : 0.5),
      insetLeft: 1,
      insetRight: 1,
      rx: 1,
      ...pickable(points, pickOf),
    }),
  ]
}

/** What of a line can be clicked: more than its dots are wide. */
function lineTargets(points: readonly TrendPoint[]): Plot.Markish[] {
  const measured = points.filter(isMeasured)
  return [
    Plot.dot(measured, {
      ...{ x: 'start', y: 'value', r: TARGET_RADIUS, fill: 'transparent' },
      ...pickable(measured, pickOf),
    }),
  ]
}

const pickOf = ({ series, bucket }: TrendPoint) => [Number(series), bucket]

/** The dashed part of each line: from its last complete point on. */
export function incompleteEnds(points: readonly TrendPoint[]): TrendPoint[] {
  return points.filter((point, i) => {
    const next = points[i + 1]
    return !point.complete || (next?.series === point.series && !next.complete)
  })
}

function tipMarks(
  result: DrawnTrend,
  { breakdown, format = formatNumber }: TrendPlotOptions,
  top: number,
): Plot.Markish[] {
  const names = seriesNames(result, breakdown)
  const words = (value: number | null) => (value === null ? '–' : format(value))
  const rows = result.buckets.map((bucket, i) => {
    const lines = result.series.map((series, s) => ({
      name: names[s],
      value: series.values[i] ?? null,
    }))
    lines.sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
    const shown = lines.slice(0, TIP_SERIES).map((l) => `${l.name}  ${words(l.value)}`)
    const hidden = lines.length - shown.length
    if (hidden > 0) shown.push(`and ${hidden} more`)
    const still = isCompleteAt(result, i) ? '' : ' (so far)'
    return { x: wallTime(bucket), title: `${formatBucket(bucket, result.interval)}${still}`, shown }
  })
  return [
    Plot.ruleX(rows, Plot.pointerX({ x: 'x', stroke: 'var(--axis)', pointerEvents: 'none' })),
    Plot.tip(
      rows,
      Plot.pointerX({
        x: 'x',
        // Hangs from the top, where it covers neither the axis nor the table.
        y: () => top,
        preferredAnchor: 'top-left',
        title: (row: { title: string; shown: string[] }) => [row.title, ...row.shown].join('\n'),
        fill: 'var(--surface)',
        stroke: 'var(--border)',
        textPadding: 10,
        fontSize: 12,
        lineHeight: 1.35,
      }),
    ),
  ]
}

const isCompleteAt = (result: DrawnTrend, place: number): boolean =>
  result.complete?.[place] ?? isComplete(result.buckets[place] ?? '', result)

const FAINT = 0.4
const opacityOf = (result: DrawnTrend, series: string): number =>
  result.series[Number(series)]?.faint ? FAINT : 1

const isMeasured = ({ value }: TrendPoint): boolean => value !== null
