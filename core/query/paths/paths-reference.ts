// What paths mean, as slowly and plainly as it can be said. Only tests use it.

export interface HistoryEvent {
  name: string
  at: number
  sequence: number
}

export interface PlainQuestion {
  gapMs: number
  groupings: readonly string[]
  exclude: readonly string[]
  start: string | undefined
  end: string | undefined
  through: string | undefined
  steps: number
}

export interface ShownPath {
  actor: string
  nodes: { name: string; at: number }[]
  /** Whether the path has nothing after its last shown node. */
  isEnded: boolean
}

export function pathsOf(
  actor: string,
  events: readonly HistoryEvent[],
  question: PlainQuestion,
): ShownPath[] {
  const named = [...events]
    .sort((a, b) => a.at - b.at || a.sequence - b.sequence)
    .map(({ name, at }) => ({
      name: question.groupings.find((pattern) => fits(name, pattern)) ?? name,
      at,
    }))
    .filter(({ name }) => name !== '' && !question.exclude.some((pattern) => fits(name, pattern)))
  const runs: (typeof named)[] = []
  for (const [place, node] of named.entries()) {
    const before = named[place - 1]
    if (!before || node.at - before.at >= question.gapMs) runs.push([])
    runs.at(-1)?.push(node)
  }
  return runs
    .map((run) => run.filter(({ name }, place) => name !== run[place - 1]?.name))
    .flatMap((nodes) => cut(actor, nodes, question))
}

function cut(actor: string, path: ShownPath['nodes'], question: PlainQuestion): ShownPath[] {
  const { start, end, through, steps } = question
  const first = start === undefined ? 0 : path.findIndex(({ name }) => name === start)
  if (first < 0) return []
  const rest = path.slice(first)
  const last = end === undefined ? rest.length - 1 : rest.findIndex(({ name }) => name === end)
  if (last < 0) return []
  const way = rest.slice(0, last + 1)
  if (through !== undefined && !way.some(({ name }) => name === through)) return []
  const isLastOfAll = last === rest.length - 1
  if (end !== undefined && start === undefined) {
    return [{ actor, nodes: way.slice(-steps), isEnded: isLastOfAll }]
  }
  return [{ actor, nodes: way.slice(0, steps), isEnded: isLastOfAll && way.length <= steps }]
}

/** A star stands for any text, of whatever length. */
export function fits(name: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  if (!name.startsWith(first)) return false
  if (others.length === 0) return name === pattern
  const last = others.pop() ?? ''
  let from = first.length
  for (const part of others) {
    const at = name.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}

/** What each edge and node has, of all paths. */
export function countPaths(paths: readonly ShownPath[]) {
  const edges = new Map<string, { actors: Set<string>; gaps: number[] }>()
  const nodes = new Map<string, { actors: string[]; exits: string[]; continues: number }>()
  for (const { actor, nodes: way, isEnded } of paths) {
    for (const [place, { name, at }] of way.entries()) {
      const node = nodes.get(`${place + 1} ${name}`) ?? { actors: [], exits: [], continues: 0 }
      nodes.set(`${place + 1} ${name}`, node)
      node.actors.push(actor)
      const next = way[place + 1]
      if (!next && isEnded) node.exits.push(actor)
      if (!next && !isEnded) node.continues++
      if (!next) continue
      const key = JSON.stringify([place + 1, name, next.name])
      const edge = edges.get(key) ?? { actors: new Set(), gaps: [] }
      edges.set(key, edge)
      edge.actors.add(actor)
      edge.gaps.push(next.at - at)
    }
  }
  return { edges, nodes }
}
