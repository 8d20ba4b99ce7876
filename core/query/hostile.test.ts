import type { ApiError, FunnelResult, TrendResult } from '@headwater/schemas/insight'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileString, LEAK, OTHER_PROJECT, SECRET } from './hostile-strings.ts'
import { openTestApi, type TestApi } from './test-api.ts'

// Strings that would break out of SQL, of a placeholder, of a path or of a key, in every field that
// takes text. What another project holds is marked, and must never be seen.
const QUESTIONS = 1_000
const STRINGS = 2_000

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
  const facts = { timestamp: api.now, event: '$pageview' }
  const own = { ...facts, browser: 'Chrome', properties: { plan: 'pro', 'a.b': 1, a: { b: 2 } } }
  const others = {
    ...facts,
    project_id: OTHER_PROJECT,
    browser: SECRET,
    properties: { plan: SECRET },
  }
  await api.insert([own, { ...own, event: 'signup' }, others, { ...others, event: SECRET }])
})
afterAll(() => api.remove())

let strings = 0
const hostile = hostileString.map((text) => {
  strings++
  return text
})
const sometimes = (usual: string, weight = 1) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: hostile, weight: 1 })
/** For fields that refuse nearly everything: often enough right that the other fields are reached. */
const seldom = (usual: string) => sometimes(usual, 15)

const filter = fc.record({
  property: fc.oneof(fc.constant('plan'), fc.constant('$browser'), hostile),
  operator: fc.constantFrom('is', 'is_not', 'contains', 'not_contains', 'is_set'),
  value: fc.oneof(
    hostile,
    fc.array(hostile, { minLength: 1, maxLength: 3 }),
    fc.double(),
    fc.boolean(),
  ),
})
const common = {
  // Asking for the other project by its own name is no trick: who may ask is not judged here.
  project: seldom('default').filter((project) => project.trim() !== OTHER_PROJECT),
  date_from: seldom('-7d'),
  time_zone: seldom('UTC'),
}
const trendQuestion = fc.record({
  ...common,
  event: sometimes('$pageview'),
  interval: seldom('day'),
  breakdown: sometimes('plan'),
  filters: fc.array(filter, { maxLength: 2 }).map((list) => JSON.stringify(list)),
})
const funnelQuestion = fc.record({
  ...common,
  steps: fc.array(
    fc.record({ event: sometimes('signup'), filters: fc.array(filter, { maxLength: 1 }) }),
    { minLength: 2, maxLength: 3 },
  ),
  breakdown: sometimes('plan'),
})

it(`answers ${STRINGS} hostile strings without a fault, SQL or another project’s rows`, async () => {
  const statuses = new Map<number, number>()
  const judge = (status: number, body: unknown) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const text = JSON.stringify(body)
    expect([200, 400, 404], text).toContain(status)
    expect(text).not.toContain(SECRET)
    expect(text).not.toMatch(LEAK)
  }
  const trends = fc.asyncProperty(trendQuestion, async (question) => {
    const { status, body } = await api.get<TrendResult | ApiError>('/api/trends', question)
    judge(status, body)
  })
  const funnels = fc.asyncProperty(funnelQuestion, async (question) => {
    const { status, body } = await api.post<FunnelResult | ApiError>('/api/funnels', question)
    judge(status, body)
  })
  await fc.assert(trends, { numRuns: QUESTIONS * 0.75 })
  await fc.assert(funnels, { numRuns: QUESTIONS * 0.25 })
  expect(strings).toBeGreaterThanOrEqual(STRINGS)
  // A test in which every question is refused would show nothing.
  expect(statuses.get(200)).toBeGreaterThan(QUESTIONS / 4)
  const { body } = await api.get<TrendResult>('/api/trends', { project: 'default', event: '*' })
  expect(body.series[0]?.total).toBe(2)
}, 240_000)
