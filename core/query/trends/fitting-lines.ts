import type { Query } from '../../store/store.ts'
import { MAX_BREAKDOWN_LENGTH } from '../lines.ts'
import { gathered } from './amounts.ts'
import { NONE_LINE, rawSplit } from './breakdown.ts'
import type { TrendsRow } from './compile.ts'
import { canMerge, emptyAmount, methodOf } from './measure.ts'
import type { TrendsPlan } from './plan.ts'
import { amountsSql, bucketOf, eachPeriod, groupBy, type Slice, sliceOf } from './slice.ts'

// Where all values of a breakdown have lines of their own, their amounts are the answer: nothing is to be
// ranked, merged, or cut to the length that tells lines apart. So they are asked for as if they had, and asked
// for in another way when that turns out not to be so.

/** A count for each value and bucket, also where there is none, must not take much memory. */
const MAX_DENSE_BUCKETS = 400

/** Of one value and bucket, or of a value in the whole range and, of counts, in each bucket. */
type FittingRow = Record<`text${number}`, string> & {
  /** Of the bucket; null for the whole range. */
  place: number | null
  amount: string | number | null
  /** The amount as lines are ranked by it. */
  rank: number | null
  counts?: string[]
}

/** Whether it could be that all values fit, and the amounts can then be asked for at once. */
export const mayFit = ({ query, fits }: TrendsPlan): boolean =>
  fits === null && query.series.every((series) => canMerge(series, query))

/** Whether asking is over soon where values do not fit, so that nothing need be known of them before. */
export const endsSoon = ({ query, periods, isWhole }: TrendsPlan): boolean =>
  query.series.every((series) => methodOf(series) === 'events') &&
  (isWhole || periods.every(({ starts }) => starts.length <= MAX_DENSE_BUCKETS))

/** A statement for each series and, within it, each period. */
export const compileFitting = (plan: TrendsPlan): Query[] =>
  eachPeriod(plan, (statement, series, period) => {
    const split = rawSplit(plan, statement)
    const bucket = bucketOf(plan, statement, period)
    const slice = sliceOf(plan, statement, series, period, split, bucket)
    const most = mostRows(plan, period)
    // A set of groups that grows beyond what fits is not gathered to its end; the rows that are read, with
    // all that is looked up for them, are not what is limited.
    return `SELECT *, round(toFloat64(amount), 9) AS rank
  FROM (
    ${fittingSql(slice, endsSoon(plan))}
    LIMIT ${most + 1}
    SETTINGS max_rows_to_group_by = ${most}, group_by_overflow_mode = 'break')`
  })

function fittingSql(slice: Slice, isDense: boolean): string {
  const { aggregate, column, rows } = gathered(slice)
  const unlimited = `${rows}
    SETTINGS max_rows_to_group_by = 0`
  const { bucket, split, period } = slice
  const amount = `${aggregate.name}${aggregate.parameters}(${column})`
  if (!isDense || bucket === null) return amountsSql(slice, amount, unlimited)
  const counts = `countResample(0, ${period.starts.length}, 1)(bucket) AS counts`
  const columns = [...split.keys, 'NULL AS place', 'count() AS amount', counts]
  return `SELECT ${columns.join(', ')}
    FROM (${unlimited})
    ${groupBy(split.keys)}`
}

/** As many as there can be when all values fit, and none has a line. */
function mostRows(plan: TrendsPlan, period: number): number {
  const values = plan.limit + 1
  const buckets = plan.periods[period]?.starts.length ?? 0
  return endsSoon(plan) || plan.isWhole ? values : values * (buckets + 1)
}

/** The plan with its answer, or with the knowledge that there are too many values. */
export function learnFitting(plan: TrendsPlan, answers: readonly unknown[][]): TrendsPlan {
  const rows = answers as FittingRow[][]
  const labelled = rows.map((some) => some.map((row) => ({ ...row, labels: labelsOf(plan, row) })))
  const isWhole = rows.every((some, at) => some.length <= mostRows(plan, at % plan.periods.length))
  const top = isWhole && labelled.flat().every(isTold) ? rankedLabels(plan, labelled) : []
  const lines = new Map(top.map((labels, place) => [keyOf(labels), place + 1]))
  lines.set(keyOf(plan.query.breakdowns.map(() => '')), NONE_LINE)
  // What only the earlier time has is on no line by itself.
  const fits =
    isWhole &&
    top.length <= plan.limit &&
    labelled.flat().every(({ labels }) => lines.has(keyOf(labels)))
  if (!fits) return { ...plan, fits }
  const fitting = labelled.map((some) =>
    some.flatMap((row) => onLine(lines.get(keyOf(row.labels)) ?? NONE_LINE, row)),
  )
  return { ...plan, fits, top, fitting }
}

const keyOf = (labels: readonly string[]): string => JSON.stringify(labels)

type Labelled = FittingRow & { labels: string[] }

const labelsOf = ({ query }: TrendsPlan, row: FittingRow): string[] =>
  query.breakdowns.map((_, place) => row[`text${place}`] ?? '')

const placeOf = ({ periods }: TrendsPlan, at: number): [series: number, period: number] => [
  Math.floor(at / periods.length),
  at % periods.length,
]

/** Whether a row is on a line of its own, and its place among them is known: not so when a sum is infinite. */
const isTold = ({ labels, place, rank }: Labelled): boolean =>
  labels.every((text) => text.length <= MAX_BREAKDOWN_LENGTH) && (place !== null || rank !== null)

/** The values of the range that was asked for, in the order of their lines. */
function rankedLabels(plan: TrendsPlan, rows: readonly Labelled[][]): string[][] {
  const ranks = new Map<string, (number | null)[]>()
  const { series } = plan.query
  for (const [at, some] of rows.entries()) {
    const [place, period] = placeOf(plan, at)
    if (period > 0) continue
    for (const { labels, place: bucket, rank } of some) {
      if (bucket !== null || labels.every((text) => text === '')) continue
      const key = keyOf(labels)
      const known = ranks.get(key) ?? series.map(emptyAmount)
      known[place] = rank
      ranks.set(key, known)
    }
  }
  return [...ranks]
    .map(([key, known]) => ({ labels: JSON.parse(key) as string[], known }))
    .sort((a, b) => byRanks(a.known, b.known) || byTexts(a.labels, b.labels))
    .map(({ labels }) => labels)
}

/** The greatest first, what there is none of last. */
function byRanks(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  const place = a.findIndex((rank, at) => rank !== b[at])
  if (place === -1) return 0
  const [first, second] = [a[place] ?? null, b[place] ?? null]
  if (first === null || second === null) return first === null ? 1 : -1
  return second - first
}

/** As the store orders texts: by their bytes. */
function byTexts(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((text, at) => text !== b[at])
  return place === -1 ? 0 : Buffer.compare(Buffer.from(a[place] ?? ''), Buffer.from(b[place] ?? ''))
}

function onLine(line: number, { place, amount, counts = [] }: Labelled): TrendsRow[] {
  const rows = [{ place, amount }, ...counts.map((count, at) => ({ place: at, amount: count }))]
  return rows.map((row) => ({
    line: String(line),
    place: row.place,
    amount: row.amount === null ? null : Number(row.amount),
  }))
}
