// GET /api/trends: one series and one breakdown, asked in the words of a URL.
import type { TrendQuery, TrendResult } from '@headwater/schemas/insight'
import { TrendsQuery } from '@headwater/schemas/insights/trends'
import type { Query } from '../../store/store.ts'
import { QueryRefusal } from '../errors.ts'
import { compileTrends, type TrendsRow } from './compile.ts'
import { planTrends, type TrendsPlan } from './plan.ts'
import { shapeTrends } from './shape.ts'

export type { TrendsRow }

export interface PlainTrend {
  query: TrendQuery
  plan: TrendsPlan
}

export type TrendAnswer = Omit<TrendResult, 'complete_until' | 'duration_ms' | 'from_cache'>

/** Throws a QueryRefusal. */
export function planTrend(query: TrendQuery, now: number): PlainTrend {
  const { event, measure, breakdown, ...rest } = query
  const asked = TrendsQuery.parse({
    kind: 'trends',
    ...rest,
    series: [{ event, measure }],
    breakdowns: breakdown === undefined ? [] : [{ property: breakdown }],
  })
  return { query, plan: planTrends(asked, { now, completeUntil: null, firstEventAt: null }) }
}

/** One statement. Throws a QueryRefusal. */
export function compileTrend({ plan }: PlainTrend): Query {
  try {
    const [statement] = compileTrends(plan)
    if (statement) return statement
  } catch (error) {
    if (!(error instanceof QueryRefusal) || !error.field?.startsWith('breakdowns.')) throw error
    throw new QueryRefusal(error.code, error.message, { field: 'breakdown' })
  }
  throw new RangeError('a trend has one series')
}

export function shapeTrend({ query, plan }: PlainTrend, rows: readonly TrendsRow[]): TrendAnswer {
  const { buckets, series } = shapeTrends(plan, rows)
  return {
    buckets,
    interval: query.interval,
    time_zone: query.time_zone,
    measure: query.measure,
    series: series.map(({ breakdown, values, total }) => ({
      event: query.event,
      breakdown: breakdown && { kind: breakdown.kind, value: breakdown.values[0] ?? '' },
      values: values.map(Number),
      total: Number(total),
    })),
  }
}
