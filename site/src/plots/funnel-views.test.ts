import type { FunnelTimeResult } from '@headwater/schemas/insights/funnel-time'
import type { FunnelTrendResult } from '@headwater/schemas/insights/funnel-trend'
import { describe, expect, it } from 'vitest'
import { drawnRates } from './funnel-rates.ts'
import { barWords, funnelTimePlot, timeBars } from './funnel-time.ts'
import { trendPlot, trendPoints } from './trend.ts'

const facts = {
  complete_until: '2026-11-22T12:00:00Z',
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday' as const,
  exclude_internal: false,
}
const value = (text: string) => ({ kind: 'value' as const, values: [text] })

describe('the time to convert as a picture', () => {
  const group = { mean_seconds: 80, median_seconds: 60, min_seconds: 5, max_seconds: 170 }
  const result: FunnelTimeResult = {
    kind: 'funnel_time',
    edges: [0, 60, 120, 180],
    groups: [
      { breakdown: value('DE'), count: 4, bars: [3, 0, 1], ...group },
      { breakdown: value('FR'), count: 1, bars: [1, 0, 0], ...group },
    ],
    ...facts,
  }

  it('stands the bars of groups on each other', () => {
    const bars = timeBars(result).filter(({ from }) => from === 0)
    expect(bars.map(({ to, stack_from, stack_to }) => [to, stack_from, stack_to])).toEqual([
      [60, 0, 3],
      [60, 3, 4],
    ])
    expect(funnelTimePlot(result, { width: 600 })).toMatchObject({
      x: { domain: [0, 180] },
      y: { domain: [0, 4] },
    })
  })

  it('says in words how long a bar is', () => {
    expect(barWords(result, 1)).toBe('1 min – 2 min')
  })
})

describe('conversion over time as a picture', () => {
  const result: FunnelTrendResult = {
    kind: 'funnel_trend',
    buckets: ['2026-11-20', '2026-11-21', '2026-11-22'].map((day) => `${day}T00:00:00+00:00`),
    complete: [true, false, false],
    groups: [
      {
        breakdown: null,
        entered: [8, 0, 4],
        converted: [2, 0, 1],
        open: [0, 0, 3],
        rates: [0.25, null, 0.25],
      },
    ],
    ...facts,
  }

  it('is in per cent, with nothing where nobody entered', () => {
    const drawn = drawnRates(result, 'day', undefined)
    expect(drawn.series[0]?.values).toEqual([25, null, 25])
    expect(trendPlot(drawn, { width: 600, chart: 'line' }).y).toMatchObject({ domain: [0, 25] })
  })

  it('is incomplete while somebody may still convert, however long ago that began', () => {
    const points = trendPoints(drawnRates(result, 'day', undefined))
    expect(points.map(({ complete }) => complete)).toEqual([true, false, false])
  })
})
