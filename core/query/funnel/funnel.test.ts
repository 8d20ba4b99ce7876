import type { ApiError } from '@headwater/schemas/insight'
import type { FunnelInsightResult } from '@headwater/schemas/insights/funnel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const [a, b, c] = [{ event: 'a' }, { event: 'b' }, { event: 'c' }]
const QUESTION = { kind: 'funnel', project: 'default', steps: [a, b, c] }
const ask = (change: object) =>
  api.post<FunnelInsightResult & ApiError>('/api/query', { ...QUESTION, ...change })
const optional = { event: 'o', optional: true }
const exclusion = (more: object) => ({ exclusions: [{ event: 'x', ...more }] })
const DAY = { date_from: '2026-06-15', date_to: '2026-06-15' }
const compared = { property: 'plan', operator: 'gt', value: 'many' }

describe('questions about funnels', () => {
  it.each([
    [{ steps: [a] }, 'steps'],
    [{ steps: Array.from({ length: 21 }, () => a) }, 'steps'],
    [{ steps: [{ ...a, optional: true }, b] }, 'steps.0.optional'],
    [{ steps: [a, { ...b, optional: true }] }, 'steps.1.optional'],
    [{ steps: [a, { ...b, filters: [compared] }] }, 'steps.1.filters.0.value'],
    [{ order: 'random' }, 'order'],
    [{ order: 'any', steps: [a, optional, b] }, 'steps.1.optional'],
    [{ order: 'any', steps: [a, b, a] }, 'steps.2'],
    [{ order: 'any', attribution: { step: 2 } }, 'attribution.step'],
    [{ order: 'any', ...exclusion({ from_step: 2 }) }, 'exclusions.0.from_step'],
    [exclusion({ from_step: 2, to_step: 2 }), 'exclusions.0.from_step'],
    [exclusion({ to_step: 4 }), 'exclusions.0.to_step'],
    [exclusion({ event: 'b' }), 'exclusions.0.event'],
    [exclusion({ filters: [compared] }), 'exclusions.0.filters.0.value'],
    [{ steps: [a, optional, b], ...exclusion({ to_step: 2 }) }, 'exclusions.0.to_step'],
    [{ window: { value: 0, unit: 'day' } }, 'window.value'],
    [{ window: { value: 1, unit: 'year' } }, 'window.unit'],
    [{ attribution: 'middle' }, 'attribution'],
    [{ attribution: { step: 4 } }, 'attribution.step'],
    [{ breakdowns: [a] }, 'breakdowns.0.property'],
    [{ breakdowns: [{ property: ':`Int64`' }] }, 'breakdowns.0.property'],
    [{ breakdown_limit: 0 }, 'breakdown_limit'],
    [{ date_from: '2026-06-18', date_to: '2026-06-01' }, 'date_from'],
  ])('refuses %j and names the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([1, 2 ** 24, 2 ** 52])(
    'tells events of one moment apart by sequences around %d',
    async (around) => {
      const project = `around-${Math.log2(around)}`
      const steps = ['a', 'b', 'c', 'a']
      await api.insert(
        steps.map((event, place) => ({ project_id: project, event, sequence: around + place })),
      )
      const { body } = await ask({ project, ...DAY })
      expect(body.groups[0]?.steps.map(({ count }) => count)).toEqual([1, 1, 1])
      const back = await ask({ project, ...DAY, steps: [c, b, a] })
      expect(back.body.groups[0]?.steps.map(({ count }) => count)).toEqual([1, 0, 0])
    },
  )

  it('answers with zeros and nulls where nobody entered', async () => {
    const nobody = { dropped: 0, open: 0, mean_seconds: null, median_seconds: null }
    const step = { count: 0, rate_from_first: null, rate_from_previous: null, ...nobody }
    const { body } = await ask({ project: 'empty', steps: [{ ...a, name: 'Sign up' }, b] })
    const [first, second] = [
      { event: 'a', name: 'Sign up', optional: false, ...step },
      { event: 'b', name: null, optional: false, ...step },
    ]
    expect(body.groups).toEqual([{ breakdown: null, excluded: 0, steps: [first, second] }])
    const broken = await ask({ project: 'empty', breakdowns: [{ property: 'plan' }] })
    expect(broken.body.groups).toEqual([])
  })

  it('takes twenty steps, and a window beyond all time', async () => {
    const steps = Array.from({ length: 20 }, (_, step) => ({ event: `step ${step}` }))
    const project = 'long'
    await api.insert(
      steps.map(({ event }, at) => ({
        project_id: project,
        event,
        timestamp: api.now - 20_000 + at * 1_000,
      })),
    )
    const window = { value: 10_000, unit: 'month' }
    const counts = async (change: object) => {
      const { status, body } = await ask({ project, steps, window, ...change })
      expect(status, JSON.stringify(body)).toBe(200)
      return body.groups[0]?.steps.map(({ count }) => count)
    }
    expect(await counts({})).toEqual(Array(20).fill(1))
    expect(await counts({ order: 'any' })).toEqual(Array(20).fill(1))
    const [ten, order] = [steps.slice(0, 10), 'strict']
    expect(await counts({ order, steps: ten, ...exclusion({}) })).toEqual(Array(10).fill(1))
  }, 120_000)
})

describe('the actors of a funnel', () => {
  it.each([
    [{ step: 4 }, 'select.step'],
    [{ outcome: 'lost' }, 'select.outcome'],
    [{ breakdown: { kind: 'value', values: ['pro'] } }, 'select.breakdown'],
    [{ colour: 'red' }, 'select.colour'],
  ])('refuses the selection %j and names the field', async (select, field) => {
    const { status, body } = await api.post<ApiError>('/api/actors', { query: QUESTION, select })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([
    [{}, 'select.breakdown'],
    [{ breakdown: { kind: 'value', values: [] } }, 'select.breakdown.values'],
  ])('needs a group of a funnel that is broken down: %j', async (select, field) => {
    const query = { ...QUESTION, breakdowns: [{ property: 'plan' }] }
    const { status, body } = await api.post<ApiError>('/api/actors', { query, select })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})
