import type { ApiError, FunnelResult } from '@headwater/schemas/insight'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi, testClient } from '../test-api.ts'

const HOUR_MS = 3_600_000
const MIDNIGHT = Date.UTC(2026, 5, 10)

let api: TestApi
let project = ''
let tests = 0
beforeAll(async () => {
  api = await openTestApi()
})
beforeEach(() => {
  project = `p-${tests++}`
})
afterAll(() => api.remove())

/** `at` is hours after midnight. */
type Did = [event: string, at: number, facts?: Partial<EventRow>]

const history = (person: string, ...did: Did[]) =>
  api.insert(
    did.map(([event, at, facts]) => ({
      project_id: project,
      distinct_id: person,
      event,
      timestamp: MIDNIGHT + at * HOUR_MS,
      ...facts,
    })),
  )

async function funnel(events: readonly string[], more: Record<string, unknown> = {}) {
  const steps = events.map((event) => ({ event }))
  const query = { project, steps, date_from: '2026-06-10', date_to: '2026-06-16', ...more }
  const { status, body } = await api.post<FunnelResult>('/api/funnels', query)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const counts = (result: FunnelResult, group = 0) =>
  result.groups[group]?.steps.map(({ count }) => count)
const means = (result: FunnelResult) => result.groups[0]?.steps.map((step) => step.mean_seconds)
const medians = (result: FunnelResult) => result.groups[0]?.steps.map((step) => step.median_seconds)

describe('ordered funnels', () => {
  it('counts persons and the time from step to step', async () => {
    await history('one', ['signup', 12], ['movie', 13], ['buy', 15])
    await history('two', ['signup', 14], ['movie', 16])
    await history('three', ['signup', 14], ['movie', 16], ['buy', 17])
    const result = await funnel(['signup', 'movie', 'buy'], {
      conversion_window: { value: 7, unit: 'day' },
    })
    expect(counts(result)).toEqual([3, 3, 2])
    expect(means(result)).toEqual([null, 6000, 5400])
    expect(medians(result)).toEqual([null, 7200, 5400])
    expect(result.groups[0]?.steps.map((step) => step.rate_from_first)).toEqual([1, 1, 2 / 3])
    expect(result.groups[0]?.steps.map((step) => step.rate_from_previous)).toEqual([1, 1, 2 / 3])
  })

  it('takes times from the attempt that went furthest first, not from later tries', async () => {
    await history('one', ['a', 1], ['b', 2], ['c', 3], ['a', 4], ['b', 5], ['a', 6], ['b', 9])
    const result = await funnel(['a', 'b', 'c'])
    expect(counts(result)).toEqual([1, 1, 1])
    expect(means(result)).toEqual([null, 3600, 3600])
  })

  it('includes the end of the window, and leaves out who comes later', async () => {
    await history('in time', ['signup', 14], ['$pageview', 14 + 5 / 60])
    await history('no entry', ['$pageview', 14 + 3 / 60])
    await history('slow', ['signup', 12], ['$pageview', 12.25])
    const long = await funnel(['signup', '$pageview'])
    expect([counts(long), means(long)?.[1]]).toEqual([[2, 2], 600])
    const window = { conversion_window: { value: 5, unit: 'minute' } }
    const short = await funnel(['signup', '$pageview'], window)
    expect([counts(short), means(short)?.[1]]).toEqual([[2, 1], 300])
  })

  it('measures the window from the first step, not from the one before', async () => {
    await history('one', ['a', 0], ['b', 1], ['c', 2.5])
    const window = { conversion_window: { value: 2, unit: 'hour' } }
    expect(counts(await funnel(['a', 'b', 'c'], window))).toEqual([1, 1, 0])
  })

  it('ignores other events between, and steps that come too early', async () => {
    await history('one', ['iv', 1], ['bl', 2], ['pv', 3], ['su', 4])
    await history('two', ['bl', 1], ['su', 2], ['pv', 3], ['iv', 4], ['bl', 5])
    expect(counts(await funnel(['su', 'pv', 'iv']))).toEqual([2, 1, 1])
  })

  it('agrees with the ordered reading of the strict example', async () => {
    const histories = ['su', 'pv su', 'su pv bl iv', 'iv bl pv su', 'pv su bl pv iv', 'bl su bl pv']
    histories.push('bl su pv iv bl', 'iv pv')
    for (const [person, line] of histories.entries()) {
      await history(`${person}`, ...line.split(' ').map((event, at): Did => [event, at]))
    }
    expect(counts(await funnel(['su', 'pv', 'iv']))).toEqual([7, 4, 3])
  })

  it('lets steps of the same instant convert, in order of sequence where there is one', async () => {
    await history('same instant', ['b', 1], ['a', 1])
    await history('in sequence', ['a', 1, { sequence: 1 }], ['b', 1, { sequence: 2 }])
    await history('against it', ['b', 1, { sequence: 1 }], ['a', 1, { sequence: 2 }])
    expect(counts(await funnel(['a', 'b']))).toEqual([3, 2])
  })

  it('needs one event per step, also when the steps are equal', async () => {
    await history('once', ['a', 1])
    await history('twice', ['a', 1], ['a', 2])
    expect(counts(await funnel(['a', 'a']))).toEqual([2, 1])
  })

  it('reads conversions after the end of the range, and entries only within it', async () => {
    await history('late convert', ['a', 23], ['b', 30])
    await history('late entry', ['a', 25], ['b', 26])
    const range = { date_from: '2026-06-10', date_to: '2026-06-10' }
    expect(counts(await funnel(['a', 'b'], range))).toEqual([1, 1])
  })

  it('calls open whose window has not ended, and dropped the others', async () => {
    await history('long ago', ['a', 1])
    await history('recently', ['a', 6 * 24])
    await history('tried again', ['a', 1], ['b', 2], ['a', 6 * 24])
    await history('done', ['a', 6 * 24], ['b', 6 * 24 + 1], ['c', 6 * 24 + 2])
    const result = await funnel(['a', 'b', 'c'], { conversion_window: { value: 2, unit: 'day' } })
    expect(counts(result)).toEqual([4, 2, 1])
    expect(result.groups[0]?.steps.map(({ dropped, open }) => [dropped, open])).toEqual([
      [1, 1],
      [0, 1],
      [0, 0],
    ])
  })
})

it.each([
  [1, 'UInt64'],
  [Number.MAX_SAFE_INTEGER, 'UInt128'],
])('keeps an event whose sequence is %s in a key of type %s', async (sequence, type) => {
  await history('one', ['a', 1], ['b', 1, { sequence }])
  const asked: string[] = []
  const watched = testClient({
    store: {
      query(query, options) {
        asked.push(query.text)
        return api.store.query(query, options)
      },
      dataVersion: () => api.store.dataVersion(),
    },
    clock: () => api.now,
  })
  const steps = [{ event: 'a' }, { event: 'b' }]
  const range = { date_from: '2026-06-10', date_to: '2026-06-16' }
  const { body } = await watched.post<FunnelResult>('/api/funnels', { project, steps, ...range })
  expect(counts(body)).toEqual([1, 1])
  expect(asked.at(-1)).toContain(`to${type}(`)
  expect(asked.at(-1)?.includes('UInt128')).toBe(type === 'UInt128')
})

describe('filters and breakdowns of funnels', () => {
  it('applies a step’s filter to that step, and the funnel’s to all', async () => {
    await history('one', ['a', 1, { browser: 'Chrome' }], ['b', 2, { properties: { plan: 'pro' } }])
    await history(
      'two',
      ['a', 1, { browser: 'Chrome' }],
      ['b', 2, { properties: { plan: 'free' } }],
    )
    const b = { event: 'b', filters: [{ property: 'plan', value: 'pro' }] }
    const result = await funnel(['a'], { steps: [{ event: 'a' }, b] })
    expect(counts(result)).toEqual([2, 1])
    const filters = [{ property: '$browser', value: 'Chrome' }]
    expect(counts(await funnel(['a', 'b'], { filters }))).toEqual([2, 0])
  })

  it('leaves bots out unless asked', async () => {
    await history('bot', ['a', 1, { is_bot: true }], ['b', 2, { is_bot: true }])
    await history('person', ['a', 1])
    expect(counts(await funnel(['a', 'b']))).toEqual([1, 0])
    expect(counts(await funnel(['a', 'b'], { include_bots: true }))).toEqual([2, 1])
  })

  it('breaks down by the value on the first step of the attempt that counts', async () => {
    const on = (browser: string): Partial<EventRow> => ({ browser })
    await history('one', ['a', 1, on('Firefox')], ['b', 2, on('Chrome')])
    await history('two', ['a', 1, on('Chrome')], ['a', 2, on('Firefox')], ['b', 3])
    await history('three', ['a', 1, on('Chrome')])
    await history('four', ['a', 1, on('Safari')])
    await history('five', ['a', 1], ['b', 2])
    const result = await funnel(['a', 'b'], { breakdown: '$browser', breakdown_limit: 1 })
    const lines = result.groups.map(({ breakdown, steps }) => [
      breakdown?.kind,
      breakdown?.value,
      ...steps.map(({ count }) => count),
    ])
    expect(lines).toEqual([
      ['value', 'Firefox', 2, 2],
      ['other', '', 2, 0],
      ['none', '', 1, 1],
    ])
  })

  it('gives Other its true median', async () => {
    for (const [place, hours] of [1, 2, 6].entries()) {
      const value = { properties: { v: `value ${place}` } }
      await history(`${place}`, ['a', 1, value], ['b', 1 + hours])
    }
    await history('x', ['a', 1, { properties: { v: 'top' } }])
    await history('y', ['a', 1, { properties: { v: 'top' } }])
    const { groups } = await funnel(['a', 'b'], { breakdown: 'v', breakdown_limit: 1 })
    expect(groups[1]?.steps[1]).toMatchObject({ mean_seconds: 10_800, median_seconds: 7_200 })
  })
})

describe('answers to funnels', () => {
  it('has zeros and nulls where nobody entered', async () => {
    const { groups } = await funnel(['a', 'b'])
    expect(groups).toEqual([
      {
        breakdown: null,
        steps: [
          { event: 'a', count: 0, rate_from_first: null, rate_from_previous: null, ...NOBODY },
          { event: 'b', count: 0, rate_from_first: null, rate_from_previous: null, ...NOBODY },
        ],
      },
    ])
  })

  it('takes twenty steps', async () => {
    const names = Array.from({ length: 20 }, (_, step) => `step ${step}`)
    await history('all', ...names.map((event, at): Did => [event, at]))
    await history('half', ...names.slice(0, 10).map((event, at): Did => [event, at]))
    expect(counts(await funnel(names))).toEqual([...Array(10).fill(2), ...Array(10).fill(1)])
  })

  it('names the field of a filter at fault', async () => {
    const filters = [{ property: 'a', operator: 'gt', value: 'many' }]
    const steps = [{ event: 'a' }, { event: 'b', filters }]
    const { status, body } = await api.post<ApiError>('/api/funnels', { project, steps })
    expect([status, body.error.field]).toEqual([400, 'steps.1.filters.0.value'])
  })
})

const NOBODY = { dropped: 0, open: 0, mean_seconds: null, median_seconds: null }
