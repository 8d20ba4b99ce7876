import type { PathsResult } from '@headwater/schemas/insights/paths'
import { describe, expect, it } from 'vitest'
import { pathsFlow } from './paths.ts'

const node = (step: number, name: string, paths: number, exits = 0, continues = 0) => ({
  ...{ step, name, paths, exits, continues },
  actors: paths,
})
const edge = (step: number, from: string, to: string, paths: number) => ({
  ...{ step, from, to, paths },
  actors: paths,
  mean_seconds: 1,
})

const result: PathsResult = {
  kind: 'paths',
  paths: 10,
  nodes: [
    node(1, '/', 8, 2),
    node(1, '/docs', 2),
    node(2, '/pricing', 6, 3, 3),
    node(2, '/docs', 2, 2),
  ],
  edges: [edge(1, '/', '/pricing', 5), edge(1, '/docs', '/docs', 1), edge(1, '/', '/docs', 1)],
  complete_until: null,
  duration_ms: 1,
  from_cache: false,
  time_zone: 'UTC',
  week_start: 'monday',
  exclude_internal: false,
}

const flow = pathsFlow(result, 800)
const nodeAt = (step: number, name: string) => {
  const found = flow.nodes.find((one) => one.step === step && one.name === name)
  if (!found) throw new Error(`no node ${step} ${name}`)
  return found
}

describe('paths as a picture', () => {
  it('makes bars as high as paths come by, and tells apart those that end', () => {
    const { height, exits_height } = nodeAt(1, '/')
    expect(height / nodeAt(1, '/docs').height).toBeCloseTo(4)
    expect(exits_height / height).toBeCloseTo(2 / 8)
    expect(nodeAt(2, '/pricing').continues_height / nodeAt(2, '/pricing').height).toBeCloseTo(0.5)
  })

  it('leaves room between the bars of a step', () => {
    const ends = [nodeAt(1, '/'), nodeAt(1, '/docs')].map(({ y, height }) => [y, y + height])
    expect(ends[1]?.[0]).toBeGreaterThan(ends[0]?.[1] ?? 0)
    expect(flow.height).toBeGreaterThan(ends[1]?.[1] ?? 0)
  })

  it('begins every ribbon at its bar, one below the other', () => {
    const starts = flow.links
      .filter(({ from }) => from === '/')
      .map(({ to, d }) => ({ to, y: Number(/^M[\d.]+,([\d.]+)/.exec(d)?.[1]) }))
    const { y, height } = nodeAt(1, '/')
    expect(starts).toContainEqual({ to: '/pricing', y })
    const second = starts.find(({ to }) => to === '/docs')?.y ?? 0
    expect(second - y).toBeCloseTo((height * 5) / 8)
  })

  it('ends ribbons one below the other where several reach one bar', () => {
    const ends = flow.links
      .filter(({ to }) => to === '/docs')
      .map(({ d }) => Number(/^M\S+ \S+ [\d.]+,([\d.]+)L/.exec(d)?.[1]))
    const { y, height } = nodeAt(2, '/docs')
    expect(ends.toSorted((a, b) => a - b)[0]).toBe(y)
    expect((ends.toSorted((a, b) => a - b)[1] ?? 0) - y).toBeCloseTo(height / 2)
  })

  it('grows wider than its place rather than squeeze many steps', () => {
    const many = Array.from({ length: 12 }, (_, i) => node(i + 1, '/', 1))
    const long = pathsFlow({ ...result, nodes: many, edges: [] }, 390)
    expect(long.width).toBeGreaterThan(1_500)
    expect(long.steps).toHaveLength(12)
    expect(pathsFlow(result, 800).width).toBe(800)
  })

  it('has a place for nothing', () => {
    expect(pathsFlow({ ...result, nodes: [], edges: [] }, 800)).toMatchObject({
      nodes: [],
      links: [],
      steps: [],
    })
  })
})
