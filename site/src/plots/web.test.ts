import type { WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { describe, expect, it } from 'vitest'
import { webPlot, webPoints } from './web.ts'

const unknown = { value: null, previous: null, change: null }
const counts = { visitors: [3, 2, 0], sessions: [4, 2, 0], page_views: [9, 5, 0] }
const result: WebOverviewResult = {
  kind: 'web_overview',
  range: { from: '2026-06-16T00:00:00Z', to: '2026-06-16T03:00:00Z' },
  previous_range: { from: '2026-06-15T21:00:00Z', to: '2026-06-15T22:30:00Z' },
  ...{ visitors: unknown, sessions: unknown, page_views: unknown },
  ...{ bounce_rate: unknown, session_duration: unknown, views_per_session: unknown },
  series: {
    buckets: ['2026-06-16T00:00:00Z', '2026-06-16T01:00:00Z', '2026-06-16T02:00:00Z'],
    ...counts,
  },
  previous_series: {
    buckets: ['2026-06-15T21:00:00Z', '2026-06-15T22:00:00Z'],
    visitors: [7, 8],
    sessions: [7, 8],
    page_views: [7, 8],
  },
  lists: [],
  web_vitals: [],
  complete_until: '2026-06-16T01:30:00Z',
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday',
  exclude_internal: false,
}

describe('visits over time', () => {
  it('stand beside those of the time before, and end where nothing is known yet', () => {
    const points = webPoints(result, 'page_views', 'hour').map((point) => [
      point.value,
      point.complete,
      point.previous?.value ?? null,
    ])
    expect(points).toEqual([
      [9, true, 7],
      [5, false, 8],
      [null, false, null],
    ])
  })

  it('stand alone when nothing is compared', () => {
    const alone = { ...result, previous_series: null }
    expect(webPoints(alone, 'visitors', 'hour').map(({ previous }) => previous)).toEqual([
      null,
      null,
      null,
    ])
  })

  it('are drawn over the whole range, up to the larger of both times', () => {
    const plot = webPlot(result, { width: 600, height: 200, metric: 'visitors', interval: 'hour' })
    expect(plot.x?.domain).toEqual([
      new Date('2026-06-16T00:00:00Z'),
      new Date('2026-06-16T02:00:00Z'),
    ])
    expect(plot.y?.domain).toEqual([0, 8])
  })
})
