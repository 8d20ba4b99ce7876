import type { ApiError } from '@headwater/schemas/insight'
import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { FunnelCorrelationResult } from '@headwater/schemas/insights/funnel-correlation'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestApi, type TestApi } from '../test-api.ts'
import { type Told, tell } from './funnel-told.ts'
import {
  type Asked,
  bodyOf,
  type Did,
  histories,
  questions,
  rowsOf,
  START,
  UNIT_MS,
} from './random-funnels.ts'

const RUNS = 20
const PERSONS_PER_RUN = 80

let api: TestApi
let runs = 0
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const drawn = fc.record({
  persons: histories(PERSONS_PER_RUN),
  asked: questions,
  ofProperties: fc.boolean(),
  except: fc.constantFrom<string[]>([], ['z']),
  place: fc.nat(),
  outcome: fc.constantFrom('converted', 'dropped'),
})

it(`correlates ${RUNS * PERSONS_PER_RUN} random histories as the plain reading does`, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ persons, asked: drawnAsked, ...more }) => {
      const { ofProperties, except, place, outcome } = more
      const properties = [{ property: 'p' }, { property: 'q' }]
      // The value on the event of entry is what a breakdown by the first step tells.
      const asked: Asked = ofProperties
        ? { ...drawnAsked, cohorts: null, breakdowns: ['p', 'q'], attribution: { step: 1 } }
        : { ...drawnAsked, cohorts: null, breakdowns: [] }
      const query = questionOf(
        await insert(persons),
        asked,
        ofProperties ? { properties } : { events: { except } },
      )
      api.now = START + asked.now * UNIT_MS
      const { status, body } = await api.post<FunnelCorrelationResult>('/api/query', query)
      expect(status, JSON.stringify(body)).toBe(200)
      const ended = tell(persons, asked).filter(
        ({ outcome }) => !outcome.isExcluded && !outcome.isOpen,
      )
      const isConverted = ({ times }: Told) => times[asked.steps.length - 1] !== null
      const converted = ended.filter(isConverted).length
      expect([body.converted, body.dropped]).toEqual([converted, ended.length - converted])
      const having = new Map<string, Told[]>()
      for (const told of ended) {
        const names = ofProperties
          ? told.label.flatMap((value, at) =>
              value ? [`${properties[at]?.property} ${value}`] : [],
            )
          : namesOnTheWay(persons[told.person] ?? [], told, asked, except)
        for (const name of new Set(names)) having.set(name, [...(having.get(name) ?? []), told])
      }
      const expected = [...having].map(([name, told]) => {
        const yes = told.filter(isConverted).length
        const no = told.length - yes
        const [property = '', value] = name.split(' ')
        const dropped = ended.length - converted
        return {
          event: ofProperties ? null : name,
          property: ofProperties ? { property } : null,
          value: ofProperties ? value : null,
          converted: yes,
          dropped: no,
          odds_ratio: expect.closeTo(
            ((yes + 1) * (dropped - no + 1)) / ((converted - yes + 1) * (no + 1)),
            9,
          ),
        }
      })
      expect(body.correlations).toHaveLength(expected.length)
      expect(body.correlations).toEqual(expect.arrayContaining(expected))
      const strengths = body.correlations.map(({ odds_ratio }) => Math.abs(Math.log(odds_ratio)))
      expect(strengths).toEqual(strengths.toSorted((a, b) => b - a))
      const [name, told] = [...having][place % Math.max(having.size, 1)] ?? []
      if (name === undefined || told === undefined) return
      const [property = '', value] = name.split(' ')
      const select = ofProperties ? { property: { property }, value } : { event: name }
      const answer = await api.post<ActorsResult>('/api/actors', {
        query,
        select: { outcome, ...select },
        limit: 1_000,
      })
      const behind = told.filter((one) => isConverted(one) === (outcome === 'converted'))
      expect(answer.body.actors.map((actor) => actor.distinct_ids[0]).sort()).toEqual(
        behind.map(({ person }) => `person ${person}`).sort(),
      )
    }),
    { numRuns: RUNS, seed: 20_260_617, endOnFailure: true },
  )
}, 240_000)

const QUESTION = {
  kind: 'funnel_correlation',
  project: 'default',
  steps: [{ event: 'a' }, { event: 'b' }],
}

it.each([
  [{ correlate: {} }, 'correlate'],
  [{ correlate: { properties: [] } }, 'correlate.properties'],
  [{ correlate: { properties: [{ property: ':`Int64`' }] } }, 'correlate.properties.0.property'],
  [{ min_actors: 0 }, 'min_actors'],
  [{ breakdowns: [] }, 'breakdowns'],
])('refuses %j and names the field', async (change, field) => {
  const { status, body } = await api.post<ApiError>('/api/query', { ...QUESTION, ...change })
  expect(status).toBe(400)
  expect(body.error.field).toContain(field)
})

it.each([
  [{}, 'select.outcome'],
  [{ outcome: 'converted', property: { property: 'p' }, value: 'u' }, 'select.property'],
])('refuses the selection %j and names the field', async (select, field) => {
  const { status, body } = await api.post<ApiError>('/api/actors', { query: QUESTION, select })
  expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
})

async function insert(persons: readonly Did[][]): Promise<string> {
  const project = `c-${runs++}`
  await api.insert(rowsOf(project, persons))
  return project
}

function questionOf(project: string, asked: Asked, correlate: object) {
  const { breakdowns, breakdown_limit, attribution, ...body } = bodyOf(project, asked)
  return { ...body, kind: 'funnel_correlation', correlate, min_actors: 1, limit: 100 }
}

/** Names of the events from entry to conversion, or to the end of the window. */
function namesOnTheWay(
  events: readonly Did[],
  { times }: Told,
  asked: Asked,
  except: readonly string[],
): string[] {
  const entry = times[0] ?? 0
  const end = times[asked.steps.length - 1] ?? entry + asked.window * UNIT_MS
  const own = asked.steps.map(({ event }) => event)
  return events
    .filter(({ at }) => START + at * UNIT_MS >= entry && START + at * UNIT_MS <= end)
    .map(({ name }) => name)
    .filter((name) => !own.includes(name) && !except.includes(name))
}
