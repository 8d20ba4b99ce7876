import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { partialAmounts } from './amounts.ts'
import { NONE_LINE, OTHER_LINE, rawSplit, separateSplit } from './breakdown.ts'
import { canMerge } from './measure.ts'
import type { TrendsPlan } from './plan.ts'
import { bucketOf, eachPeriod, eventRows, sliceOf } from './slice.ts'

// Where a breakdown has few values, the amounts of all of them are made in one reading, and ranked; that
// is nearly twice as fast as asking for the top ones first. With many values the amounts would not fit
// into memory, so a part of the events is asked which it is.

/** Events that tell whether values are few. They are read in the order of the store, by persons. */
const SAMPLE_EVENTS = 20_000
const FEW_VALUES = 1_000
/** Events without a value have one line more. */
const NONE_LINES = 1

/** Whether it matters how many values there are, and was not asked yet. */
export const needsSample = (plan: TrendsPlan): boolean =>
  plan.sampled === null && canMergeAll(plan) && (plan.fits === null || isOne(plan))

/** Whether the values are so few that lines are ranked by the amounts themselves, as those of one series can. */
export const hasFewValues = (plan: TrendsPlan): boolean =>
  plan.sampled !== null && plan.sampled <= FEW_VALUES && canMergeAll(plan) && isOne(plan)

/** As far as was seen. */
export const hasMoreThanLines = ({ sampled, limit }: TrendsPlan): boolean =>
  sampled !== null && sampled > limit + NONE_LINES

/** Other's amounts are merged of those of the values. */
const canMergeAll = ({ query }: TrendsPlan): boolean =>
  query.series.every((series) => canMerge(series, query))

const isOne = ({ query, periods }: TrendsPlan): boolean =>
  query.series.length === 1 && periods.length === 1

interface SampleRow {
  values: string
}

/** Asks how many values some of the events have: of each series and, within it, each period. */
export const compileSample = (plan: TrendsPlan): Query[] =>
  eachPeriod(plan, (statement, series, period) => {
    const split = rawSplit(plan, statement)
    const slice = sliceOf(plan, statement, series, period, split, null)
    return `SELECT uniqExact(${split.keys.join(', ')}) AS values
  FROM (
    ${eventRows(slice, slice.period)}
    LIMIT ${SAMPLE_EVENTS})`
  })

/** The most values that any of the answers tells. */
export const sampledValues = (answers: readonly unknown[][]): number =>
  Math.max(0, ...answers.map(([row]) => Number((row as SampleRow | undefined)?.values ?? 0)))

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
