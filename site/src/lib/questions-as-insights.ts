import type { TrendResult } from '@headwater/schemas/insight'
import type { FunnelSelection } from '@headwater/schemas/insights/funnel'
import type { DrawnFunnel } from '../plots/insight-funnel.ts'
import type { InsightInputOf } from './api.ts'
import type { TrendQuestion } from './url-state.ts'

// GET /api/trends and POST /api/funnels have answers of their own, but the people behind a number are
// asked of the insight that means the same.

type Value = { kind: 'value' | 'other' | 'none'; value: string } | null

/** Who has an outcome at a step, from 1, of a group. */
export function funnelSelection(
  group: DrawnFunnel['groups'][number],
  step: number,
  outcome: FunnelSelection['outcome'],
): Record<string, unknown> {
  return { step, outcome, breakdown: group.told ?? breakdownOf(group.breakdown) }
}

/** The `trends` insight of one event of a question of GET /api/trends. */
export function trendInsight(question: TrendQuestion, event: string): InsightInputOf<'trends'> {
  const { events: _, chart: __, measure, breakdown, ...same } = question
  return {
    ...same,
    kind: 'trends',
    series: [{ event, measure }],
    ...(breakdown !== undefined && { breakdowns: [{ property: breakdown }] }),
  }
}

/** Who is in a bucket, or in the whole range, of a line. */
export function trendSelection(
  series: Pick<TrendResult['series'][number], 'breakdown'>,
  bucket: string | null,
): Record<string, unknown> {
  return { series: 0, bucket, breakdown: breakdownOf(series.breakdown) }
}

function breakdownOf(value: Value) {
  if (value === null) return null
  if (value.kind === 'value') return { kind: value.kind, values: [value.value] }
  return { kind: value.kind, values: value.kind === 'none' ? [null] : [] }
}
