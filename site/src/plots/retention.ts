import type { RetentionResult } from '@headwater/schemas/insights/retention'
import * as Plot from '@observablehq/plot'
import { breakdownName, formatShare } from '../lib/format.ts'
import { seriesColors } from './series.ts'

export type RetentionGroup = RetentionResult['groups'][number]

/** One column of a group, over its rows. */
export interface RetentionMean {
  /** Actors of the rows that the column has, and how many of them count in it. */
  size: number
  returned: number
  /** From 0 to 1; null where nobody could have returned yet. */
  share: number | null
  /** False where not even one row has had the time of this column. */
  complete: boolean
}

/** One point of a group's curve. */
export interface RetentionPoint extends Omit<RetentionMean, 'share'> {
  group: string
  column: number
  share: number
}

export interface RetentionPlotOptions {
  width: number
  breakdown?: string | undefined
  height?: number
}

const HEIGHT = 264
const DOTS_UP_TO = 40
const MARGIN_LEFT = 48

/**
 * A group's mean row: of all who started, how many returned. Rows count by their size, and where a
 * column is over for some of them, only those: the others have not had their time yet.
 */
export function retentionMeans(group: RetentionGroup, columns: number): RetentionMean[] {
  return Array.from({ length: columns }, (_, column) => {
    const over = sumOf(group, column, 'complete')
    const { size, returned } = over.size > 0 ? over : sumOf(group, column, 'incomplete')
    return {
      ...{ size, returned },
      share: size === 0 ? null : returned / size,
      complete: over.size > 0,
    }
  })
}

function sumOf(group: RetentionGroup, column: number, state: 'complete' | 'incomplete') {
  let [size, returned] = [0, 0]
  for (const row of group.rows) {
    const cell = row.cells[column]
    if (cell?.state !== state || row.size === null) continue
    size += row.size
    returned += cell.value ?? 0
  }
  return { size, returned }
}

/** What the curves are drawn from. */
export function retentionPoints(result: RetentionResult): RetentionPoint[] {
  return result.groups.flatMap((group, g) =>
    retentionMeans(group, result.columns.length).flatMap(({ share, ...mean }, column) =>
      share === null ? [] : [{ ...mean, share, column, group: String(g) }],
    ),
  )
}

/** The mean curve of every group, dashed where no row has had the time of a column. */
export function retentionPlot(
  result: RetentionResult,
  options: RetentionPlotOptions,
): Plot.PlotOptions {
  const { width, height = HEIGHT } = options
  const points = retentionPoints(result)
  const last = Math.max(1, result.columns.length - 1)
  const channels = { x: 'column', y: 'share', z: 'group', stroke: 'group', strokeWidth: 2 }
  return {
    className: 'plot',
    width,
    height,
    marginLeft: MARGIN_LEFT,
    marginRight: 16,
    marginBottom: 36,
    ariaLabel: 'Mean retention',
    ariaDescription: 'The table below the chart holds the same numbers.',
    x: { label: null, domain: [0, last] },
    y: { label: null, domain: [0, 1] },
    color: {
      type: 'ordinal',
      domain: result.groups.map((_, g) => String(g)),
      range: seriesColors(result.groups.map((group) => group.breakdown)),
    },
    marks: [
      Plot.gridY({ ticks: 5, stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({ ticks: 5, tickFormat: formatShare, tickSize: 0, fill: 'var(--muted)' }),
      Plot.axisX(tickColumns(last, width), {
        tickFormat: (column: number) => columnName(result, column),
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      ...(result.groups.length === 1
        ? [Plot.areaY(points, { x: 'column', y: 'share', fill: 'group', fillOpacity: 0.1 })]
        : []),
      Plot.line(
        points.filter((point) => point.complete),
        channels,
      ),
      Plot.line(incompletePart(points), { ...channels, strokeDasharray: '3,4' }),
      ...(result.columns.length <= DOTS_UP_TO
        ? [Plot.dot(points, { x: 'column', y: 'share', fill: 'group', r: 2.5 })]
        : []),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
      ...tipMarks(result, points, options.breakdown),
    ],
  }
}

/** `Day 3`, `Week 0`; of a bracket `Days 4–6`. */
export function columnName(result: RetentionResult, column: number): string {
  const { first, last } = result.columns[column] ?? { first: column, last: column }
  const unit = UNITS[result.interval]
  return first === last ? `${unit} ${first}` : `${unit}s ${first}–${last}`
}

const UNITS: Record<RetentionResult['interval'], string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
}

function incompletePart(points: readonly RetentionPoint[]): RetentionPoint[] {
  return points.filter((point, i) => {
    const next = points[i + 1]
    return !point.complete || (next?.group === point.group && !next.complete)
  })
}

// Whole columns only: half a day is none.
function tickColumns(last: number, width: number): number[] {
  const most = Math.max(2, Math.floor((width - MARGIN_LEFT) / 64))
  const step = Math.ceil((last + 1) / most)
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step)
}

function tipMarks(
  result: RetentionResult,
  points: readonly RetentionPoint[],
  property: string | undefined,
): Plot.Markish[] {
  const rows = [...Map.groupBy(points, ({ column }) => column)].map(([column, here]) => ({
    column,
    title: [
      columnName(result, column),
      ...here.map(({ group, share, complete }) => {
        const name = breakdownName(result.groups[Number(group)]?.breakdown ?? null, property)
        return `${name}  ${formatShare(share)}${complete ? '' : ' (so far)'}`
      }),
    ].join('\n'),
  }))
  return [
    Plot.ruleX(rows, Plot.pointerX({ x: 'column', stroke: 'var(--axis)' })),
    Plot.tip(
      rows,
      Plot.pointerX({
        x: 'column',
        y: () => 1,
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
