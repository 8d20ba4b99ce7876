import type { Query } from '../../store/store.ts'
import { onLine } from '../cohort/lines.ts'
import type { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import { lineSplit } from './breakdown.ts'
import { methodOf } from './measure.ts'
import type { TrendsPlan } from './plan.ts'
import { compileRanked, hasFewValues } from './ranked-lines.ts'
import { bucketOf, eachPeriod, NO_SPLIT, sliceOf } from './slice.ts'

/** One number of the answer. */
export interface TrendsRow {
  /** Number of the line; absent without breakdowns. */
  line?: string
  /** The values of a top line; absent when the plan has them. */
  labels?: string[]
  /** Of the bucket; null for the whole range. */
  place: number | null
  amount: number | null
}

/** A statement for each series and, within it, each period; of few values one, and none where the rows are known. */
export function compileTrends(plan: TrendsPlan): Query[] {
  if (plan.fitting) return []
  if (hasFewValues(plan)) return [compileRanked(plan)]
  return eachPeriod(plan, (statement, series, period) =>
    plan.cohorts && !readsOnce(plan, series)
      ? byCohorts(plan, statement, series, period)
      : amounts(plan, statement, series, period),
  )
}

function amounts(plan: TrendsPlan, statement: Statement, series: number, period: number): string {
  const split = lineSplit(plan, statement)
  const slice = sliceOf(plan, statement, series, period, split, bucketOf(plan, statement, period))
  const columns = [...split.keys, 'place', 'toFloat64(amount) AS amount']
  return `SELECT ${columns.join(', ')} FROM (${seriesSql(slice)})`
}

/**
 * Whether one reading tells all cohorts apart: measured twice as fast as one for each. But which event was
 * an actor's first may depend on the cohort, and a session lasts as long as all of its events.
 */
function readsOnce({ query }: TrendsPlan, place: number): boolean {
  const series = query.series[place]
  const method = series && methodOf(series)
  return method !== 'firsts' && method !== 'session_durations'
}

/** Lines are numbered from 1, in the order of the cohorts; read one after the other. */
function byCohorts(plan: TrendsPlan, statement: Statement, series: number, period: number): string {
  const bucket = bucketOf(plan, statement, period)
  const lines = (plan.cohorts ?? []).map((cohort, place) => {
    const on = { ...plan, query: onLine(plan.query, cohort) }
    const slice = sliceOf(on, statement, series, period, NO_SPLIT, bucket)
    return `SELECT toInt64(${place + 1}) AS line, place, toFloat64(amount) AS amount
  FROM (${seriesSql(slice)})`
  })
  return lines.join('\n  UNION ALL ')
}
