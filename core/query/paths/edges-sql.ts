import type { Statement } from '../statement.ts'

/**
 * Rows of PathRow: all paths, the most used edges, and the nodes that those touch or at which most
 * paths begin. Edges are in their order.
 */
export function edgesSql(steps: string, limit: number, statement: Statement): string {
  const most = statement.add('UInt32', limit)
  return `SELECT kind, step, name, next, paths, actors, exits, continues, mean_ms
  FROM (
    SELECT *, max(is_shown) OVER (PARTITION BY node) AS is_wanted
    FROM (
      SELECT *, place <= ${most} AND (kind = 'edge' OR kind = 'node' AND step = 1) AS is_shown,
        arrayJoin(if(kind = 'edge', [(step, name), (step + 1, next)], [(step, name)])) AS node
      FROM (
        SELECT *, row_number() OVER (PARTITION BY kind, if(kind = 'node', step, 0)
          ORDER BY paths DESC, step ASC, name ASC, next ASC) AS place
        FROM (${counts(steps)}))))
  WHERE kind = 'all' OR (is_wanted AND kind = 'node') OR (is_shown AND kind = 'edge' AND node = (step, name))
  ORDER BY place ASC, step ASC, name ASC`
}

/** What leaves a node for the next one is an edge; all that comes to a node is the node's. */
const counts = (steps: string): string => `SELECT step, name, next,
          multiIf(grouping(name) = 1, 'all', grouping(next) = 1, 'node', 'edge') AS kind,
          count() AS paths, uniqExact(actor) AS actors, sum(is_exit) AS exits,
          countIf(next_name = '' AND NOT is_exit) AS continues, avg(ms) AS mean_ms
        FROM (SELECT *, next AS next_name FROM (${steps}))
        GROUP BY GROUPING SETS ((step, name, next), (step, name), (step))
        HAVING multiIf(kind = 'edge', next != '', kind = 'all', step = 1, 1)`
