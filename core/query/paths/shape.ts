import type { PathsResult } from '@headwater/schemas/insights/paths'
import type { Answer } from '../insight.ts'

/** What was counted for a node, or for an edge, which goes from its node to `next`. */
export interface PathRow {
  kind: 'node' | 'edge'
  step: string
  name: string
  next: string
  paths: string
  actors: string
  exits: string
  continues: string
  /** Of an edge. */
  mean_ms: number
  /** Of the whole answer. */
  all_paths: string
}

type Edge = PathsResult['edges'][number]
type Node = PathsResult['nodes'][number]

export function shapePaths(rows: readonly PathRow[]): Answer<PathsResult> {
  const edges = reachable(rows.filter(({ kind }) => kind === 'edge').map(edgeOf))
  const touched = new Set(
    edges.flatMap(({ step, from, to }) => [keyOf(step, from), keyOf(step + 1, to)]),
  )
  const nodes = rows
    .filter(({ kind }) => kind === 'node')
    .map(nodeOf)
    .filter(({ step, name }) => step === 1 || touched.has(keyOf(step, name)))
    .sort((a, b) => a.step - b.step || b.paths - a.paths)
  return { paths: Number(rows[0]?.all_paths ?? 0), nodes, edges }
}

/** Edges that a limit has cut off from every beginning tell of no way that anybody took. */
function reachable(edges: readonly Edge[]): Edge[] {
  const reached = new Set<string>()
  const kept = new Set<Edge>()
  for (const edge of edges.toSorted((a, b) => a.step - b.step)) {
    if (edge.step > 1 && !reached.has(keyOf(edge.step, edge.from))) continue
    kept.add(edge)
    reached.add(keyOf(edge.step + 1, edge.to))
  }
  return edges.filter((edge) => kept.has(edge))
}

const edgeOf = (row: PathRow): Edge => ({
  step: Number(row.step),
  from: row.name,
  to: row.next,
  paths: Number(row.paths),
  actors: Number(row.actors),
  mean_seconds: row.mean_ms / 1000,
})

const nodeOf = (row: PathRow): Node => ({
  step: Number(row.step),
  name: row.name,
  paths: Number(row.paths),
  actors: Number(row.actors),
  exits: Number(row.exits),
  continues: Number(row.continues),
})

const keyOf = (step: number, name: string): string => `${step} ${name}`
