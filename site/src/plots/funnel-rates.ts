import type { Interval } from '@headwater/schemas/insight'
import type { FunnelTrendResult } from '@headwater/schemas/insights/funnel-trend'
import { breakdownName } from '../lib/format.ts'
import { insightBreakdown } from './insight-breakdown.ts'
import type { DrawnTrend } from './series.ts'

/** What conversion over time is drawn from: rates in per cent, one line for each group. */
export function drawnRates(
  { buckets, complete, complete_until, groups }: FunnelTrendResult,
  interval: Interval,
  property: string | undefined,
): DrawnTrend {
  return {
    ...{ buckets, interval, complete, complete_until },
    measure: 'rate',
    adds_up: false,
    series: groups.map(({ breakdown, rates }) => {
      const name = breakdownName(breakdown, property)
      return {
        ...{ event: name, name, total: null },
        breakdown: insightBreakdown(breakdown),
        values: rates.map((rate) => (rate === null ? null : rate * 100)),
      }
    }),
  }
}
