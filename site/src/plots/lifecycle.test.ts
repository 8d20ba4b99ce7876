import type { LifecycleResult } from '@headwater/schemas/insights/lifecycle'
import { describe, expect, it } from 'vitest'
import { lifecyclePieces, lifecyclePlot } from './lifecycle.ts'

const result: LifecycleResult = {
  kind: 'lifecycle',
  buckets: ['2026-11-22', '2026-11-23', '2026-11-24'].map((day) => `${day}T00:00:00+01:00`),
  states: ['complete', 'incomplete', 'future'],
  interval: 'day',
  series: [
    { status: 'new', values: [3, 1, null] },
    { status: 'returning', values: [0, 2, null] },
    { status: 'resurrecting', values: [1, 0, null] },
    { status: 'dormant', values: [0, -4, null] },
  ],
  complete_until: '2026-11-23T10:00:00Z',
  duration_ms: 3,
  from_cache: false,
  time_zone: 'Europe/Berlin',
  week_start: 'monday',
  exclude_internal: false,
}

describe('a lifecycle as a picture', () => {
  it('stands the active on each other, and hangs the dormant below', () => {
    const pieces = lifecyclePieces(result).map(({ status, start, from, to, complete }) => [
      start.getUTCDate(),
      ...[status, from, to, complete],
    ])
    expect(pieces).toEqual([
      [22, 'resurrecting', 0, 1, true],
      [22, 'new', 1, 4, true],
      [23, 'returning', 0, 2, false],
      [23, 'new', 2, 3, false],
      [23, 'dormant', 0, -4, false],
    ])
  })

  it('reaches from the most dormant to the most active', () => {
    expect(lifecyclePlot(result, { width: 600 }).y).toMatchObject({ domain: [-4, 4] })
  })

  it('draws nothing of nothing', () => {
    const none = result.series.map(({ status }) => ({ status, values: [0, 0, null] }))
    expect(lifecyclePlot({ ...result, series: none }, { width: 600 }).y).toMatchObject({
      domain: [0, 1],
    })
  })
})
