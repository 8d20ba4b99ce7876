import type { PathsQuery } from '@headwater/schemas/insights/paths'
import type { Range } from '../date-range.ts'
import { EVENT_KEY, msOfEventKey } from '../event-order.ts'
import type { Statement } from '../statement.ts'
import { nodesSql } from './nodes-sql.ts'

const MINUTE_MS = 60_000

/**
 * Columns `actor`, `step`, `name`, `next` ('' where nothing more is shown), `ms` to the next, and
 * `is_exit`: one row for every node of every path, as far as paths are shown.
 */
export function stepsSql(query: PathsQuery, range: Range, statement: Statement): string {
  return `SELECT actor, step, shown[step].2 AS name,
      if(step < length(shown), shown[step + 1].2, '') AS next,
      if(step < length(shown), shown[step + 1].1 - shown[step].1, 0) AS ms,
      step = length(shown) AND is_ended AS is_exit
    FROM (${shownPaths(query, range, statement)})
    ARRAY JOIN arrayEnumerate(shown) AS step`
}

/** Each path with its nodes, `(t, name)`, that are shown, and whether the last of them is its last. */
function shownPaths(query: PathsQuery, range: Range, statement: Statement): string {
  const { end, start, through, steps } = query
  const passes = through === undefined ? '1' : `has(path.2, ${statement.add('String', through)})`
  const fromEnd = end !== undefined && start === undefined
  const shown = fromEnd
    ? `arraySlice(path, greatest(toInt64(length(path)) - ${steps}, 0) + 1)`
    : `arraySlice(path, 1, ${steps})`
  const isEnded = fromEnd ? 'is_whole' : `is_whole AND length(path) <= ${steps}`
  return `SELECT actor, ${shown} AS shown, ${isEnded} AS is_ended
    FROM (
      SELECT actor, arraySlice(whole, 1, last) AS path, last = length(whole) AS is_whole
      FROM (${begunPaths(query, range, statement)})
      WHERE last > 0)
    WHERE ${passes}`
}

/** Each path from its start on, as `whole`, and the place in it of its `last` node, 0 if it has none. */
function begunPaths(query: PathsQuery, range: Range, statement: Statement): string {
  const { start, end } = query
  const placeOf = (name: string) => `indexOf(whole.2, ${statement.add('String', name)})`
  const paths = pathsSql(query, range, statement)
  const last = end === undefined ? 'length(whole)' : placeOf(end)
  if (start === undefined) return `SELECT actor, path AS whole, ${last} AS last FROM (${paths})`
  return `SELECT actor, whole, ${last} AS last
      FROM (
        SELECT actor, path, indexOf(path.2, ${statement.add('String', start)}) AS first,
          arraySlice(path, first) AS whole
        FROM (${paths})
        WHERE first > 0)`
}

/** Each path, whole: an actor's nodes without a long pause, and without repeats of one after another. */
function pathsSql(query: PathsQuery, range: Range, statement: Statement): string {
  const gapMs = statement.add('Int64', query.session_gap_minutes * MINUTE_MS)
  return `SELECT actor, arrayFilter((node, before) -> node.2 != before,
        run, arrayPushFront(arrayPopBack(run.2), '')) AS path
      FROM (
        SELECT actor, groupArray(${EVENT_KEY}) AS keys,
          arrayZip(arrayMap(key -> ${msOfEventKey('key')}, arraySort(keys)),
            arraySort((one, key) -> key, groupArray(name), keys)) AS nodes
        FROM (${nodesSql(query, range, statement)})
        GROUP BY actor)
      ARRAY JOIN arraySplit((node, pause) -> pause >= ${gapMs}, nodes, arrayDifference(nodes.1)) AS run`
}
