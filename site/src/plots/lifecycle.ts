import type { LifecycleResult, LifecycleStatus } from '@headwater/schemas/insights/lifecycle'
import * as Plot from '@observablehq/plot'
import { formatBucket, formatCompact, formatNumber, wallTime } from '../lib/format.ts'
import { LIFECYCLE_STATUSES } from '../lib/lifecycle.ts'
import { clockTicks, nextWallTime } from './buckets.ts'
import { pickable } from './pick.ts'

export const LIFECYCLE_COLORS: Record<LifecycleStatus, string> = {
  new: 'var(--series-6)',
  returning: 'var(--series-4)',
  resurrecting: 'var(--series-3)',
  dormant: 'var(--series-2)',
}

/** From the axis upwards: who stays carries the others. */
const STACK: readonly LifecycleStatus[] = ['returning', 'resurrecting', 'new']
const HEIGHT = 320

/** One piece of one bar: above zero who is active, below who no longer is. */
export interface LifecyclePiece {
  status: LifecycleStatus
  /** Of the interval, on the wall clock of the query's zone. */
  start: Date
  end: Date
  from: number
  to: number
  /** False while the interval's actors can still change. */
  complete: boolean
}

export interface LifecyclePlotOptions {
  width: number
  height?: number
}

export function lifecyclePieces(result: LifecycleResult): LifecyclePiece[] {
  const valuesOf = new Map(result.series.map(({ status, values }) => [status, values]))
  return result.buckets.flatMap((bucket, i) => {
    const start = wallTime(bucket)
    const end = nextWallTime(bucket, result.interval)
    const complete = result.states[i] === 'complete'
    let height = 0
    const active = STACK.map((status) => {
      const from = height
      height += valuesOf.get(status)?.[i] ?? 0
      return { status, from, to: height }
    })
    const left = { status: 'dormant' as const, from: 0, to: valuesOf.get('dormant')?.[i] ?? 0 }
    return [...active, left]
      .filter(({ from, to }) => from !== to)
      .map((piece) => ({ ...piece, start, end, complete }))
  })
}

/** Lifecycle as Plot draws it: bars of who is active, and below zero of who has left. */
export function lifecyclePlot(
  result: LifecycleResult,
  options: LifecyclePlotOptions,
): Plot.PlotOptions {
  const { width, height = HEIGHT } = options
  const pieces = lifecyclePieces(result)
  const starts = result.buckets.map((bucket) => wallTime(bucket).getTime())
  const top = pieces.reduce((max, { to }) => Math.max(max, to), 0)
  const bottom = pieces.reduce((min, { to }) => Math.min(min, to), 0)
  const ticks = Math.max(1, Math.min(6, top - bottom))
  return {
    className: 'plot',
    width,
    height,
    marginLeft: 16 + 7 * Math.max(...[top, bottom].map((end) => formatCompact(end).length)),
    marginRight: 16,
    marginBottom: 36,
    ariaLabel: 'Lifecycle',
    ariaDescription: 'The table below the chart holds the same numbers.',
    x: { type: 'utc', label: null },
    y: { label: null, domain: [bottom, Math.max(top, 1)], nice: true },
    marks: [
      Plot.gridY({ ticks, stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({ ticks, tickFormat: formatCompact, tickSize: 0, fill: 'var(--muted)' }),
      Plot.axisX({
        anchor: 'bottom',
        ticks: Math.max(2, Math.min(result.buckets.length, Math.floor(width / 90))),
        tickSize: 0,
        fill: 'var(--muted)',
        ...clockTicks(result.interval),
      }),
      Plot.rect(pieces, {
        x1: 'start',
        x2: 'end',
        y1: 'from',
        y2: 'to',
        fill: ({ status }: LifecyclePiece) => LIFECYCLE_COLORS[status],
        fillOpacity: ({ complete }: LifecyclePiece) => (complete ? 0.9 : 0.5),
        insetLeft: 1,
        insetRight: 1,
        rx: 1,
        ...pickable(pieces, ({ status, start }) => [status, starts.indexOf(start.getTime())]),
      }),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
      ...tipMarks(result, top),
    ],
  }
}

function tipMarks(result: LifecycleResult, top: number): Plot.Markish[] {
  const rows = result.buckets.map((bucket, i) => {
    const still = result.states[i] === 'complete' ? '' : ' (so far)'
    const lines = result.series.map(({ status, values }) => {
      const value = values[i]
      return `${LIFECYCLE_STATUSES[status].name}  ${value == null ? '–' : formatNumber(value)}`
    })
    const start = wallTime(bucket).getTime()
    const middle = (start + nextWallTime(bucket, result.interval).getTime()) / 2
    return {
      x: new Date(middle),
      title: [`${formatBucket(bucket, result.interval)}${still}`, ...lines].join('\n'),
    }
  })
  return [
    Plot.ruleX(rows, Plot.pointerX({ x: 'x', stroke: 'var(--axis)', pointerEvents: 'none' })),
    Plot.tip(
      rows,
      Plot.pointerX({
        x: 'x',
        y: () => top,
        preferredAnchor: 'top-left',
        title: 'title',
        fill: 'var(--surface)',
        stroke: 'var(--border)',
        textPadding: 10,
        fontSize: 12,
        lineHeight: 1.35,
      }),
    ),
  ]
}
