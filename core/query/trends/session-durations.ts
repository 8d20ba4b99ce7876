import { scopeConditions } from '../scope.ts'
import { HAS_SESSION, SESSION, SESSION_REACH_MS } from '../sessions/definition.ts'
import { eventScope, groupBy, type Slice, seriesCondition } from './slice.ts'

/** More than any place of a bucket. */
const LINE = 2 ** 20

// A session may be on several lines and in several buckets. Each such spot is one number, which is
// gathered faster than a tuple: the line's, and within it the bucket's, from 1; 0 stands for
// the whole range.

/**
 * SQL of the amounts of sessions' durations, each session once in a spot: seconds from the first of all
 * its events to the last.
 *
 * @param amount SQL of the amount, from the column `seconds`.
 */
export function sessionAmountsSql(slice: Slice, amount: string): string {
  const { split, bucket } = slice
  const sessions = `SELECT (max(ms) - min(ms)) / 1000 AS seconds,
          groupUniqArrayIf(spot, counts) AS spots
        FROM (${sessionEvents(slice, spotOf(slice))})
        ${groupBy(['unit'])}
        HAVING notEmpty(spots)`
  const lines =
    split.keys.length === 0
      ? '[toInt64(0)]'
      : `arrayDistinct(arrayMap(spot -> spot - spot % ${LINE}, spots))`
  const spots = bucket === null ? 'spots' : `arrayConcat(spots, ${lines})`
  const keys = split.keys.map(
    (key) => `${key === 'line' ? `intDiv(spot, ${LINE}) - 1` : 'spot'} AS ${key}`,
  )
  const within = `spot % ${LINE}`
  const place = bucket === null ? 'NULL' : `if(${within} = 0, NULL, ${within} - 1)`
  const columns = [...keys, `CAST(${place} AS Nullable(UInt16)) AS place`, `${amount} AS amount`]
  return `SELECT ${columns.join(', ')}
    FROM (
      SELECT seconds, arrayJoin(${spots}) AS spot
      FROM (${sessions}))
    ${groupBy(['spot'])}`
}

/** All events, around the period, of the sessions that an event of the series is in; and which of them count. */
function sessionEvents(slice: Slice, spot: string): string {
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
    `${spot} AS spot`,
  ]
  return `SELECT ${columns.join(', ')}
          FROM events
          WHERE ${statement.apart(() => scopeConditions(all, statement))} AND ${HAS_SESSION}
            AND ${SESSION} IN (SELECT ${SESSION} FROM events WHERE ${counts()})`
}

/** Lines that are told apart by their texts have no numbers, and no buckets either. */
function spotOf({ split, bucket }: Slice): string {
  if (split.keys.includes('labels')) return 'labels'
  const line = split.keys.includes('line') ? `(line + 1) * ${LINE}` : '0'
  return `toInt64(${line}${bucket === null ? '' : ` + ${bucket} + 1`})`
}
