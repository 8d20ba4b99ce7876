import { UUID_ORDER } from '../event-order.ts'
import { filterConditions } from '../filters.ts'
import { instant, scopeConditions } from '../scope.ts'
import { eventsOf } from '../selector.ts'
import { bucketColumn, groupBy, knownConditions, type Slice, unitSql } from './slice.ts'

/** Nothing is older than the store's epoch. */
const EVER_MS = 0

/**
 * SQL of one row for each actor whose first event ever lies in the period: its keys, its bucket, and
 * `unit`. first_time takes the first event of the name, which must itself pass the filters;
 * first_matching the first event that passes them.
 */
export function firstRows(slice: Slice): string {
  const { plan, series, statement, split } = slice
  const filters = [
    ...filterConditions(plan.query.filters, statement),
    ...filterConditions(series.filters, statement, `series.${slice.place}.filters`),
  ]
  const isMatching = series.measure === 'first_matching'
  const [before, after] = isMatching ? [filters, []] : [[], filters]
  if (split.keys.length === 0 && after.length === 0) {
    return `SELECT ${['unit', ...bucketColumn(slice)].join(', ')}
    FROM (${firstTimes(slice, before)})`
  }
  return `SELECT ${['unit', ...split.keys, ...bucketColumn(slice)].join(', ')}
    FROM (${firstEvents(slice, before, after)})
    ${after.length > 0 ? 'WHERE matches' : ''}`
}

/** The time of each actor's first event ever, if it lies in the period. */
function firstTimes(slice: Slice, conditions: readonly string[]): string {
  const { period, statement } = slice
  return `SELECT unit, min(at) AS timestamp
      FROM (SELECT ${unitSql(slice).id} AS unit, timestamp AS at
        FROM events
        WHERE ${everWhere(slice, EVER_MS, conditions)})
      ${groupBy(['unit'])}
      HAVING timestamp >= ${instant(period.from, statement)}`
}

// To compare whole events is slow: only those at an actor's first time are, of which most have but one.
function firstEvents(slice: Slice, before: readonly string[], after: readonly string[]): string {
  const { period, split } = slice
  const facts = after.length > 0 ? [...split.keys, 'matches'] : split.keys
  const columns = [
    `${unitSql(slice).id} AS unit`,
    'timestamp AS at',
    'sequence',
    'uuid',
    ...split.columns,
    ...(after.length > 0 ? [`${after.join(' AND ')} AS matches`] : []),
  ]
  const named = facts.map((fact, at) => `first.${at + 1} AS ${fact}`)
  return `SELECT ${['unit', 'timestamp', ...named].join(', ')}
      FROM (
        SELECT unit, min(at) AS timestamp, argMin((${facts.join(', ')}, 0), (at, sequence, ${UUID_ORDER})) AS first
        FROM (SELECT ${columns.join(', ')}
          FROM events
          WHERE ${everWhere(slice, period.from, before)}
            AND (unit, at) IN (SELECT unit, timestamp FROM (${firstTimes(slice, before)})))
        ${groupBy(['unit'])})`
}

/** Of the events of the name, whatever the question's filters are. */
function everWhere(slice: Slice, from: number, conditions: readonly string[]): string {
  const { plan, series, period, statement } = slice
  const scope = { ...plan.query, from, to: period.to, events: eventsOf([series]), filters: [] }
  const scoped = () => scopeConditions(scope, statement)
  return [
    // Nothing is asked of the sessions of what is only looked at for its time.
    from === EVER_MS && conditions.length === 0 ? statement.apart(scoped) : scoped(),
    ...knownConditions(unitSql(slice)),
    ...conditions,
  ].join(' AND ')
}
