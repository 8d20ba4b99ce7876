import { describe, expect, it } from 'vitest'
import { SLOT_MS } from '../lib/live-feed.ts'
import { arrivalBars, arrivalsPlot } from './live.ts'

const slots = [
  { at: 100 * SLOT_MS, count: 4 },
  { at: 101 * SLOT_MS, count: null },
  { at: 102 * SLOT_MS, count: 0 },
]

describe('events as they arrive', () => {
  it('stand in minutes before now, the last slot at the end', () => {
    const bars = arrivalBars(slots).map(({ from, to, count }) => [
      Number((from * 60).toFixed(6)),
      Number((to * 60).toFixed(6)),
      count,
    ])
    expect(bars).toEqual([
      [-15, -10, 4],
      [-10, -5, null],
      [-5, 0, 0],
    ])
  })

  it('are drawn over the same minutes however few are known', () => {
    expect(arrivalsPlot(slots, { width: 400, height: 100 }).x?.domain).toEqual([-5, 0])
    expect(arrivalsPlot([], { width: 400, height: 100 }).y?.domain).toEqual([0, 1])
  })
})
