import type { PathsQuery } from '@headwater/schemas/insights/paths'
import type { Range } from '../date-range.ts'
import { EVENT_KEY, msOfEventKey } from '../event-order.ts'
import type { Statement } from '../statement.ts'
import { BEGINS, cutSql, ENDS, keeping, WALK } from './cuts-sql.ts'
import { NO_NODE, nodesSql } from './nodes-sql.ts'

const MINUTE_MS = 60_000

/**
 * Columns `actor`, `step`, `node`, `next` (NO_NODE where nothing more is shown), `ms` to the next, `is_exit`,
 * and whether it is the first of the actor's rows with this step and node, `is_first`, and with this next one
 * too, `is_first_way`: one row for every node of every path, as far as paths are shown.
 *
 * An actor's paths lie one after the other in the same arrays until here, and what comes by twice is told by
 * them: a row for each path, and a set of actors for each node and edge, took a half more time and memory.
 */
export function stepsSql(query: PathsQuery, range: Range, statement: Statement): string {
  const fromEnd = query.end !== undefined && query.start === undefined
  const most = query.steps
  const shown = fromEnd
    ? `arrayMap((place, length) -> toInt32(place - greatest(length - ${most}, 0)),
          places, arrayReverseFill((place, ends) -> ends, places, lasts))`
    : 'places'
  const exits = query.end === undefined ? 'lasts' : 'exits'
  return `SELECT actor, step, node, next, ms, is_exit, nth_at_node = 1 AS is_first, nth_on_way = 1 AS is_first_way
    FROM (
      SELECT *, arrayMap((later, ends, step) -> if(ends OR step = ${most}, ${NO_NODE}, later),
          arrayShiftLeft(nodes, 1, ${NO_NODE}), lasts, steps) AS nexts
      FROM (
        SELECT *, ${shown} AS steps
        FROM (
          SELECT *, ${ENDS} AS lasts, ${PLACES} AS places
          FROM (${cutSql(walksSql(query, range, statement), query, statement)}))))
    ARRAY JOIN steps AS step, nodes AS node, nexts AS next, ${exits} AS is_exit,
      arrayShiftLeft(arrayDifference(times), 1, 0) AS ms,
      arrayEnumerateUniq(nodes, steps) AS nth_at_node,
      arrayEnumerateUniq(nodes, nexts, steps) AS nth_on_way
    WHERE step BETWEEN 1 AND ${most}`
}

/** SQL of each node's place in its path, from 1. */
const PLACES = `arrayMap((at, first) -> toInt32(at - first + 1), arrayEnumerate(paths),
            arrayFill((at, begins) -> begins, arrayEnumerate(paths), ${BEGINS}))`

/** Of each actor the arrays of WALK: its nodes without repeats of one after another, split where there is a long pause. */
function walksSql(query: PathsQuery, range: Range, statement: Statement): string {
  const gapMs = statement.add('Int64', query.session_gap_minutes * MINUTE_MS)
  const isOther = `arrayMap((node, before, path, path_before) -> node != before OR path != path_before,
          nodes, arrayShiftRight(nodes, 1, ${NO_NODE}), paths, arrayShiftRight(paths, 1))`
  return keeping(
    WALK,
    isOther,
    `SELECT actor, nodes, times, arrayCumSum(pause -> pause >= ${gapMs}, arrayDifference(times)) AS paths
        FROM (
          SELECT actor, groupArray(${EVENT_KEY}) AS keys,
            arrayMap(key -> ${msOfEventKey('key')}, arraySort(keys)) AS times,
            arraySort((one, key) -> key, groupArray(node), keys) AS nodes
          FROM (${nodesSql(query, range, statement)})
          GROUP BY actor)`,
  )
}
