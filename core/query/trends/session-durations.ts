import { scopeConditions } from '../scope.ts'
import { bucketColumn, eventScope, placeKeys, type Slice, seriesCondition } from './slice.ts'

/** How far beyond the range a session's own first and last event are looked for. */
const REACH_MS = 86_400_000

/**
 * SQL of one row for each session and place that an event of the series puts it in: the place's keys and
 * bucket, `unit` (the session) and `seconds`, from the first of all its events to the last.
 */
export function sessionRows(slice: Slice): string {
  const { plan, period, statement, split } = slice
  const reach = { from: Math.max(0, period.from - REACH_MS), to: period.to + REACH_MS }
  const { include_bots } = plan.query
  const all = { ...reach, include_bots, events: null, filters: [] }
  const places = placeKeys(slice)
  const columns = [
    'session_id AS unit',
    'toUnixTimestamp64Milli(timestamp) AS ms',
    `${eventScope(slice, period)} AND ${seriesCondition(slice)} AS counts`,
    ...split.columns,
    ...bucketColumn(slice),
  ]
  const columnsOfPlace = places.map((key, at) => `place.${at + 1} AS ${key}`)
  return `SELECT ${['unit', 'seconds', ...columnsOfPlace].join(', ')}
    FROM (
      SELECT unit, (max(ms) - min(ms)) / 1000 AS seconds,
        arrayJoin(groupUniqArrayIf((${[...places, '0'].join(', ')}), counts)) AS place
      FROM (
        SELECT ${columns.join(', ')}
        FROM events
        WHERE ${scopeConditions(all, statement)} AND session_id != '')
      GROUP BY unit)`
}
