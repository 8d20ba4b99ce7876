import type { StickinessResult } from '@headwater/schemas/insights/stickiness'
import { describe, expect, it } from 'vitest'
import { intervalsWords, stickinessBars, stickinessPlot } from './stickiness.ts'

const result: StickinessResult = {
  kind: 'stickiness',
  intervals: 3,
  series: [
    { series: 0, event: '$pageview', breakdown: null, counts: [6, 3, 1] },
    { series: 1, event: 'signup', breakdown: null, counts: [0, 0, 0] },
  ],
  complete_until: null,
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday',
  exclude_internal: false,
}
const shown = { width: 600, bars: 'count', cumulative: false, interval: 'day' } as const

describe('stickiness as a picture', () => {
  it('takes shares of all who were ever active, and none of nobody', () => {
    const shares = stickinessBars(result, false).map(({ share }) => share)
    expect(shares).toEqual([0.6, 0.3, 0.1, 0, 0, 0])
  })

  it('counts everybody once where bars hold those of the bars after them', () => {
    const cumulative = {
      ...result,
      series: [{ series: 0, event: '$pageview', breakdown: null, counts: [10, 4, 1] }],
    }
    expect(stickinessBars(cumulative, true).map(({ share }) => share)).toEqual([1, 0.4, 0.1])
  })

  it('has a place for every number of intervals, and a scale for what bars show', () => {
    expect(stickinessPlot(result, shown)).toMatchObject({
      fx: { domain: [1, 2, 3] },
      y: { domain: [0, 6] },
    })
    expect(stickinessPlot(result, { ...shown, bars: 'share' }).y).toMatchObject({
      domain: [0, 0.6],
    })
  })

  it('says intervals in words', () => {
    expect(intervalsWords(1, shown)).toBe('1 day')
    expect(intervalsWords(2, { cumulative: true, interval: 'week' })).toBe('at least 2 weeks')
  })
})
