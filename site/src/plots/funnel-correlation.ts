import type { FunnelCorrelationResult } from '@headwater/schemas/insights/funnel-correlation'
import * as Plot from '@observablehq/plot'
import { formatBreakdown, formatProperty, formatShare } from '../lib/format.ts'
import { pickable } from './pick.ts'

type Correlation = FunnelCorrelationResult['correlations'][number]

/** What goes with converting, or with dropping out. */
export const CORRELATION_COLORS = { with: 'var(--series-1)', against: 'var(--series-2)' } as const

export interface CorrelationPlotOptions {
  width: number
  /** How many bars there is room for. @default all */
  rows?: number | undefined
}

const ROW_PX = 26
const AXIS_PX = 30

export const correlationHeight = (rows: number): number => rows * ROW_PX + AXIS_PX
export const rowsWithin = (height: number): number =>
  Math.max(1, Math.floor((height - AXIS_PX) / ROW_PX))

/** `Browser: Chrome`, or the name of an event. */
export function correlationName({ event, property, value }: Correlation): string {
  if (event !== null) return event
  const name = property?.property ?? ''
  const shown = formatBreakdown({ kind: 'value', value: value ?? '' }, name)
  return `${formatProperty(name)}: ${shown}`
}

/** `3.2 ×`: by what the odds of converting are multiplied. Three digits say all there is to say. */
export const formatOdds = (ratio: number): string => `${Number(ratio.toPrecision(3))} ×`

/** Bars to either side of even odds, the strongest at the top. As far to the right is as strong as to the left. */
export function correlationPlot(
  result: FunnelCorrelationResult,
  { width, rows = result.correlations.length }: CorrelationPlotOptions,
): Plot.PlotOptions {
  const shown = result.correlations.slice(0, rows)
  const strongest = shown.reduce(
    (most, { odds_ratio }) => Math.max(most, odds_ratio, 1 / odds_ratio),
    2,
  )
  const names = shown.map(correlationName)
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0)
  const marginLeft = Math.min(16 + 7 * longest, Math.floor(width * 0.42))
  return {
    className: 'plot',
    width,
    height: correlationHeight(shown.length),
    marginLeft,
    marginRight: 46,
    marginTop: 4,
    marginBottom: AXIS_PX - 4,
    ariaLabel: 'What goes with converting',
    ariaDescription: 'The table below the chart holds the same numbers.',
    // Events may have one name as properties have one value: a bar is its place.
    y: { type: 'band', domain: shown.map((_, i) => i), padding: 0.2, label: null },
    x: { type: 'log', base: 2, domain: [1 / strongest, strongest], label: null },
    marks: [
      Plot.axisX({
        ticks: Math.max(2, Math.floor((width - marginLeft) / 110)),
        tickFormat: (ratio: number) => formatOdds(ratio),
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisY({
        tickFormat: (i: number) => fit(names[i] ?? '', marginLeft),
        tickSize: 0,
        fill: 'var(--text)',
        fontSize: 12,
      }),
      Plot.barX(shown, {
        y: (_: Correlation, i: number) => i,
        x1: 1,
        x2: 'odds_ratio',
        fill: ({ odds_ratio }: Correlation) => CORRELATION_COLORS[sideOf(odds_ratio)],
        rx: 2,
        ...pickable(shown, (one) => [shown.indexOf(one)]),
        title: (one: Correlation) => barTitle(one, result),
        tip: {
          fill: 'var(--surface)',
          stroke: 'var(--border)',
          textPadding: 10,
          fontSize: 12,
        },
      }),
      Plot.ruleX([1], { stroke: 'var(--axis)' }),
    ],
  }
}

export const sideOf = (ratio: number): keyof typeof CORRELATION_COLORS =>
  ratio < 1 ? 'against' : 'with'

/** The share of those with an outcome who have it; null of nobody. */
export const shareOf = (count: number, all: number): number | null => (all > 0 ? count / all : null)

function barTitle(one: Correlation, { converted, dropped }: FunnelCorrelationResult): string {
  return [
    correlationName(one),
    `${formatShare(shareOf(one.converted, converted))} of those who converted`,
    `${formatShare(shareOf(one.dropped, dropped))} of those who dropped out`,
    `Odds of converting: ${formatOdds(one.odds_ratio)}`,
  ].join('\n')
}

// An average character of the axis font is 6.6 px wide.
function fit(text: string, widthPx: number): string {
  const most = Math.max(6, Math.floor((widthPx - 10) / 6.6))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
