import * as Plot from '@observablehq/plot'
import { formatCompact, formatNumber } from '../lib/format.ts'
import { MAX_SLOTS, SLOT_MS, type Slot } from '../lib/live-feed.ts'
import { yTicks } from './buckets.ts'

export interface ArrivalBar {
  /** Minutes before the end of the last slot: 0 and less. */
  from: number
  to: number
  count: number | null
}

const MINUTE_MS = 60_000
const MINUTES = (MAX_SLOTS * SLOT_MS) / MINUTE_MS

export function arrivalBars(slots: readonly Slot[]): ArrivalBar[] {
  const end = (slots.at(-1)?.at ?? 0) + SLOT_MS
  return slots.map(({ at, count }) => ({
    from: (at - end) / MINUTE_MS,
    to: (at + SLOT_MS - end) / MINUTE_MS,
    count,
  }))
}

/** How many events arrived in each slot of the last minutes; grey where nobody was listening. */
export function arrivalsPlot(
  slots: readonly Slot[],
  { width, height }: { width: number; height: number },
): Plot.PlotOptions {
  const bars = arrivalBars(slots)
  const top = Math.max(1, ...bars.map(({ count }) => count ?? 0))
  const place = { x1: 'from', x2: 'to', insetLeft: 0.5, insetRight: 0.5 }
  return {
    className: 'plot',
    width,
    height,
    marginLeft: 12 + 7 * formatCompact(top).length,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 22,
    ariaLabel: 'Events as they arrived',
    ariaDescription: 'The table below the chart holds the same numbers.',
    x: { domain: [-MINUTES, 0], label: null },
    y: { domain: [0, top], label: null },
    marks: [
      Plot.gridY({ ticks: Math.min(3, yTicks(top)), stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: Math.min(3, yTicks(top)),
        tickFormat: formatCompact,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisX({
        ticks: MINUTES,
        tickSize: 0,
        fill: 'var(--muted)',
        tickFormat: (minutes: number) => (minutes === 0 ? 'now' : `${-minutes} min`),
      }),
      Plot.rectY(
        [{ from: -MINUTES, to: bars[0]?.from ?? 0 }, ...bars.filter(({ count }) => count === null)],
        { ...place, y: top, fill: 'var(--surface-raised)' },
      ),
      Plot.rectY(
        bars.filter(({ count }) => count !== null),
        { ...place, y: 'count', fill: 'var(--series-1)', title: words },
      ),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }
}

const words = ({ count }: ArrivalBar) =>
  `${formatNumber(count ?? 0)} ${count === 1 ? 'event' : 'events'} in ${SLOT_MS / 1_000} s`
