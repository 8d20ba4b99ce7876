import type { Range } from '../date-range.ts'
import { propertyText } from '../property.ts'
import { firstRows } from './firsts.ts'
import { aggregateSql, methodOf } from './measure.ts'
import { finalWindow, rollingSql } from './rolling.ts'
import { sessionRows } from './session-durations.ts'
import {
  amountsSql,
  bucketColumn,
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
    case 'session_durations': {
      const amount = aggregateSql(measure, 'of_unit')
      return unitAmountsSql(slice, 'any(seconds)', amount, sessionRows(slice))
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
      return slice.bucket === null
        ? amountsSql(slice, 'uniqExact(unit)', unitRows(slice, finalWindow(slice)))
        : rollingSql(slice)
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

function unitRows(slice: Slice, range: Range = slice.period): string {
  const unit = unitSql(slice)
  const columns = [`${unit.id} AS unit`, ...bucketColumn(slice)]
  return eventRows(slice, range, columns, knownConditions(unit))
}

// Counted where it first appears, a unit is new once.
function firstBuckets(slice: Slice): string {
  const { keys } = slice.split
  return `SELECT ${[...keys, 'min(bucket) AS bucket'].join(', ')}
      FROM (${unitRows(slice)})
      ${groupBy([...keys, 'unit'])}`
}
