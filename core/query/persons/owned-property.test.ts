import { randomUUID } from 'node:crypto'
import type { PropertyFilter } from '@headwater/schemas/insights/property'
import type { EventRow } from '@headwater/schemas/row'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IdentityService, startIdentity } from '../../identity/start.ts'
import { silentLogger } from '../../shared/logger.ts'
import { filterConditions } from '../filters.ts'
import { propertyText } from '../property.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { openTestApi, type TestApi } from '../test-api.ts'
import { foldPlainly, type Saying } from './property-reference.ts'

let api: TestApi
let identity: IdentityService
beforeAll(async () => {
  api = await openTestApi()
  identity = startIdentity({ store: api.store, clock: Date.now, logger: silentLogger })
})
afterAll(async () => {
  await identity.close()
  await api.remove()
})

const HISTORIES = 2_000
const PROJECT = 'histories'
const NAMES = ['plan', 'a.b'] as const
const SENDERS = ['ann', 'anon', 'bob'] as const

const value = fc.constantFrom('pro', 'free', '', '7', 'é"\\', 3, 2.5, true, null, 40)
const saying = fc.record({
  kind: fc.constantFrom('set', 'once', 'unset', 'add'),
  name: fc.constantFrom(...NAMES),
  by: fc.constantFrom(...SENDERS),
  at: fc.nat(6),
  value,
  amount: fc.constantFrom(1, 2.5, -4),
})
const history = fc.record({
  sayings: fc.array(saying, { minLength: 1, maxLength: 8 }),
  merged: fc.boolean(),
})
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never

const idOf = (history: number, sender: string) => `${sender} ${history}`

/** A row for each saying; the uuid decides between those of one moment. */
function rowsOf(place: number, { sayings, merged }: History) {
  const rows = sayings.map(({ kind, name, by, at, value, amount }) => {
    const timestamp = api.now + at * 1_000
    const row = { project_id: PROJECT, uuid: randomUUID(), distinct_id: idOf(place, by), timestamp }
    const content: Partial<EventRow> = {
      set: { person_set: { [name]: value } },
      once: { person_set_once: { [name]: value } },
      unset: { properties: { $unset: [name] } },
      add: { properties: { $add: { [name]: amount } } },
    }[kind]
    return { name, by, kind, value: kind === 'add' ? amount : value, row: { ...row, ...content } }
  })
  const plain = { project_id: PROJECT, timestamp: api.now }
  const all: Partial<EventRow>[] = [
    ...SENDERS.map((by) => ({ ...plain, distinct_id: idOf(place, by) })),
    ...rows.map(({ row }) => row),
  ]
  if (merged) {
    const properties = { $anon_distinct_id: idOf(place, 'anon') }
    all.push({ ...plain, event: '$identify', distinct_id: idOf(place, 'ann'), properties })
  }
  return { rows, all }
}

/** What the events say of a sender's person in a property. The store keeps no null. */
type Made = ReturnType<typeof rowsOf>
function sayingsOf({ rows }: Made, merged: boolean, id: string, of: string) {
  const own = merged && id !== 'bob' ? ['ann', 'anon'] : [id]
  return rows
    .filter(({ name, by, kind, value }) => {
      const isKept = value !== null || kind === 'unset'
      return name === of && own.includes(by) && isKept
    })
    .map(({ row, kind, value }): Saying => {
      return { timestamp: row.timestamp, uuid: row.uuid, kind, value }
    })
}

const ask = <Row>(statement: Statement, text: string) => api.store.query<Row>(statement.query(text))

describe('what is known of a person', () => {
  it(`is what replaying ${HISTORIES} histories comes to, in any order of arrival`, async () => {
    const histories = fc.sample(history, HISTORIES)
    const made = histories.map((one, place) => rowsOf(place, one))
    const rows = made.flatMap(({ all }) => all)
    const arrived = fc.sample(fc.shuffledSubarray(rows, { minLength: rows.length }), 1)[0] ?? []
    const middle = Math.floor(arrived.length / 2)
    for (const part of [arrived.slice(0, middle), arrived.slice(middle - 20)]) {
      await api.insert(part)
      await identity.catchUp()
    }
    const statement = new Statement(PROJECT)
    const texts = NAMES.map((property) => propertyText({ type: 'person', property }, statement))
    const found = await ask<{ distinct_id: string; texts: string[] }>(
      statement,
      `SELECT DISTINCT distinct_id, [${texts.join(', ')}] AS texts FROM events
        WHERE ${projectCondition(statement)}`,
    )
    const known = new Map(found.map((row) => [row.distinct_id, row.texts]))
    for (const [place, { merged }] of histories.entries()) {
      for (const sender of SENDERS) {
        const expected = NAMES.map((of) =>
          foldPlainly(sayingsOf(made[place] as Made, merged, sender, of)),
        )
        const label = `${sender} of ${JSON.stringify(histories[place])}`
        expect(known.get(idOf(place, sender)), label).toEqual(expected)
      }
    }
  }, 180_000)
})

describe('a filter', () => {
  const project = 'filtered'
  const own = (distinct_id: string, facts: Partial<EventRow>): Partial<EventRow> => ({
    project_id: project,
    distinct_id,
    timestamp: api.now,
    ...facts,
  })
  beforeAll(async () => {
    const company = { $groups: { company: 'acme' } }
    await api.insert([
      own('ann', { person_set: { plan: 'pro', age: 40, 'a.b': 'x' }, properties: company }),
      own('bob', { person_set: { plan: 'free', age: 9 } }),
      own('cem', {}),
      own('$company_acme', {
        event: '$groupidentify',
        properties: {
          $group_type: 'company',
          $group_key: 'acme',
          $group_set: { size: 12, plan: 'team' },
        },
      }),
      { project_id: 'elsewhere', distinct_id: 'cem', person_set: { plan: 'pro' } },
    ])
    await identity.catchUp()
  })
  const who = async (filter: Partial<PropertyFilter>) => {
    const statement = new Statement(project)
    const full = { operator: 'is', property: 'plan', type: 'person', ...filter } as PropertyFilter
    const rows = await ask<{ distinct_id: string }>(
      statement,
      `SELECT distinct_id FROM events WHERE ${projectCondition(statement)}
        AND event = '$pageview' AND ${filterConditions([full], statement).join(' AND ')}
        ORDER BY distinct_id`,
    )
    return rows.map(({ distinct_id }) => distinct_id)
  }

  it.each<[Partial<PropertyFilter>, string[]]>([
    [{ value: 'pro' }, ['ann']],
    [{ value: ['pro', 'free'] }, ['ann', 'bob']],
    [{ value: '' }, ['cem']],
    [{ value: ['', 'pro'] }, ['ann', 'cem']],
    [{ operator: 'is_not', value: 'pro' }, ['bob', 'cem']],
    [{ operator: 'is_not', value: ['', 'pro'] }, ['bob']],
    [{ operator: 'contains', value: 'R' }, ['ann', 'bob']],
    [{ operator: 'not_contains', value: 'pr' }, ['bob', 'cem']],
    [{ operator: 'is_set' }, ['ann', 'bob']],
    [{ operator: 'is_not_set' }, ['cem']],
    [{ property: 'age', operator: 'gt', value: 10 }, ['ann']],
    [{ property: 'age', operator: 'lte', value: '40' }, ['ann', 'bob']],
    [{ property: 'age', value: [40.0] }, ['ann']],
    [{ property: 'age', operator: 'is_not', value: 40 }, ['bob', 'cem']],
    [{ property: 'a.b', value: 'x' }, ['ann']],
    [{ property: `p'); --`, operator: 'is_not_set' }, ['ann', 'bob', 'cem']],
    [{ type: 'group', group: 'company', property: 'size', operator: 'gte', value: 12 }, ['ann']],
    [{ type: 'group', group: 'company', value: 'team' }, ['ann']],
    [{ type: 'group', group: 'company', operator: 'is_not', value: 'team' }, ['bob', 'cem']],
    [{ type: 'group', group: `c'\\ company`, operator: 'is_set' }, []],
  ])('%j finds %j', async (filter, found) => {
    expect(await who(filter)).toEqual(found)
  })

  it.each([
    [{ type: 'group', property: 'plan', value: 'x' }, 'filters.0.group'],
    [{ type: 'person', group: 'company', property: 'plan', value: 'x' }, 'filters.0.group'],
    [{ type: 'group', group: ':`Int64`', property: 'plan', value: 'x' }, 'filters.0.group'],
    [{ type: 'person', property: 'plan', operator: 'gt', value: 'x' }, 'filters.0.value'],
    [{ type: 'robot', property: 'plan', value: 'x' }, 'filters.0.type'],
  ])('%j is refused, and the field named', async (filter, field) => {
    const { status, body } = await api.post('/api/query', {
      ...{ kind: 'stickiness', project, series: [{ event: '*' }], filters: [filter] },
    })
    expect([status, body]).toEqual([400, { error: expect.objectContaining({ field }) }])
  })

  it('of a person asks in every insight', async () => {
    const { body } = await api.post('/api/query', {
      ...{ kind: 'stickiness', project, series: [{ event: '$pageview' }] },
      filters: [{ type: 'person', property: 'plan', operator: 'is_set' }],
    })
    expect(body).toMatchObject({ series: [{ counts: expect.arrayContaining([2]) }] })
  })
})

describe('a breakdown', () => {
  it('splits by what is known of persons and groups, in trends and funnels', async () => {
    const project = 'split'
    const facts = { project_id: project, timestamp: api.now - 60_000 }
    const acme = { properties: { $groups: { company: 'acme' } } }
    await api.insert([
      { ...facts, distinct_id: 'ann', ...acme, person_set: { plan: 'pro' } },
      { ...facts, distinct_id: 'anon' },
      { ...facts, distinct_id: 'bob', person_set: { plan: 'free' } },
      { ...facts, distinct_id: 'cem' },
      {
        ...facts,
        distinct_id: 'ann',
        event: '$identify',
        properties: { $anon_distinct_id: 'anon' },
      },
      {
        ...facts,
        distinct_id: 'system',
        event: '$groupidentify',
        properties: { $group_type: 'company', $group_key: 'acme', $group_set: { size: 12 } },
      },
    ])
    await identity.catchUp()
    const plan = { type: 'person', property: 'plan' }
    const size = { type: 'group', group: 'company', property: 'size' }
    const trends = async (breakdown: object) => {
      const { status, body } = await api.post<{
        series: { breakdown: { values: (string | null)[] }; total: number }[]
      }>('/api/query', {
        ...{ kind: 'trends', project, breakdowns: [breakdown] },
        series: [{ event: '$pageview', measure: 'unique_persons' }],
      })
      expect(status, JSON.stringify(body)).toBe(200)
      return Object.fromEntries(
        body.series.map(({ breakdown, total }) => [breakdown.values[0] ?? 'none', total]),
      )
    }
    expect(await trends(plan)).toEqual({ pro: 1, free: 1, none: 1 })
    expect(await trends(size)).toMatchObject({ 12: 1 })
    const { status, body } = await api.post('/api/query', {
      ...{ kind: 'funnel', project, breakdowns: [plan] },
      steps: [{ event: '$pageview' }, { event: '$identify' }],
    })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(JSON.stringify(body)).toContain('"pro"')
  })
})

describe('POST /api/actors', () => {
  it('shows what is known of the persons and groups behind a number', async () => {
    const project = 'behind'
    const acme = { $groups: { company: 'acme' } }
    const facts = { project_id: project, timestamp: api.now }
    await api.insert([
      { ...facts, distinct_id: 'ann', person_set: { plan: 'pro' }, properties: acme },
      { ...facts, distinct_id: 'anon' },
      {
        ...facts,
        distinct_id: 'ann',
        event: '$identify',
        properties: { $anon_distinct_id: 'anon' },
      },
      {
        ...facts,
        distinct_id: 'system',
        event: '$groupidentify',
        properties: { $group_type: 'company', $group_key: 'acme', $group_set: { size: 12 } },
      },
    ])
    await identity.catchUp()
    const behind = async (actor: unknown) => {
      const question = { kind: 'stickiness', project, series: [{ event: '$pageview' }], actor }
      const { status, body } = await api.post<{ actors: object[] }>('/api/actors', {
        query: question,
        select: { intervals: 1 },
      })
      expect(status, JSON.stringify(body)).toBe(200)
      return body.actors
    }
    const [ann, ...others] = await behind('person')
    expect(others).toEqual([])
    expect(ann).toMatchObject({ distinct_ids: ['ann', 'anon'], properties: { plan: 'pro' } })
    expect(await behind({ group: 'company' })).toEqual([
      expect.objectContaining({ id: 'acme', properties: { size: 12 } }),
    ])
  })
})
