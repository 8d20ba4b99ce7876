import type { ActorsResult } from '@headwater/schemas/insights/actors'
import {
  LIFECYCLE_STATUSES,
  type LifecycleResult,
  type LifecycleStatus,
} from '@headwater/schemas/insights/lifecycle'
import type { ApiError } from '@headwater/schemas/insights/question'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { statusOf } from './lifecycle-reference.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const QUESTION = { kind: 'lifecycle', project: 'default' }
const ask = (change: object) =>
  api.post<LifecycleResult & ApiError>('/api/query', { ...QUESTION, ...change })
const people = (query: object, select: object) =>
  api.post<ActorsResult & ApiError>('/api/actors', { query: { ...QUESTION, ...query }, select })

describe('a question about a lifecycle', () => {
  it.each([
    [{ interval: 'fortnight' }, 'interval'],
    [{ activity: {} }, 'activity.event'],
    [{ activity: { event: 'a', filters: [{ property: 'p' }] } }, 'activity.filters.0.value'],
    [
      { activity: { event: 'a', filters: [{ property: 'p', operator: 'lt', value: 'x' }] } },
      'activity.filters.0.value',
    ],
    [{ series: [{ event: 'a' }] }, 'series'],
    [{ actor: { group: ':`Int64`' } }, 'actor.group'],
    [{ interval: 'minute', date_from: '-300d' }, 'interval'],
  ])('is refused when %j, by the name of the field', async (change, field) => {
    const { status, body } = await ask(change)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })

  it.each([
    [{}, 'select.status'],
    [{ status: 'lost', bucket: 0 }, 'select.status'],
    [{ status: 'new' }, 'select.bucket'],
    [{ status: 'new', bucket: 8 }, 'select.bucket'],
  ])('has nobody behind %j, and names the field', async (select, field) => {
    const { status, body } = await people({}, select)
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
  })
})

// A coarse grid of times, so that neighbours and gaps of one interval are common, not rare.
const RUNS = 20
const QUESTIONS = 4
const ACTORS = 40
const STEPS = 30
const BASE = Date.UTC(2026, 4, 4)
const LENGTH_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }

const question = fc.record({
  name: fc.constantFrom('a', 'b', '*'),
  isFiltered: fc.boolean(),
  from: fc.nat(STEPS),
  // More intervals than a number has bits, now and then.
  length: fc.oneof(fc.integer({ min: 1, max: STEPS }), fc.integer({ min: 60, max: 70 })),
  now: fc.integer({ min: 0, max: 2 * STEPS }),
  pick: fc.record({ status: fc.constantFrom(...LIFECYCLE_STATUSES), bucket: fc.nat() }),
})
const event = fc.record({
  name: fc.constantFrom('a', 'b'),
  step: fc.nat(STEPS * 2),
  plan: fc.constantFrom('x', 'y'),
})
const cases = fc.record({
  histories: fc.array(fc.array(event, { maxLength: 12 }), { minLength: ACTORS, maxLength: ACTORS }),
  questions: fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS }),
})

it(`agrees with the plain reading on ${RUNS * ACTORS} histories and ${RUNS * QUESTIONS} questions`, async () => {
  let run = 0
  let named = 0
  const property = fc.asyncProperty(cases, async ({ histories, questions }) => {
    // Half an interval, in each project one of another length.
    const interval = (['hour', 'day', 'week'] as const)[run % 3] ?? 'day'
    const stepMs = LENGTH_MS[interval] / 2
    const project = `lifecycle-${run++}`
    await api.insert(
      histories.flatMap((events, actor) =>
        events.map(({ name, step, plan }) => ({
          project_id: project,
          distinct_id: `actor ${actor}`,
          event: name,
          timestamp: BASE + step * stepMs,
          properties: { plan },
        })),
      ),
    )
    for (const { name, isFiltered, from, length, now, pick } of questions) {
      api.now = BASE + now * stepMs
      const first = BASE + Math.floor(from / 2) * LENGTH_MS[interval]
      const starts = Array.from(
        { length: length + 2 },
        (_, place) => first + (place - 1) * LENGTH_MS[interval],
      )
      const query = {
        ...QUESTION,
        ...{ project, interval },
        activity: {
          event: name,
          filters: isFiltered ? [{ property: 'plan', value: 'x' }] : [],
        },
        date_from: localText(first),
        date_to: localText(first + length * LENGTH_MS[interval] - 1000),
      }
      const { status, body } = await ask(query)
      expect(status, JSON.stringify(body)).toBe(200)
      const statuses = histories.map((events) => {
        const times = events
          .filter((one) => (name === '*' || one.name === name) && (!isFiltered || one.plan === 'x'))
          .map(({ step }) => BASE + step * stepMs)
        return Array.from({ length }, (_, place) =>
          statusOf(times, [starts[place] ?? 0, starts[place + 1] ?? 0, starts[place + 2] ?? 0]),
        )
      })
      const isFuture = (bucket: number) => (starts[bucket + 1] ?? 0) >= api.now
      expect(body.states).toEqual(
        Array.from({ length }, (_, bucket) =>
          isFuture(bucket)
            ? 'future'
            : (starts[bucket + 2] ?? 0) > api.now
              ? 'incomplete'
              : 'complete',
        ),
      )
      const count = (wanted: LifecycleStatus, bucket: number) => {
        const actors = statuses.filter((own) => own[bucket] === wanted).length
        return wanted === 'dormant' && actors > 0 ? -actors : actors
      }
      expect(body.series).toEqual(
        LIFECYCLE_STATUSES.map((wanted) => ({
          status: wanted,
          values: Array.from({ length }, (_, bucket) =>
            isFuture(bucket) ? null : count(wanted, bucket),
          ),
        })),
      )
      const bucket = pick.bucket % length
      const behind = await people(query, { status: pick.status, bucket })
      const expected = statuses.flatMap((own, actor) =>
        own[bucket] === pick.status && !isFuture(bucket) ? [`actor ${actor}`] : [],
      )
      const found = behind.body.actors.map(({ distinct_ids }) => distinct_ids[0] ?? '')
      expect(found.sort()).toEqual(expected.sort())
      named += found.length
    }
  })
  await fc.assert(property, { numRuns: RUNS, seed: 20_260_504, endOnFailure: true })
  // A test in which nobody stands behind any number would show nothing.
  expect(named).toBeGreaterThan(RUNS)
}, 300_000)

const localText = (at: number): string => new Date(at).toISOString().slice(0, 19)
