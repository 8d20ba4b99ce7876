import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { FunnelTimeResult } from '@headwater/schemas/insights/funnel-time'
import {
  FUNNEL_TREND_OUTCOMES,
  type FunnelTrendResult,
} from '@headwater/schemas/insights/funnel-trend'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { type Group, groupsOf, type Told, tell } from './funnel-told.ts'
import {
  type Asked,
  bodyOf,
  clockText,
  type Did,
  histories,
  questions,
  rowsOf,
  START,
  UNIT_MS,
} from './random-funnels.ts'

const RUNS = 25
const PERSONS_PER_RUN = 60
const HOUR = 6
const OPTIONS = { numRuns: RUNS, seed: 20_260_616, endOnFailure: true }

let api: TestApi
let runs = 0
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const drawn = fc.record({
  persons: histories(PERSONS_PER_RUN),
  asked: questions,
  span: fc.tuple(fc.nat(), fc.nat()),
  bins: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
  outcome: fc.constantFrom(...FUNNEL_TREND_OUTCOMES),
  place: fc.nat(),
})

it(`tells how long ${RUNS * PERSONS_PER_RUN} random histories took`, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ persons, asked, span, bins, place }) => {
      const [from_step, to_step] = spanOf(asked, span)
      const query = { ...bodyOf(await insert(persons), asked), kind: 'funnel_time' }
      const question = { ...query, from_step, to_step, ...(bins && { bins }) }
      const body = await ask<FunnelTimeResult>(question, asked)
      const timed = groupsOf(tell(persons, asked), asked)
        .map((group) => ({ group, told: group.members.filter(reached(to_step)) }))
        .filter(({ told }) => told.length > 0 || asked.cohorts)
      const seconds = ({ times }: Told) =>
        ((times[to_step - 1] ?? 0) - (times[from_step - 1] ?? 0)) / 1000
      const all = timed.flatMap(({ told }) => told.map(seconds))
      const edges = edgesOf(all, bins)
      expect(body.edges).toEqual(edges)
      const barOf = (told: Told) =>
        Math.min(
          edges.findLastIndex((edge) => edge <= seconds(told)),
          edges.length - 2,
        )
      const ofSome = (told: readonly Told[], number: (seconds: number[]) => unknown) =>
        told.length === 0 ? null : number(told.map(seconds))
      const expected = timed.map(({ group, told }) => ({
        breakdown: breakdownOf(group, asked),
        count: told.length,
        mean_seconds: ofSome(told, (all) => expect.closeTo(sum(all) / all.length, 6)),
        median_seconds: ofSome(told, (all) => expect.closeTo(medianOf(all), 6)),
        min_seconds: ofSome(told, (all) => Math.min(...all)),
        max_seconds: ofSome(told, (all) => Math.max(...all)),
        bars: edges.slice(1).map((_, bar) => told.filter((one) => barOf(one) === bar).length),
      }))
      expect(body.groups).toHaveLength(expected.length)
      expect(body.groups).toEqual(expect.arrayContaining(expected))
      const picked = timed[place % Math.max(timed.length, 1)]
      if (!picked || edges.length === 0) return
      const bar = place % (edges.length - 1)
      const select = { bar, breakdown: breakdownOf(picked.group, asked) }
      expect(await namesBehind(question, select)).toEqual(
        namesOf(picked.told.filter((one) => barOf(one) === bar)),
      )
    }),
    OPTIONS,
  )
}, 240_000)

it(`tells by hours of entry how many of ${RUNS * PERSONS_PER_RUN} random histories convert`, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ persons, asked: anyAsked, span, outcome, place }) => {
      // The range begins where its first bucket does.
      const asked = { ...anyAsked, from: 0 }
      const [from_step, to_step] = spanOf(asked, span)
      const query = { ...bodyOf(await insert(persons), asked), kind: 'funnel_trend' }
      const question = { ...query, interval: 'hour', from_step, to_step }
      const body = await ask<FunnelTrendResult>(question, asked)
      const starts = Array.from({ length: Math.ceil(asked.to / HOUR) }, (_, hour) => hour * HOUR)
      const ends = starts.map((start) => Math.min(start + HOUR, asked.to))
      expect(body.buckets).toEqual(starts.map((start) => `${clockText(start)}+00:00`))
      // The grid of entries is coarser than a millisecond: all that counts is the end of the bucket.
      expect(body.complete).toEqual(
        ends.map((end) => (end + asked.window) * UNIT_MS - 1 < asked.now * UNIT_MS),
      )
      const told = starts.flatMap((start, bucket) =>
        tell(persons, asked, [start, ends[bucket] ?? 0]).map((one) => ({ ...one, bucket })),
      )
      const groups = groupsOf(told, asked).map((group) => {
        const members = group.members as typeof told
        const count = (bucket: number, of: string) =>
          members.filter((one) => one.bucket === bucket && isBehind(one, of, from_step, to_step))
        return { group, count }
      })
      const perBucket = (count: (bucket: number) => number | null) =>
        starts.map((_, bucket) => count(bucket))
      const expected = groups.map(({ group, count }) => ({
        breakdown: breakdownOf(group, asked),
        entered: perBucket((bucket) => count(bucket, 'entered').length),
        converted: perBucket((bucket) => count(bucket, 'converted').length),
        open: perBucket((bucket) => count(bucket, 'open').length),
        rates: perBucket((bucket) => {
          const entered = count(bucket, 'entered').length
          return entered === 0 ? null : count(bucket, 'converted').length / entered
        }),
      }))
      expect(body.groups).toHaveLength(expected.length)
      expect(body.groups).toEqual(expect.arrayContaining(expected))
      const picked = groups[place % Math.max(groups.length, 1)]
      if (!picked) return
      const bucket = place % starts.length
      const select = { bucket: body.buckets[bucket], outcome }
      expect(
        await namesBehind(question, { ...select, breakdown: breakdownOf(picked.group, asked) }),
      ).toEqual(namesOf(picked.count(bucket, outcome)))
    }),
    OPTIONS,
  )
}, 240_000)

async function insert(persons: readonly Did[][]): Promise<string> {
  const project = `v-${runs++}`
  await api.insert(rowsOf(project, persons))
  return project
}

async function ask<Result>(question: object, { now }: Asked): Promise<Result> {
  api.now = START + now * UNIT_MS
  const { status, body } = await api.post<Result>('/api/query', question)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function namesBehind(query: object, select: object): Promise<(string | undefined)[]> {
  const { status, body } = await api.post<ActorsResult>('/api/actors', {
    query,
    select,
    limit: 1_000,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.actors.map((actor) => actor.distinct_ids[0]).sort()
}

const namesOf = (told: readonly Told[]): string[] =>
  [...new Set(told.map(({ person }) => `person ${person}`))].sort()

/** Two required steps, one after the other. */
function spanOf({ steps }: Asked, [a, b]: [number, number]): [number, number] {
  const required = steps.flatMap(({ optional }, place) => (optional ? [] : [place + 1]))
  const from = a % (required.length - 1)
  const to = from + 1 + (b % (required.length - 1 - from))
  return [required[from] ?? 1, required[to] ?? steps.length]
}

const reached =
  (step: number) =>
  ({ times }: Told): boolean =>
    times[step - 1] !== null

function isBehind(told: Told, outcome: string, from: number, to: number): boolean {
  const [entered, converted] = [reached(from)(told), reached(to)(told)]
  if (outcome === 'entered') return entered
  if (outcome === 'converted') return converted
  return entered && !converted && told.outcome.isOpen === (outcome === 'open')
}

const breakdownOf = ({ kind, values }: Group, { breakdowns }: Asked) =>
  breakdowns.length === 0 ? null : { kind, values }

function edgesOf(seconds: readonly number[], given: number | undefined): number[] {
  if (seconds.length === 0) return []
  const bins = given ?? Math.min(Math.max(Math.ceil(Math.cbrt(seconds.length)), 1), 60)
  const first = Math.floor(Math.min(...seconds))
  const width = Math.ceil((Math.ceil(Math.max(...seconds)) - first) / bins) || 60
  return Array.from({ length: bins + 1 }, (_, bar) => first + bar * width)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
