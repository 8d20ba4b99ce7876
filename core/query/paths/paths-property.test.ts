import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { PathsResult } from '@headwater/schemas/insights/paths'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { countPaths, type HistoryEvent, pathsOf, type ShownPath } from './paths-reference.ts'

// Few pages and a coarse grid of times, so that repeats, equal times and just-long pauses are common.
const RUNS = 25
const QUESTIONS = 4
const ACTORS = 40
const BASE = Date.UTC(2026, 5, 15)
const MINUTE_MS = 60_000

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const page = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/b', '/100%', '/_', 'é\\')
const pattern = fc.constantFrom(
  '/a*',
  '/a/*',
  '*b',
  '*/b*',
  '/a/b',
  '/%',
  '/_',
  '*',
  '/*%',
  'é\\*',
  '**b*',
)
// Rare enough that most questions have paths left.
const anyNode = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 6 },
  { arbitrary: page, weight: 3 },
  { arbitrary: pattern, weight: 1 },
)
const history = fc.array(
  fc.record({
    page,
    hasSlash: fc.boolean(),
    /** Minutes since the event before. */
    pause: fc.constantFrom(0, 1, 5, 9, 10, 11, 29, 30),
  }),
  { maxLength: 15 },
)
const drawnQuestion = fc.record({
  gap: fc.constantFrom(10, 30),
  groupings: fc.array(pattern, { maxLength: 2 }),
  exclude: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    { arbitrary: fc.tuple(fc.oneof({ arbitrary: page, weight: 3 }, pattern)), weight: 1 },
  ),
  start: anyNode,
  end: anyNode,
  through: anyNode,
  steps: fc.integer({ min: 2, max: 6 }),
  pick: fc.record({ place: fc.nat(), isEdge: fc.boolean(), isExit: fc.boolean() }),
})
type DrawnQuestion = typeof drawnQuestion extends fc.Arbitrary<infer Drawn> ? Drawn : never
const cases = fc.record({
  histories: fc.array(history, { minLength: ACTORS, maxLength: ACTORS }),
  questions: fc.array(
    drawnQuestion.filter(({ start, end }) => start === undefined || start !== end),
    { minLength: QUESTIONS, maxLength: QUESTIONS },
  ),
})

it(`agrees with the plain reading on ${RUNS * ACTORS} histories and ${RUNS * QUESTIONS} questions`, async () => {
  let run = 0
  let named = 0
  const property = fc.asyncProperty(cases, async ({ histories, questions }) => {
    const project = `paths-${run++}`
    const actors = histories.map((events) => {
      let at = BASE
      return events.map(({ page, hasSlash, pause }, sequence) => {
        at += pause * MINUTE_MS
        return { name: page, sent: hasSlash && page !== '/' ? `${page}/` : page, at, sequence }
      })
    })
    await insert(project, actors)
    for (const drawn of questions) {
      const shown = actors.flatMap((events, actor) =>
        expectedPaths(`actor ${actor}`, events, drawn),
      )
      const { asked, body } = await ask(project, drawn)
      expectAll(body, shown)
      named += await expectActors(asked, body, shown, drawn)
    }
  })
  await fc.assert(property, { numRuns: RUNS, seed: 20_260_615, endOnFailure: true })
  // A test in which nobody stands behind any number would show nothing.
  expect(named).toBeGreaterThan(RUNS * QUESTIONS)
}, 300_000)

async function insert(
  project: string,
  actors: readonly (HistoryEvent & { sent: string })[][],
): Promise<void> {
  await api.insert(
    actors.flatMap((events, actor) =>
      events.map(({ sent, at, sequence }) => ({
        ...{ project_id: project, distinct_id: `actor ${actor}`, event: '$pageview' },
        ...{ pathname: sent, timestamp: at, sequence: sequence + 1 },
      })),
    ),
  )
}

async function ask(project: string, drawn: DrawnQuestion) {
  const { gap, pick, ...same } = drawn
  const asked = {
    ...{ kind: 'paths', project, date_from: '2026-06-15', session_gap_minutes: gap },
    ...same,
    edge_limit: 500,
  }
  const { status, body } = await api.post<PathsResult>('/api/query', asked)
  expect(status, JSON.stringify(body)).toBe(200)
  return { asked, body }
}

const expectedPaths = (actor: string, events: readonly HistoryEvent[], drawn: DrawnQuestion) =>
  pathsOf(actor, events, { ...drawn, gapMs: drawn.gap * MINUTE_MS })

function expectAll(body: PathsResult, shown: readonly ShownPath[]): void {
  const { edges, nodes } = countPaths(shown)
  expect(body.paths).toBe(shown.length)
  expect(
    new Map(body.edges.map((edge) => [JSON.stringify([edge.step, edge.from, edge.to]), edge])),
  ).toEqual(
    new Map(
      [...edges].map(([key, { actors, gaps }]) => {
        const [step, from, to] = JSON.parse(key)
        const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / 1000
        const counts = {
          paths: gaps.length,
          actors: actors.size,
          mean_seconds: expect.closeTo(mean, 6),
        }
        return [key, { step, from, to, ...counts }]
      }),
    ),
  )
  expect(new Map(body.nodes.map((node) => [`${node.step} ${node.name}`, node]))).toEqual(
    new Map(
      [...nodes].map(([key, { actors, exits, continues }]) => {
        const [, step, name] = /^(\d+) (.*)$/s.exec(key) ?? []
        const counts = { paths: actors.length, actors: new Set(actors).size }
        return [key, { step: Number(step), name, ...counts, exits: exits.length, continues }]
      }),
    ),
  )
  const weights = body.edges.map(({ paths }) => paths)
  expect(weights).toEqual([...weights].sort((a, b) => b - a))
}

/** Asks who is behind one edge, node or exit; resolves with how many they are. */
async function expectActors(
  asked: object,
  body: PathsResult,
  shown: readonly ShownPath[],
  { pick }: DrawnQuestion,
): Promise<number> {
  const edge = body.edges[pick.place % Math.max(body.edges.length, 1)]
  const node = body.nodes[pick.place % Math.max(body.nodes.length, 1)]
  if (!edge || !node) return 0
  const select = pick.isEdge
    ? { step: edge.step, name: edge.from, next: edge.to }
    : { step: node.step, name: node.name, ...(pick.isExit && { next: null }) }
  const answer = await api.post<ActorsResult>('/api/actors', { query: asked, select })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const expected = shown.filter(({ nodes, isEnded }) => {
    if (nodes[select.step - 1]?.name !== select.name) return false
    const next = nodes[select.step]?.name
    if (select.next === undefined) return true
    return select.next === null ? next === undefined && isEnded : next === select.next
  })
  const found = answer.body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '')
  expect(found.sort()).toEqual([...new Set(expected.map(({ actor }) => actor))].sort())
  return found.length
}
