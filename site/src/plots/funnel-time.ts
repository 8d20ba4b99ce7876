import type { FunnelTimeResult } from '@headwater/schemas/insights/funnel-time'
import * as Plot from '@observablehq/plot'
import { breakdownName, formatCompact, formatNumber, formatSeconds } from '../lib/format.ts'
import { yTicks } from './buckets.ts'
import { pickable } from './pick.ts'
import { seriesColors } from './series.ts'

/** Those of a group who took so long. Bars of several groups stand on each other: nobody is in two. */
export interface TimeBar {
  group: string
  /** Seconds. */
  from: number
  to: number
  persons: number
  stack_from: number
  stack_to: number
}

export interface FunnelTimePlotOptions {
  width: number
  breakdown?: string | undefined
  height?: number
}

const HEIGHT = 320
const TICK_WIDTH = 84

export function timeBars({ edges, groups }: FunnelTimeResult): TimeBar[] {
  const stacks = edges.map(() => 0)
  return groups.flatMap(({ bars }, g) =>
    bars.map((persons, b) => {
      const from = stacks[b] ?? 0
      stacks[b] = from + persons
      return {
        group: String(g),
        from: edges[b] ?? 0,
        to: edges[b + 1] ?? 0,
        persons,
        ...{ stack_from: from, stack_to: from + persons },
      }
    }),
  )
}

/** `1 min – 2 min`: the time that a bar holds. */
export function barWords({ edges }: FunnelTimeResult, bar: number): string {
  return `${formatSeconds(edges[bar] ?? 0)} – ${formatSeconds(edges[bar + 1] ?? 0)}`
}

/** How long persons take, as a histogram. */
export function funnelTimePlot(
  result: FunnelTimeResult,
  options: FunnelTimePlotOptions,
): Plot.PlotOptions {
  const { width, height = HEIGHT, breakdown } = options
  const bars = timeBars(result)
  const shown = bars.filter(({ persons }) => persons > 0)
  const top = bars.reduce((max, { stack_to }) => Math.max(max, stack_to), 0)
  const groups = result.groups.map((_, g) => String(g))
  const every = Math.ceil(result.edges.length / Math.max(2, Math.floor(width / TICK_WIDTH)))
  return {
    className: 'plot',
    width,
    height,
    marginLeft: 16 + 7 * formatCompact(top).length,
    marginRight: 24,
    marginBottom: 36,
    ariaLabel: 'Time to convert',
    ariaDescription: 'The tables below the chart hold the same numbers.',
    x: { label: null, domain: [result.edges[0] ?? 0, result.edges.at(-1) ?? 1] },
    y: { label: null, domain: [0, Math.max(top, 1)], nice: true },
    color: {
      type: 'ordinal',
      domain: groups,
      range: seriesColors(result.groups.map((group) => group.breakdown)),
    },
    marks: [
      Plot.gridY({ ticks: yTicks(top), stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: yTicks(top),
        tickFormat: formatCompact,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisX(
        result.edges.filter((_, i) => i % every === 0),
        { tickFormat: (seconds: number) => formatSeconds(seconds), fill: 'var(--muted)' },
      ),
      Plot.rect(shown, {
        x1: 'from',
        x2: 'to',
        y1: 'stack_from',
        y2: 'stack_to',
        fill: 'group',
        fillOpacity: 0.9,
        insetLeft: 1,
        insetRight: 1,
        ...pickable(shown, ({ group, from }) => [Number(group), result.edges.indexOf(from)]),
        title: ({ group, from, to, persons }: TimeBar) =>
          [
            `${formatSeconds(from)} – ${formatSeconds(to)}`,
            breakdownName(result.groups[Number(group)]?.breakdown ?? null, breakdown),
            `${formatNumber(persons)} ${persons === 1 ? 'person' : 'persons'}`,
          ].join('\n'),
        tip: { fill: 'var(--surface)', stroke: 'var(--border)', textPadding: 10, fontSize: 12 },
      }),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }
}
