import { propertyText } from '../property.ts'
import { instant } from '../scope.ts'
import { HAS_SESSION, SESSION } from '../sessions/definition.ts'
import { firstRows } from './firsts.ts'
import { type Aggregate, aggregateOf, aggregateSql, methodOf } from './measure.ts'
import { finalWindow, readRange, rollingSql } from './rolling.ts'
import { sessionAmountsSql } from './session-durations.ts'
import {
  amountsSql,
  bucketColumn,
  countedUnit,
  eventRows,
  groupBy,
  knownConditions,
  type Slice,
  unitAmountsSql,
  unitSql,
} from './slice.ts'

/**
 * SQL of a series' amounts: the slice's keys, `place` (of the bucket; null for the whole range) and
 * `amount`. What accumulates is told by how much is new in each bucket.
 */
export function seriesSql(slice: Slice): string {
  const { measure } = slice.series
  const { period } = slice
  switch (methodOf(slice.series)) {
    case 'events':
      return amountsSql(slice, 'count()', eventRows(slice, period, bucketColumn(slice)))
    case 'numbers':
      return amountsSql(slice, aggregateSql(measure, 'number'), numberRows(slice))
    case 'session_durations':
      return sessionAmountsSql(slice, aggregateSql(measure, 'seconds'))
    case 'session_numbers': {
      const columns = [`${SESSION} AS unit`, `${numberSql(slice)} AS number`]
      const rows = eventRows(
        slice,
        period,
        [...columns, ...bucketColumn(slice)],
        [HAS_SESSION, IS_NUMBER],
      )
      return unitAmountsSql(slice, 'any(number)', aggregateSql(measure, 'of_unit'), rows)
    }
    case 'per_actor':
      return unitAmountsSql(slice, 'count()', aggregateSql(measure, 'of_unit'), unitRows(slice))
    case 'uniques':
      return slice.plan.query.cumulative && slice.bucket !== null
        ? amountsSql(slice, 'count()', firstBuckets(slice))
        : amountsSql(slice, 'uniqExact(unit)', unitRows(slice))
    case 'firsts':
      return amountsSql(slice, 'count()', firstRows(slice))
    case 'rolling':
      return slice.bucket === null ? lastActiveSql(slice) : rollingSql(slice)
  }
}

/** What is gathered for each of a slice's keys and buckets, before it is a number. */
export interface PartialAmounts {
  /** SQL of the slice's keys, `place` as in seriesSql, and `partial`. */
  rows: string
  /** SQL of the number that one of them is. */
  finished(partial: string): string
  /** Aggregates those where the condition holds to the number that they are together. */
  merged(partial: string, condition: string): string
}

/** Of a series that canMerge. Throws a RangeError of any other. */
export function partialAmounts(slice: Slice): PartialAmounts {
  const { aggregate, column, rows } = gathered(slice)
  const { name, parameters } = aggregate
  // Counts are their own states.
  if (name === 'count') {
    return {
      rows: amountsSql(slice, 'count()', rows, 'partial'),
      finished: (one) => one,
      merged: (one, condition) => `sumIf(${one}, ${condition})`,
    }
  }
  return {
    rows: amountsSql(slice, `${name}State${parameters}(${column})`, rows, 'partial'),
    finished: (one) => `finalizeAggregation(${one})`,
    merged: (one, condition) => `${name}MergeIf${parameters}(${one}, ${condition})`,
  }
}

/** What an amount is gathered from, and by what. Of a series that canMerge; throws a RangeError of any other. */
export function gathered(slice: Slice): { aggregate: Aggregate; column: string; rows: string } {
  const { series, period } = slice
  switch (methodOf(series)) {
    case 'events': {
      const rows = eventRows(slice, period, bucketColumn(slice))
      return { aggregate: { name: 'count', parameters: '' }, column: '', rows }
    }
    case 'numbers':
      return { aggregate: aggregateOf(series.measure), column: 'number', rows: numberRows(slice) }
    case 'uniques': {
      const aggregate = { name: 'uniqExact', parameters: '' }
      return { aggregate, column: 'unit', rows: unitRows(slice) }
    }
    default:
      throw new RangeError(`amounts of ${series.measure} cannot be merged`)
  }
}

function numberRows(slice: Slice): string {
  const columns = [`${numberSql(slice)} AS number`, ...bucketColumn(slice)]
  return eventRows(slice, slice.period, columns, [IS_NUMBER])
}

/** SQL of the number that an event's property is, or null. */
export function numberSql({ series, place, statement }: Slice): string {
  const property = series.measure_property ?? { property: '' }
  const text = propertyText(property, statement, `series.${place}.measure_property.property`)
  return `toFloat64OrNull(${text})`
}

// "nan" and "inf" are words here, not numbers.
export const IS_NUMBER = 'isFinite(number)'

function unitRows(slice: Slice): string {
  const unit = unitSql(slice)
  const columns = [`${countedUnit(slice)} AS unit`, ...bucketColumn(slice)]
  return eventRows(slice, slice.period, columns, knownConditions(unit))
}

// Who was active in an earlier bucket is on a line, although its total is only of the last days.
function lastActiveSql(slice: Slice): string {
  const unit = unitSql(slice)
  const isLast = `timestamp >= ${instant(finalWindow(slice).from, slice.statement)} AS is_last`
  const columns = [`${countedUnit(slice)} AS unit`, isLast]
  const rows = eventRows(slice, readRange(slice), columns, knownConditions(unit))
  return amountsSql(slice, 'uniqExactIf(unit, is_last)', rows)
}

// Counted where it first appears, a unit is new once.
function firstBuckets(slice: Slice): string {
  const { keys } = slice.split
  return `SELECT ${[...keys, 'min(bucket) AS bucket'].join(', ')}
      FROM (${unitRows(slice)})
      ${groupBy([...keys, 'unit'])}`
}
