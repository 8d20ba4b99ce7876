// What the SQL of one line's numbers is made of.
import type { TrendsSeries } from '@headwater/schemas/insights/trends'
import type { Query } from '../../store/store.ts'
import { type ActorSql, actorSql, PERSON } from '../actor.ts'
import { bucketPlace } from '../bucket-place.ts'
import type { Range } from '../date-range.ts'
import { refuseSubcolumnSyntax } from '../property.ts'
import { scopeConditions } from '../scope.ts'
import { eventsOf, selectorFilters } from '../selector.ts'
import { Statement } from '../statement.ts'
import type { Period, TrendsPlan } from './plan.ts'

/** How lines are told apart. */
export interface Split {
  /** SQL of columns, from an event. */
  columns: readonly string[]
  /** Those of them by which lines are told apart. */
  keys: readonly string[]
}

export const NO_SPLIT: Split = { columns: [], keys: [] }

/** One series in one period, in a statement. */
export interface Slice {
  plan: TrendsPlan
  series: TrendsSeries
  /** Of the series. */
  place: number
  period: Period
  statement: Statement
  split: Split
  /** SQL of the place of an event's bucket; null when only the whole range is asked for. */
  bucket: string | null
}

/** Throws a RangeError when the plan has no such series or period. */
export function sliceOf(
  plan: TrendsPlan,
  statement: Statement,
  place: number,
  period: number,
  split: Split,
  bucket: string | null,
): Slice {
  const [series, found] = [plan.query.series[place], plan.periods[period]]
  if (!series || !found) throw new RangeError(`no series ${place} in period ${period}`)
  return { plan, series, place, period: found, statement, split, bucket }
}

/** A statement for each series and, within it, each period, both by their places. */
export const eachPeriod = (
  { query, periods }: TrendsPlan,
  textOf: (statement: Statement, series: number, period: number) => string,
): Query[] =>
  query.series.flatMap((_, series) =>
    periods.map((_, period) => {
      const statement = new Statement(query.project)
      return statement.query(textOf(statement, series, period))
    }),
  )

/** SQL of the place of an event's bucket in a period; null when the plan has one bucket only. */
export const bucketOf = (
  { isWhole, periods }: TrendsPlan,
  statement: Statement,
  period: number,
): string | null => (isWhole ? null : bucketPlace(periods[period]?.starts ?? [], statement))

/** SQL of the events that a series means in a range, with what tells lines apart and more columns. */
export function eventRows(
  slice: Slice,
  range: Range,
  columns: readonly string[] = [],
  conditions: readonly string[] = [],
): string {
  const all = [...slice.split.columns, ...columns]
  const where = [eventScope(slice, range), seriesCondition(slice), ...conditions]
  return `SELECT ${all.length > 0 ? all.join(',\n      ') : '1 AS one'}
    FROM events
    WHERE ${where.join('\n    AND ')}`
}

/** SQL that holds for the events of a range that a question with only this series would read. */
export const eventScope = ({ plan, series, statement }: Slice, range: Range): string =>
  scopeConditions({ ...plan.query, ...range, events: eventsOf([series]) }, statement)

/** SQL that holds for the events of an eventScope that the series means: those that pass its filters. */
export const seriesCondition = ({ series, place, statement }: Slice): string =>
  selectorFilters(series, statement, `series.${place}`)

/** The bucket's column, when there are buckets. */
export const bucketColumn = ({ bucket }: Slice): string[] =>
  bucket === null ? [] : [`${bucket} AS bucket`]

/** Whom, or what, a series counts. */
export function unitSql({ plan, series, place, statement }: Slice): ActorSql {
  if (series.measure === 'unique_sessions') return actorSql('session', statement)
  if (series.group === undefined) return actorSql(plan.query.actor, statement)
  refuseSubcolumnSyntax(series.group, `series.${place}.group`)
  return actorSql({ group: series.group }, statement)
}

/** What tells units apart: a number, as a person's is, because texts take three times as long. */
export function countedUnit(slice: Slice): string {
  const { id } = unitSql(slice)
  return id === PERSON ? id : `sipHash64(${id})`
}

export const knownConditions = ({ known }: ActorSql): string[] => (known === null ? [] : [known])

/** GROUP BY, or nothing when all rows are one group. */
export const groupBy = (keys: readonly string[]): string =>
  keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`

/**
 * SQL of one amount per line and bucket, and one per line for the whole range, whose place is null.
 * `rows` have the slice's keys, and the bucket when there are buckets.
 *
 * @param name Of the amount's column.
 */
export function amountsSql(slice: Slice, amount: string, rows: string, name = 'amount'): string {
  const { keys } = slice.split
  if (slice.bucket === null) {
    const columns = [...keys, 'CAST(NULL AS Nullable(UInt16)) AS place', `${amount} AS ${name}`]
    return `SELECT ${columns.join(', ')}
    FROM (${rows})
    ${groupBy(keys)}`
  }
  const place = 'if(grouping(bucket) = 1, NULL, bucket) AS place'
  return `SELECT ${[...keys, place, `${amount} AS ${name}`].join(', ')}
    FROM (${rows})
    ${bucketsAndWhole(keys)}`
}

const bucketsAndWhole = (keys: readonly string[], more: readonly string[] = []): string =>
  `GROUP BY GROUPING SETS ((${[...keys, 'bucket', ...more].join(', ')}), (${[...keys, ...more].join(', ')}))`

/**
 * As amountsSql, of one value for each unit, in each bucket and in the whole range.
 *
 * @param value SQL of a unit's value, from its rows.
 * @param amount SQL of the amount, from the column `of_unit`.
 * @param rows Have a column `unit`.
 */
export function unitAmountsSql(slice: Slice, value: string, amount: string, rows: string): string {
  const { keys } = slice.split
  const hasBuckets = slice.bucket !== null
  const place = hasBuckets
    ? 'if(grouping(bucket) = 1, NULL, bucket)'
    : 'CAST(NULL AS Nullable(UInt16))'
  const units = `SELECT ${[...keys, `${place} AS place`, 'unit', `${value} AS of_unit`].join(', ')}
      FROM (${rows})
      ${hasBuckets ? bucketsAndWhole(keys, ['unit']) : groupBy([...keys, 'unit'])}`
  return `SELECT ${[...keys, 'place', `${amount} AS amount`].join(', ')}
    FROM (${units})
    ${groupBy([...keys, 'place'])}`
}
