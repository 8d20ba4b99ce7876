import type { Query } from '../../store/store.ts'
import { bucketSql } from '../buckets.ts'
import { onLine } from '../cohort/lines.ts'
import { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import { lineSplit } from './breakdown.ts'
import type { TrendsPlan } from './plan.ts'
import { NO_SPLIT, sliceOf } from './slice.ts'

/** One number of the answer. */
export interface TrendsRow {
  /** Number of the line; absent without breakdowns. */
  line?: string
  /** Start of the bucket, ms; null for the whole range. */
  start: string | null
  amount: number | null
}

/** A statement for each series and, within it, each period. */
export const compileTrends = (plan: TrendsPlan): Query[] =>
  plan.query.series.flatMap((_, series) =>
    plan.periods.map((_, period) => {
      const statement = new Statement(plan.query.project)
      const text = plan.cohorts
        ? byCohorts(plan, statement, series, period)
        : amounts(plan, statement, series, period)
      return statement.query(text)
    }),
  )

function amounts(plan: TrendsPlan, statement: Statement, series: number, period: number): string {
  const split = lineSplit(plan, statement)
  const slice = sliceOf(plan, statement, series, period, split, bucketOf(plan, statement, period))
  const columns = [...split.keys, 'start', 'toFloat64(amount) AS amount']
  return `SELECT ${columns.join(', ')} FROM (${seriesSql(slice)})`
}

/** Lines are numbered from 1, in the order of the cohorts. */
function byCohorts(plan: TrendsPlan, statement: Statement, series: number, period: number): string {
  const bucket = bucketOf(plan, statement, period)
  const lines = (plan.cohorts ?? []).map((cohort, place) => {
    const on = { ...plan, query: onLine(plan.query, cohort) }
    const slice = sliceOf(on, statement, series, period, NO_SPLIT, bucket)
    return `SELECT toInt64(${place + 1}) AS line, start, toFloat64(amount) AS amount
  FROM (${seriesSql(slice)})`
  })
  return lines.join('\n  UNION ALL ')
}

const bucketOf = (
  { isWhole, periods }: TrendsPlan,
  statement: Statement,
  period: number,
): string | null => (isWhole ? null : bucketSql(periods[period]?.starts ?? [], statement))
