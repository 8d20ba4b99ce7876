import { propertyText } from '../property.ts'
import { instant } from '../scope.ts'
import { HAS_SESSION, SESSION } from '../sessions/definition.ts'
import { firstRows } from './firsts.ts'
import { aggregateSql, methodOf } from './measure.ts'
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
 * SQL of a series' amounts: the slice's keys, `start` (of the bucket, ms; null for the whole range) and
 * `amount`. What accumulates is told by how much is new in each bucket.
 */
export function seriesSql(slice: Slice): string {
  const { measure } = slice.series
  const { period } = slice
  switch (methodOf(slice.series)) {
    case 'events':
      return amountsSql(slice, 'count()', eventRows(slice, period, bucketColumn(slice)))
    case 'numbers': {
      const columns = [`${numberSql(slice)} AS number`, ...bucketColumn(slice)]
      const rows = eventRows(slice, period, columns, [IS_NUMBER])
      return amountsSql(slice, aggregateSql(measure, 'number'), rows)
    }
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
