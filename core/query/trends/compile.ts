import type { Query } from '../../store/store.ts'
import { bucketSql } from '../buckets.ts'
import { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import { breakdownSql, type SliceOf } from './breakdown.ts'
import type { TrendsPlan } from './plan.ts'
import { NO_SPLIT, type Slice } from './slice.ts'

/** One number of the answer. */
export interface TrendsRow {
  series: number
  /** Place of the period in the plan. */
  period: number
  /** '' without breakdowns. */
  kind: 'value' | 'other' | 'none' | ''
  labels: string[]
  /** Start of the bucket, ms; null for the whole range. */
  start: string | null
  amount: number | null
}

/**
 * Without breakdowns, a statement for each series and period. With them one for all, so that the top
 * values are looked for once.
 */
export function compileTrends(plan: TrendsPlan): Query[] {
  const places = plan.query.series.flatMap((_, series) =>
    plan.periods.map((_, period) => ({ series, period })),
  )
  if (plan.query.breakdowns.length === 0) {
    return places.map(({ series, period }) => {
      const statement = new Statement(plan.query.project)
      const slice = slicesOf(plan, statement)(series, period, NO_SPLIT)
      const line = `'' AS kind, CAST([], 'Array(String)') AS labels`
      return statement.query(rowsSql(slice, line))
    })
  }
  const statement = new Statement(plan.query.project)
  const { top, split, values } = splitOf(plan, statement)
  const sliceOf = slicesOf(plan, statement)
  const branches = places.map(({ series, period }) =>
    rowsSql(sliceOf(series, period, split), `kind, ${values} AS labels`),
  )
  const columns = 'series, period, kind, labels, start, amount'
  return [statement.query(`${top}\nSELECT ${columns} FROM (\n${branches.join('\nUNION ALL\n')})`)]
}

/** How a statement of this plan tells lines apart. */
export const splitOf = (plan: TrendsPlan, statement: Statement) => {
  const whole = slicesOf({ ...plan, isWhole: true }, statement)
  return breakdownSql(plan, statement, whole)
}

/** The slices of one statement, in which each period's buckets are one value. */
export function slicesOf(plan: TrendsPlan, statement: Statement): SliceOf {
  const buckets = plan.periods.map(({ starts }) =>
    plan.isWhole ? null : bucketSql(starts, statement),
  )
  return (place, period, split) => {
    const [series, found] = [plan.query.series[place], plan.periods[period]]
    if (!series || !found) throw new RangeError(`no series ${place} in period ${period}`)
    return {
      plan,
      series,
      place,
      period: found,
      statement,
      split,
      bucket: buckets[period] ?? null,
    } satisfies Slice
  }
}

function rowsSql(slice: Slice, line: string): string {
  const period = slice.plan.periods.indexOf(slice.period)
  return `SELECT toUInt8(${slice.place}) AS series, toUInt8(${period}) AS period, ${line},
    start, toFloat64(amount) AS amount
  FROM (${seriesSql(slice)})`
}
