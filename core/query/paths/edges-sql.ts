import type { Statement } from '../statement.ts'
import { NO_NODE } from './nodes-sql.ts'

/**
 * Rows of PathRow: the most used edges, and the nodes that those touch or at which most paths begin. Edges
 * are in their order.
 *
 * @param steps SQL of the rows of stepsSql.
 * @param names SQL of the rows of nodeNamesSql.
 */
export function edgesSql(
  steps: string,
  names: string,
  limit: number,
  statement: Statement,
): string {
  const most = statement.add('UInt32', limit)
  return `SELECT kind, step, name, next, paths, actors, exits, continues, mean_ms, all_paths
  FROM (
    SELECT *, max(is_shown) OVER (PARTITION BY place_of_node) AS is_wanted
    FROM (
      SELECT *, place <= ${most} AND (kind = 'edge' OR kind = 'node' AND step = 1) AS is_shown,
        arrayJoin(if(kind = 'edge', [(step, name), (step + 1, next)], [(step, name)])) AS place_of_node
      FROM (
        SELECT *, row_number() OVER (PARTITION BY kind, if(kind = 'node', step, 0)
            ORDER BY paths DESC, step ASC, name ASC, next ASC) AS place,
          sumIf(paths, kind = 'node' AND step = 1) OVER () AS all_paths
        FROM (${named(counts(steps), names)}))))
  WHERE (is_wanted AND kind = 'node') OR (is_shown AND kind = 'edge' AND place_of_node = (step, name))
  ORDER BY place ASC, step ASC, name ASC`
}

// Every node that is next is the node of a row, too: so the names are read once.
const named = (rows: string, names: string): string => `SELECT * EXCEPT (node, next_node),
            if(kind = 'edge', max(if(kind = 'node', name, ''))
              OVER (PARTITION BY if(kind = 'edge', next_node, node)), '') AS next
          FROM (${rows}) AS counted
          ANY LEFT JOIN (${names}) AS named USING (node)`

/** What leaves a node for the next one is an edge; all that comes to a node is the node's. */
const counts = (steps: string): string => `SELECT step, node, next AS next_node,
            if(grouping(next) = 1, 'node', 'edge') AS kind,
            sum(taken) AS paths, if(kind = 'node', sum(at_node), sum(on_way)) AS actors, sum(ended) AS exits,
            sumIf(taken, onwards = ${NO_NODE}) - exits AS continues, sum(waited) / paths AS mean_ms
          FROM (
            SELECT step, node, next, next AS onwards, count() AS taken, countIf(is_first) AS at_node,
              countIf(is_first_way) AS on_way, countIf(is_exit) AS ended, sum(ms) AS waited
            FROM (${steps})
            GROUP BY step, node, next)
          GROUP BY GROUPING SETS ((step, node, next), (step, node))
          HAVING kind = 'node' OR next != ${NO_NODE}`
