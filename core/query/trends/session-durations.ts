import { scopeConditions } from '../scope.ts'
import { HAS_SESSION, SESSION, SESSION_REACH_MS } from '../sessions/definition.ts'
import { eventScope, groupBy, type Slice, seriesCondition } from './slice.ts'

/** More than any time between two buckets, ms. */
const LINE = 2 ** 44

// A session may be on several lines and in several buckets. Each such place is one number, which is
// gathered faster than a tuple: the line's, and within it the time since the first bucket, from 1; 0
// stands for the whole range.

/**
 * SQL of the amounts of sessions' durations, each session once in a place: seconds from the first of all
 * its events to the last.
 *
 * @param amount SQL of the amount, from the column `seconds`.
 */
export function sessionAmountsSql(slice: Slice, amount: string): string {
  const { period, statement, split, bucket } = slice
  const first = statement.add('Int64', period.starts[0] ?? period.from)
  const sessions = `SELECT (max(ms) - min(ms)) / 1000 AS seconds,
          groupUniqArrayIf(place, counts) AS places
        FROM (${sessionEvents(slice, placeOf(slice, first))})
        ${groupBy(['unit'])}
        HAVING notEmpty(places)`
  const lines =
    split.keys.length === 0
      ? '[toInt64(0)]'
      : `arrayDistinct(arrayMap(place -> place - place % ${LINE}, places))`
  const places = bucket === null ? 'places' : `arrayConcat(places, ${lines})`
  const keys = split.keys.map(
    (key) => `${key === 'line' ? `intDiv(place, ${LINE}) - 1` : 'place'} AS ${key}`,
  )
  const since = `place % ${LINE}`
  const start = bucket === null ? 'NULL' : `if(${since} = 0, NULL, ${since} - 1 + ${first})`
  const columns = [...keys, `CAST(${start} AS Nullable(Int64)) AS start`, `${amount} AS amount`]
  return `SELECT ${columns.join(', ')}
    FROM (
      SELECT seconds, arrayJoin(${places}) AS place
      FROM (${sessions}))
    ${groupBy(['place'])}`
}

/** All events, around the period, of the sessions that an event of the series is in; and which of them count. */
function sessionEvents(slice: Slice, place: string): string {
  const { plan, period, statement, split } = slice
  const from = Math.max(0, period.from - SESSION_REACH_MS)
  const { include_bots } = plan.query
  const all = { from, to: period.to + SESSION_REACH_MS, include_bots, events: null, filters: [] }
  const counts = () => `${eventScope(slice, period)} AND ${seriesCondition(slice)}`
  const columns = [
    `${SESSION} AS unit`,
    'toUnixTimestamp64Milli(timestamp) AS ms',
    `${counts()} AS counts`,
    ...split.columns,
    `${place} AS place`,
  ]
  return `SELECT ${columns.join(', ')}
          FROM events
          WHERE ${statement.apart(() => scopeConditions(all, statement))} AND ${HAS_SESSION}
            AND ${SESSION} IN (SELECT ${SESSION} FROM events WHERE ${counts()})`
}

/** Lines that are told apart by their texts have no numbers, and no buckets either. */
function placeOf({ split, bucket }: Slice, first: string): string {
  if (split.keys.includes('labels')) return 'labels'
  const line = split.keys.includes('line') ? `(line + 1) * ${LINE}` : '0'
  return `toInt64(${line}${bucket === null ? '' : ` + ${bucket} - ${first} + 1`})`
}
