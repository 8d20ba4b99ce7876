import type { StickinessResult } from '@headwater/schemas/insights/stickiness'
import * as Plot from '@observablehq/plot'
import {
  breakdownName,
  formatCompact,
  formatEvent,
  formatNumber,
  formatShare,
} from '../lib/format.ts'
import { everActive, type StickinessQuestion } from '../lib/stickiness.ts'
import { yTicks } from './buckets.ts'
import { pickable } from './pick.ts'
import { seriesColors } from './series.ts'

/** One bar: those of a series who were active in so many intervals. */
export interface StickinessBar {
  series: string
  /** From 1. */
  intervals: number
  persons: number
  /** Of all who were ever active, from 0 to 1. */
  share: number
}

export interface StickinessPlotOptions
  extends Pick<StickinessQuestion, 'bars' | 'cumulative' | 'interval' | 'breakdown'> {
  width: number
  height?: number
}

const HEIGHT = 320
const TICK_WIDTH = 34
const MARGIN = { left: 52, right: 8 }

export function stickinessBars(result: StickinessResult, cumulative: boolean): StickinessBar[] {
  return result.series.flatMap((series, s) => {
    const all = everActive(series, cumulative)
    return series.counts.map((persons, i) => ({
      series: String(s),
      intervals: i + 1,
      persons,
      share: all === 0 ? 0 : persons / all,
    }))
  })
}

/** Stickiness as Plot draws it: one facet for each number of intervals, one bar for each series. */
export function stickinessPlot(
  result: StickinessResult,
  options: StickinessPlotOptions,
): Plot.PlotOptions {
  const { width, height = HEIGHT, bars: measured, cumulative, interval } = options
  const bars = stickinessBars(result, cumulative)
  const isShare = measured === 'share'
  const heightOf = (bar: StickinessBar) => (isShare ? bar.share : bar.persons)
  const top = bars.reduce((max, bar) => Math.max(max, heightOf(bar)), 0)
  const numbers = Array.from({ length: result.intervals }, (_, i) => i + 1)
  const room = Math.max(1, Math.floor((width - MARGIN.left - MARGIN.right) / TICK_WIDTH))
  const every = Math.ceil(numbers.length / room)
  const series = result.series.map((_, s) => String(s))
  const ticks = isShare ? 5 : yTicks(top)
  return {
    className: 'plot',
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: 14,
    marginBottom: 42,
    ariaLabel: 'Stickiness',
    ariaDescription: 'The table below the chart holds the same numbers.',
    fx: {
      domain: numbers,
      padding: numbers.length > 60 ? 0.1 : 0.2,
      label: null,
    },
    x: { domain: series, axis: null, padding: series.length > 1 ? 0.08 : 0 },
    y: { label: null, domain: [0, top || 1], nice: true },
    color: {
      type: 'ordinal',
      domain: series,
      range: seriesColors(result.series.map(({ breakdown }) => breakdown)),
    },
    marks: [
      Plot.gridY({ ticks: ticks, stroke: 'var(--grid)', strokeOpacity: 1 }),
      Plot.axisY({
        ticks: ticks,
        tickFormat: isShare ? formatShare : formatCompact,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      Plot.axisFx({
        anchor: 'bottom',
        ticks: numbers.filter((number) => (number - 1) % every === 0),
        tickSize: 0,
        label: `${cumulative ? 'At least so many' : 'Active'} ${interval}s`,
        labelAnchor: 'center',
        labelArrow: 'none',
        fill: 'var(--muted)',
      }),
      Plot.barY(bars, {
        fx: 'intervals',
        x: 'series',
        y: heightOf,
        fill: 'series',
        fillOpacity: 0.9,
        ry1: 2,
        ...pickable(bars, ({ series, intervals }) => [Number(series), intervals]),
        title: (bar: StickinessBar) => barTitle(bar, result, options),
        tip: { fill: 'var(--surface)', stroke: 'var(--border)', textPadding: 10, fontSize: 12 },
      }),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
    ],
  }
}

/** Names of the lines; the event is left out where all have the same. */
export function stickinessNames({ series }: StickinessResult, property?: string): string[] {
  const events = new Set(series.map(({ event }) => event))
  return series.map(({ event, breakdown }) => {
    if (!breakdown) return formatEvent(event)
    const value = breakdownName(breakdown, property)
    return events.size > 1 ? `${formatEvent(event)} · ${value}` : value
  })
}

/** `3 days`, `at least 1 week`. */
export function intervalsWords(
  intervals: number,
  { cumulative, interval }: Pick<StickinessPlotOptions, 'cumulative' | 'interval'>,
): string {
  const unit = intervals === 1 ? interval : `${interval}s`
  return `${cumulative ? 'at least ' : ''}${intervals} ${unit}`
}

function barTitle(
  bar: StickinessBar,
  result: StickinessResult,
  options: StickinessPlotOptions,
): string {
  const name = stickinessNames(result, options.breakdown)[Number(bar.series)]
  const persons = `${formatNumber(bar.persons)} ${bar.persons === 1 ? 'person' : 'persons'}`
  const share = formatShare(bar.share)
  return `${name} on ${intervalsWords(bar.intervals, options)}\n${persons}\n${share} of all active`
}
