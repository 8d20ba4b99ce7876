import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApi, type TestApi } from './test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

const RANGE = { date_from: '2026-06-15', date_to: '2026-06-15' }
// By their texts one after the other; by their second halves, which the store compares first, the other way round.
const EARLIER = '00000000-0000-7001-8000-000000000002'
const LATER = '00000000-0000-7002-8000-000000000001'
const FACTS = {
  event: 'view',
  distinct_id: 'ann',
  session_id: 's',
  timestamp: Date.UTC(2026, 5, 15),
}

/** Two events of one moment, without sequences: inserted the later one first. */
const pair = (project_id: string, earlier: Partial<EventRow>, later: Partial<EventRow>) =>
  api.insert([
    { ...FACTS, project_id, uuid: LATER, ...later },
    { ...FACTS, project_id, uuid: EARLIER, ...earlier },
  ])

async function valuesOf(question: object): Promise<(string | null | undefined)[]> {
  const { status, body } = await api.post<{ series: Line[]; groups: Line[] }>('/api/query', {
    ...RANGE,
    ...question,
  })
  expect(status, JSON.stringify(body)).toBe(200)
  return (body.series ?? body.groups).map(({ breakdown }) => breakdown?.values[0])
}

interface Line {
  breakdown: { values: (string | null)[] } | null
}

describe('events equal in time and sequence are in the order of their uuids', () => {
  it.each([
    { property: '$entry_pathname', value: '/earlier' },
    { property: '$exit_pathname', value: '/later' },
  ])('in a session’s $property', async ({ property, value }) => {
    const project = property.slice(1).replace('_', '-')
    await pair(
      project,
      { event: '$pageview', pathname: '/earlier' },
      { event: '$pageview', pathname: '/later' },
    )
    const series = [{ event: '$pageview' }]
    const breakdowns = [{ type: 'session', property }]
    expect(await valuesOf({ kind: 'trends', project, series, breakdowns })).toEqual([value])
  })

  it('in the starts of retention', async () => {
    const project = 'starts'
    await pair(project, { properties: { plan: 'first' } }, { properties: { plan: 'second' } })
    const [start, breakdowns] = [{ event: 'view' }, [{ property: 'plan' }]]
    expect(await valuesOf({ kind: 'retention', project, start, breakdowns })).toEqual(['first'])
  })

  it('in first times', async () => {
    const project = 'firsts'
    await pair(project, { properties: { plan: 'first' } }, { properties: { plan: 'second' } })
    const series = [{ event: 'view', measure: 'first_time' }]
    const breakdowns = [{ property: 'plan' }]
    expect(await valuesOf({ kind: 'trends', project, series, breakdowns })).toEqual(['first'])
  })

  it('in what a person did, the latest first, page by page', async () => {
    await pair('timeline', { event: 'first' }, { event: 'second' })
    const seen: string[] = []
    const page = async (params: Record<string, string>) => {
      const { body } = await api.get<{ events: { event: string }[]; next: string | null }>(
        `/api/persons/${id}/events`,
        { project: 'timeline', limit: '1', ...params },
      )
      seen.push(...body.events.map(({ event }) => event))
      return body.next
    }
    const { body } = await api.get<{ persons: { id: string }[] }>('/api/persons', {
      project: 'timeline',
    })
    const id = body.persons[0]?.id
    expect(await page({ before: (await page({})) ?? '' })).toBe(null)
    expect(seen).toEqual(['second', 'first'])
  })

  it('in the sequences of cohorts', async () => {
    await pair('sequence', { event: 'a' }, { event: 'b' })
    const membersOf = async (...steps: string[]) => {
      const condition = { type: 'did_sequence', steps: steps.map((event) => ({ event })) }
      const { body } = await api.post<{ series: { total: number }[] }>('/api/query', {
        ...{ ...RANGE, kind: 'trends', project: 'sequence' },
        series: [{ event: 'a', measure: 'unique_persons' }],
        filters: [{ cohort: { conditions: [condition] } }],
      })
      return body.series[0]?.total
    }
    expect(await membersOf('a', 'b')).toBe(1)
    expect(await membersOf('b', 'a')).toBe(0)
  })
})
