import type { PathsResult } from '@headwater/schemas/insights/paths'

type Node = PathsResult['nodes'][number]
type Edge = PathsResult['edges'][number]

/** A bar: all paths that come by a node. Lengths are px, y grows downwards. */
export interface FlowNode extends Node {
  x: number
  y: number
  height: number
  /** The parts of its bar from the bottom up: paths that end here, and that go on beyond the picture. */
  exits_height: number
  continues_height: number
  /** Where the label of the node may reach to. */
  label_width: number
}

/** A ribbon between two bars, as wide as paths take it. */
export interface FlowLink extends Edge {
  /** Of an SVG path that is filled. */
  d: string
}

export interface Flow {
  width: number
  height: number
  nodes: FlowNode[]
  links: FlowLink[]
  /** The x of every step, from the first. */
  steps: number[]
}

export const NODE_WIDTH = 12
const MIN_STEP_WIDTH = 170
/** Wide enough for the label of a node of the last step. */
const LAST_LABEL = 150
const HEIGHT = 420
const TOP = 26
/** Room for the line of a label, whatever the height of its bar. */
const LINE = 18
const GAP = 8

/** Where everything of a flow of paths is drawn: one column for each step, one bar for each node. */
export function pathsFlow(result: PathsResult, placeWidth: number): Flow {
  const columns = columnsOf(result)
  const stepWidth = Math.max(
    MIN_STEP_WIDTH,
    (placeWidth - LAST_LABEL) / Math.max(1, columns.length - 1),
  )
  const scale = scaleOf(columns)
  const nodes = new Map<string, FlowNode>()
  let bottom = 0
  for (const [c, column] of columns.entries()) {
    let y = TOP
    for (const node of inOrder(column, result.edges, nodes)) {
      const height = Math.max(1, node.paths * scale)
      nodes.set(keyOf(node.step, node.name), {
        ...node,
        x: c * stepWidth,
        y,
        height,
        exits_height: node.exits * scale,
        continues_height: node.continues * scale,
        label_width: (c === columns.length - 1 ? LAST_LABEL : stepWidth) - NODE_WIDTH - 12,
      })
      y += Math.max(height, LINE) + GAP
    }
    bottom = Math.max(bottom, y)
  }
  const lastX = Math.max(0, columns.length - 1) * stepWidth
  return {
    width: lastX + LAST_LABEL,
    height: bottom,
    nodes: [...nodes.values()],
    links: linksOf(result.edges, nodes, scale),
    steps: columns.map((_, c) => c * stepWidth),
  }
}

/** The nodes of every step, the most used first. */
function columnsOf({ nodes }: PathsResult): Node[][] {
  const last = nodes.reduce((max, { step }) => Math.max(max, step), 0)
  return Array.from({ length: last }, (_, c) =>
    nodes.filter(({ step }) => step === c + 1).toSorted((a, b) => b.paths - a.paths),
  )
}

/** Pixels of a path: as many as let the fullest column fill the height. */
function scaleOf(columns: readonly Node[][]): number {
  return columns.reduce((scale, column) => {
    const paths = column.reduce((sum, node) => sum + node.paths, 0)
    const room = Math.max(HEIGHT / 2, HEIGHT - GAP * column.length)
    return Math.min(scale, room / Math.max(1, paths))
  }, HEIGHT)
}

// Where most of its paths come from, so that few ribbons cross. The first column has the most used on top.
function inOrder(
  column: readonly Node[],
  edges: readonly Edge[],
  placed: ReadonlyMap<string, FlowNode>,
): Node[] {
  const middles = new Map(
    column.map(({ step, name }) => {
      let [sum, paths] = [0, 0]
      for (const edge of edges) {
        const from = placed.get(keyOf(edge.step, edge.from))
        if (edge.step !== step - 1 || edge.to !== name || !from) continue
        sum += edge.paths * (from.y + from.height / 2)
        paths += edge.paths
      }
      return [name, paths === 0 ? 0 : sum / paths]
    }),
  )
  return column.toSorted((a, b) => (middles.get(a.name) ?? 0) - (middles.get(b.name) ?? 0))
}

/** Ribbons leave and reach a bar in the order of the bars at their other ends. */
function linksOf(
  edges: readonly Edge[],
  nodes: ReadonlyMap<string, FlowNode>,
  scale: number,
): FlowLink[] {
  const ends = edges.flatMap((edge) => {
    const from = nodes.get(keyOf(edge.step, edge.from))
    const to = nodes.get(keyOf(edge.step + 1, edge.to))
    return from && to ? [{ edge, from, to }] : []
  })
  const startOf = stacked(
    ends.toSorted((a, b) => a.to.y - b.to.y),
    ({ from }) => from,
    scale,
  )
  const endOf = stacked(
    ends.toSorted((a, b) => a.from.y - b.from.y),
    ({ to }) => to,
    scale,
  )
  return ends.map(({ edge, from, to }) => {
    const start = { x: from.x + NODE_WIDTH, y: startOf.get(edge) ?? from.y }
    const end = { x: to.x, y: endOf.get(edge) ?? to.y }
    return { ...edge, d: ribbon(start, end, Math.max(1, edge.paths * scale)) }
  })
}

interface Ends {
  edge: Edge
  from: FlowNode
  to: FlowNode
}

/** The y of every ribbon at one of its bars, where the ribbons lie one below the other. */
function stacked(
  ends: readonly Ends[],
  barOf: (ends: Ends) => FlowNode,
  scale: number,
): Map<Edge, number> {
  const used = new Map<FlowNode, number>()
  return new Map(
    ends.map((one) => {
      const bar = barOf(one)
      const before = used.get(bar) ?? 0
      used.set(bar, before + one.edge.paths * scale)
      return [one.edge, bar.y + before]
    }),
  )
}

interface Point {
  x: number
  y: number
}

function ribbon(from: Point, to: Point, thickness: number): string {
  const middle = (from.x + to.x) / 2
  const curve = (a: Point, b: Point) => `C${middle},${a.y} ${middle},${b.y} ${b.x},${b.y}`
  const below = ({ x, y }: Point) => ({ x, y: y + thickness })
  return [
    `M${from.x},${from.y}`,
    curve(from, to),
    `L${to.x},${to.y + thickness}`,
    curve(below(to), below(from)),
    'Z',
  ].join('')
}

const keyOf = (step: number, name: string): string => `${step} ${name}`
