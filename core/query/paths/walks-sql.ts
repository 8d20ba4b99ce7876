import type { PathsQuery } from '@headwater/schemas/insights/paths'
import type { Range } from '../date-range.ts'
import { EVENT_KEY, msOfEventKey } from '../event-order.ts'
import type { Statement } from '../statement.ts'
import { nodeOf, nodesSql } from './nodes-sql.ts'

const MINUTE_MS = 60_000
/** SQL of what stands where there is no node. */
export const NO_NODE = 'toUInt64(0)'

/**
 * Columns `actor`, `step`, `node`, `next` (NO_NODE where nothing more is shown), `ms` to the next, and
 * `is_exit`: one row for every node of every path, as far as paths are shown.
 */
export function stepsSql(query: PathsQuery, range: Range, statement: Statement): string {
  // Arrays side by side: one from which each row picks its part would be copied for each row.
  return `SELECT actor, step, node, next, ms, step = shown_steps AND is_ended AS is_exit
    FROM (
      SELECT actor, shown.2 AS nodes, shown.1 AS times, length(shown) AS shown_steps, is_ended
      FROM (${shownPaths(query, range, statement)}))
    ARRAY JOIN arrayEnumerate(nodes) AS step, nodes AS node,
      arrayPushBack(arrayPopFront(nodes), ${NO_NODE}) AS next,
      arrayPushBack(arrayPopFront(arrayDifference(times)), 0) AS ms`
}

/** Each path with its nodes, `(t, node)`, that are shown, and whether the last of them is its last. */
function shownPaths(query: PathsQuery, range: Range, statement: Statement): string {
  const { end, start, through, steps } = query
  const passes = through === undefined ? '1' : `has(path.2, ${nodeNamed(through, statement)})`
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
  const paths = pathsSql(query, range, statement)
  const last =
    end === undefined ? 'length(whole)' : `indexOf(whole.2, ${nodeNamed(end, statement)})`
  if (start === undefined) return `SELECT actor, path AS whole, ${last} AS last FROM (${paths})`
  return `SELECT actor, whole, ${last} AS last
      FROM (
        SELECT actor, path, indexOf(path.2, ${nodeNamed(start, statement)}) AS first,
          arraySlice(path, first) AS whole
        FROM (${paths})
        WHERE first > 0)`
}

/** Each path, whole: an actor's nodes without a long pause, and without repeats of one after another. */
function pathsSql(query: PathsQuery, range: Range, statement: Statement): string {
  const gapMs = statement.add('Int64', query.session_gap_minutes * MINUTE_MS)
  return `SELECT actor, arrayFilter((node, before) -> node.2 != before,
        run, arrayPushFront(arrayPopBack(run.2), ${NO_NODE})) AS path
      FROM (
        SELECT actor, groupArray(${EVENT_KEY}) AS keys,
          arrayZip(arrayMap(key -> ${msOfEventKey('key')}, arraySort(keys)),
            arraySort((one, key) -> key, groupArray(node), keys)) AS nodes
        FROM (${nodesSql(query, range, statement)})
        GROUP BY actor)
      ARRAY JOIN arraySplit((node, pause) -> pause >= ${gapMs}, nodes, arrayDifference(nodes.1)) AS run`
}

/** SQL of the node that a question names. */
export const nodeNamed = (name: string, statement: Statement): string =>
  nodeOf(statement.add('String', name))
