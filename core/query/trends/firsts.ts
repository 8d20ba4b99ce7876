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
  const { plan, series, period, statement, split } = slice
  const unit = unitSql(slice)
  const scope = { ...plan.query, from: EVER_MS, to: period.to, events: eventsOf([series]) }
  const filters = [
    ...filterConditions(plan.query.filters, statement),
    ...filterConditions(series.filters, statement, `series.${slice.place}.filters`),
  ]
  const isMatching = series.measure === 'first_matching'
  const matches = !isMatching && filters.length > 0 ? [`${filters.join(' AND ')} AS matches`] : []
  const facts = [...split.keys, ...matches.map(() => 'matches')]
  const where = [
    scopeConditions({ ...scope, filters: [] }, statement),
    ...knownConditions(unit),
    ...(isMatching ? filters : []),
  ]
  const columns = ['timestamp AS at', `${unit.id} AS unit`, ...split.columns, ...matches]
  // The whole event is looked at only when more than its time is asked for.
  const first =
    facts.length > 0 ? [`argMin((${facts.join(', ')}, 0), (at, sequence, uuid)) AS first`] : []
  const order = facts.length > 0 ? ['sequence', 'uuid'] : []
  const firsts = `SELECT unit, ${['min(at) AS timestamp', ...first].join(', ')}
      FROM (
        SELECT ${[...columns, ...order].join(', ')}
        FROM events
        WHERE ${where.join(' AND ')})
      ${groupBy(['unit'])}
      HAVING timestamp >= ${instant(period.from, statement)}`
  const keys = split.keys.map((key, at) => `first.${at + 1} AS ${key}`)
  return `SELECT ${['unit', ...keys, ...bucketColumn(slice)].join(', ')}
    FROM (${firsts})
    WHERE ${matches.length > 0 ? `first.${facts.length}` : '1'}`
}
