import type { FunnelResult } from '@headwater/schemas/insight'
import * as Plot from '@observablehq/plot'
import { formatBreakdown, formatEvent, formatNumber, formatShare } from '../lib/format.ts'
import { pickable } from './pick.ts'
import { seriesColors } from './series.ts'

/** What became of the persons who stood before a step. */
export const FUNNEL_PARTS = ['converted', 'open', 'dropped'] as const
export type FunnelPart = (typeof FUNNEL_PARTS)[number]

/** One piece of one bar. Shares are of the group's first step, so that groups can be compared. */
export interface FunnelPiece {
  step: string
  group: string
  group_name: string
  part: FunnelPart
  persons: number
  share_from: number
  share_to: number
}

export interface FunnelPlotOptions {
  width: number
  breakdown?: string | undefined
  height?: number
  /** What one of those that are counted, and several, are called. @default persons */
  words?: readonly [string, string]
}

/** Groups drawn; the table beneath has all of them. */
export const MAX_DRAWN_GROUPS = 5
const HEIGHT = 264
const MIN_STEP_WIDTH = 92
const OPACITY: Record<FunnelPart, number> = { converted: 0.92, open: 0.4, dropped: 0.14 }

/** The bar of step n is as high as step n−1: those who converted, may still, and dropped. */
export function funnelPieces(result: FunnelResult, property?: string): FunnelPiece[] {
  return result.groups.slice(0, MAX_DRAWN_GROUPS).flatMap((group, g) => {
    const entered = group.steps[0]?.count ?? 0
    const name = group.breakdown ? formatBreakdown(group.breakdown, property) : 'Everyone'
    return group.steps.flatMap((step, s) => {
      const before = group.steps[s - 1]
      const persons = {
        converted: step.count,
        open: before?.open ?? 0,
        dropped: before?.dropped ?? 0,
      }
      let from = 0
      return FUNNEL_PARTS.flatMap((part) => {
        const share = entered === 0 ? 0 : persons[part] / entered
        const piece: FunnelPiece = {
          step: String(s),
          group: String(g),
          group_name: name,
          part,
          persons: persons[part],
          share_from: from,
          share_to: from + share,
        }
        from += share
        return share > 0 ? [piece] : []
      })
    })
  })
}

/** A funnel as Plot draws it: one facet per step, one bar per group. */
export function funnelPlot(result: FunnelResult, options: FunnelPlotOptions): Plot.PlotOptions {
  const groups = result.groups.slice(0, MAX_DRAWN_GROUPS)
  const steps = groups[0]?.steps ?? []
  const pieces = funnelPieces(result, options.breakdown)
  const width = Math.max(options.width, 48 + steps.length * MIN_STEP_WIDTH)
  const name = (s: string) => `${Number(s) + 1}. ${formatEvent(steps[Number(s)]?.event ?? '')}`
  const stepWidth = (width - 48) / Math.max(1, steps.length)
  return {
    className: 'plot',
    width,
    height: options.height ?? HEIGHT,
    marginLeft: 44,
    marginRight: 4,
    marginTop: 26,
    marginBottom: 30,
    ariaLabel: 'Funnel',
    ariaDescription: 'The table below the chart holds the same numbers.',
    fx: { domain: steps.map((_, s) => String(s)), padding: 0.12, label: null },
    x: {
      domain: groups.map((_, g) => String(g)),
      axis: null,
      padding: groups.length > 1 ? 0.1 : 0,
    },
    y: { domain: [0, 1], label: null },
    color: {
      type: 'ordinal',
      domain: groups.map((_, g) => String(g)),
      range: seriesColors(groups.map((group) => group.breakdown)),
    },
    marks: [
      Plot.gridY({ ticks: 4, stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: 4,
        tickSize: 0,
        tickFormat: (share: number) => `${share * 100} %`,
        fill: 'var(--muted)',
      }),
      Plot.axisFx({
        anchor: 'bottom',
        tickFormat: (s: string) => fit(name(s), stepWidth),
        fill: 'var(--text)',
        fontSize: 12,
        tickSize: 0,
      }),
      Plot.barY(pieces, {
        fx: 'step',
        x: 'group',
        y1: 'share_from',
        y2: 'share_to',
        fill: 'group',
        fillOpacity: (piece: FunnelPiece) => OPACITY[piece.part],
        channels: { persons: 'persons' },
        ...pickable(pieces, ({ group, step, part }) => [Number(group), Number(step), part]),
        title: (piece: FunnelPiece) => pieceTitle(piece, options.words),
        tip: {
          fill: 'var(--surface)',
          stroke: 'var(--border)',
          textPadding: 10,
          fontSize: 12,
        },
      }),
      ...(groups.length === 1 ? [rateLabels(result)] : []),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }
}

function pieceTitle(
  piece: FunnelPiece,
  [one, many]: readonly [string, string] = ['person', 'persons'],
): string {
  const words: Record<FunnelPart, string> = {
    converted: 'reached this step',
    open: 'may still reach it',
    dropped: 'dropped before it',
  }
  const persons = `${formatNumber(piece.persons)} ${piece.persons === 1 ? one : many}`
  const share = formatShare(piece.share_to - piece.share_from)
  return `${piece.group_name}\n${persons} ${words[piece.part]}\n${share} of step 1`
}

// Over the bars: with several groups they would run into each other.
function rateLabels(result: FunnelResult): Plot.Markish {
  const steps = result.groups[0]?.steps ?? []
  const labels = steps.map((step, s) => ({
    step: String(s),
    group: '0',
    text: `${formatShare(step.rate_from_first)} · ${formatNumber(step.count)}`,
  }))
  return Plot.text(labels, {
    fx: 'step',
    x: 'group',
    y: 1,
    dy: -14,
    text: 'text',
    fill: 'var(--text)',
    fontSize: 12,
    fontWeight: 600,
  })
}

// An average character of the axis font is 6.6 px wide.
function fit(text: string, widthPx: number): string {
  const most = Math.max(6, Math.floor(widthPx / 6.6))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
