import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { AskedOf } from '../lib/insight-address.ts'
import { insightBreakdown } from './insight-breakdown.ts'
import type { DrawnTrend } from './series.ts'

/** The answer to a `trends` insight as lines: a formula by its text, an earlier time by name. */
export function drawnTrend(query: AskedOf<'trends'>, result: TrendsResult): DrawnTrend {
  const onlyTotals = query.series.every(({ measure }) => measure === 'total')
  return {
    buckets: result.buckets,
    interval: query.interval,
    // Of the two, whichever may stand on each other.
    measure: onlyTotals && query.formulas.length === 0 ? 'total' : 'unique_persons',
    complete_until: result.complete_until,
    series: result.series.map((line) => ({
      event: lineName(query, line),
      breakdown: insightBreakdown(line.breakdown),
      values: result.buckets.map((_, i) => line.values[i] ?? null),
      total: line.total,
    })),
  }
}

type Line = TrendsResult['series'][number]

function lineName({ series, formulas }: AskedOf<'trends'>, line: Line): string {
  const name =
    line.formula === null ? seriesName(series, line.series ?? 0) : (formulas[line.formula] ?? '')
  return line.period === 'previous' ? `${name} (before)` : name
}

/** The event; with what else tells it from the others when one event is asked twice. */
function seriesName(series: AskedOf<'trends'>['series'], place: number): string {
  const one = series[place]
  if (!one) return ''
  const isTwice = series.filter(({ event }) => event === one.event).length > 1
  return isTwice ? `${String.fromCharCode(65 + place)}. ${one.event}` : one.event
}
