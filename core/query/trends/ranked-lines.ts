import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { partialAmounts } from './amounts.ts'
import { NONE_LINE, OTHER_LINE, separateSplit } from './breakdown.ts'
import { canMerge } from './measure.ts'
import type { TrendsPlan } from './plan.ts'
import { bucketOf, eventRows, sliceOf } from './slice.ts'

// Where a breakdown has few values, the amounts of all of them are made in one reading, and ranked; that
// is nearly twice as fast as asking for the top ones first. With many values the amounts would not fit
// into memory, so a part of the events is asked which it is.

/** Events that tell whether values are few. They are read in the order of the store, by persons. */
const SAMPLE_EVENTS = 20_000
const FEW_VALUES = 1_000

/**
 * Whether it is still to be asked if values are few: where the lines could be ranked by the amounts
 * themselves, as those of one series can, when Other's can be merged.
 */
export const needsSample = ({ query, periods, hasFewValues }: TrendsPlan): boolean =>
  hasFewValues === null &&
  query.series.length === 1 &&
  periods.length === 1 &&
  query.series.every((series) => canMerge(series, query))

interface SampleRow {
  values: string
}

/** Asks how many values some of the events have. */
export function compileSample(plan: TrendsPlan): Query {
  const statement = new Statement(plan.query.project)
  const split = separateSplit(plan, statement)
  const slice = sliceOf(plan, statement, 0, 0, split, null)
  return statement.query(`SELECT uniqExact(${split.keys.join(', ')}) AS values
  FROM (
    ${eventRows(slice, slice.period)}
    LIMIT ${SAMPLE_EVENTS})`)
}

export const areFew = (rows: readonly unknown[]): boolean =>
  Number((rows[0] as SampleRow | undefined)?.values ?? 0) <= FEW_VALUES

/** Rows of TrendsRow with the `labels` of their line: of the top lines, of Other and of none. */
export function compileRanked(plan: TrendsPlan): Query {
  const statement = new Statement(plan.query.project)
  const split = separateSplit(plan, statement)
  const bucket = bucketOf(plan, statement, 0)
  const { rows, finished, merged } = partialAmounts(sliceOf(plan, statement, 0, 0, split, bucket))
  const labels = `[${split.keys.join(', ')}]`
  const isNone = split.keys.map((key) => `${key} = ''`).join(' AND ')
  // As for the top ones that are asked for by themselves: equal but for their last digits is equal.
  const total = `max(if(bucket IS NULL, round(toFloat64(${finished('partial')}), 9), NULL))`
  return statement.query(`SELECT line, bucket AS place, any(labels) AS labels,
    toFloat64(if(line > 0, anyIf(${finished('partial')}, line > 0), ${merged('partial', 'line <= 0')})) AS amount
  FROM (
    SELECT bucket, partial, ${labels} AS labels,
      multiIf(is_none, ${NONE_LINE}, rank <= ${statement.add('UInt32', plan.limit)}, toInt64(rank), ${OTHER_LINE}) AS line
    FROM (
      SELECT *, dense_rank() OVER (ORDER BY is_none ASC, total DESC, ${labels} ASC) AS rank
      FROM (
        SELECT *, place AS bucket, ${isNone} AS is_none,
          ${total} OVER (PARTITION BY ${split.keys.join(', ')}) AS total
        FROM (${rows}))))
  GROUP BY line, bucket`)
}
