import type { Query } from '../../store/store.ts'
import { bucketSql } from '../buckets.ts'
import { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import { lineSplit } from './breakdown.ts'
import type { TrendsPlan } from './plan.ts'
import { sliceOf } from './slice.ts'

/** One number of the answer. */
export interface TrendsRow {
  /** Number of the line; absent without breakdowns. */
  line?: string
  /** Start of the bucket, ms; null for the whole range. */
  start: string | null
  amount: number | null
}

/** A statement for each series and, within it, each period. */
export function compileTrends(plan: TrendsPlan): Query[] {
  return plan.query.series.flatMap((_, series) =>
    plan.periods.map(({ starts }, period) => {
      const statement = new Statement(plan.query.project)
      const split = lineSplit(plan, statement)
      const bucket = plan.isWhole ? null : bucketSql(starts, statement)
      const slice = sliceOf(plan, statement, series, period, split, bucket)
      const columns = [...split.keys, 'start', 'toFloat64(amount) AS amount']
      return statement.query(`SELECT ${columns.join(', ')} FROM (${seriesSql(slice)})`)
    }),
  )
}
