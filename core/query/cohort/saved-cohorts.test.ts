import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { ApiError } from '@headwater/schemas/insights/question'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseAway } from '../../auth/database-away.ts'
import { hostileString, LEAK, SECRET } from '../hostile-strings.ts'
import { testClient } from '../test-api.ts'
import {
  type Answer,
  type CohortApi,
  DAY_MS,
  did,
  openCohortApi,
  question,
  totals,
  UNKNOWN,
} from './test-cohorts.ts'

const HOSTILE = 300

let cohorts: CohortApi
let { api, client, call, saved, ask } = {} as CohortApi
beforeAll(async () => {
  cohorts = await openCohortApi()
  ;({ api, client, call, saved, ask } = cohorts)
})
afterAll(() => cohorts.close())

describe('a cohort that a question names by its id', () => {
  it('is meant as it is at that moment: an answer is never that of another rule', async () => {
    const id = await saved('Buyers', did('buy'))
    const filters = [{ cohort: id }]
    expect(totals(await ask({ filters }))).toEqual([[null, 2]])
    expect((await ask({ filters })).body.from_cache).toBe(true)
    const changed = { name: 'Buyers', version: 1, rule: did('cart', { negate: true }) }
    expect((await call('PUT', `/api/cohorts/${id}?project=p`, changed)).status).toBe(200)
    const after = await ask({ filters })
    expect([after.body.from_cache, totals(after)]).toEqual([false, [[null, 2]]])
    const { body } = await client.post<ActorsResult>('/api/actors', {
      query: question({ filters }),
      select: {},
    })
    expect(body.actors.flatMap(({ distinct_ids }) => distinct_ids).sort()).toEqual(['ann', 'dee'])
  })

  it('looks back from the moment of the question', async () => {
    const id = await saved('Lately', did('cart', { within: { value: 3, unit: 'day' } }))
    expect(totals(await ask({ filters: [{ cohort: id }] }))).toEqual([[null, 2]])
    api.now += 2 * DAY_MS
    const later = await ask({ filters: [{ cohort: id }], date_from: '-3d' })
    api.now -= 2 * DAY_MS
    expect(totals(later)).toEqual([[null, 0]])
  })

  it('gives its name to a line that has none', async () => {
    const [buyers, carts] = [await saved('Buy', did('buy')), await saved('Cart', did('cart'))]
    const by = (...cohorts: object[]) => ask({ breakdowns: [{ cohorts }] })
    const answer = await by({ cohort: carts }, { name: 'mine', cohort: buyers })
    expect(totals(answer)).toEqual([
      ['Cart', 2],
      ['mine', 2],
    ])
    const twice = await by({ name: 'Cart', cohort: buyers }, { cohort: carts })
    expect([twice.status, twice.body.error.field]).toEqual([400, 'breakdowns.0.cohorts.1.name'])
  })

  it('stands in groups of filters, in series, and in lists of events and persons and exports', async () => {
    const id = await saved('Buyers', did('buy'))
    const group = { match: 'any', filters: [{ cohort: id }, { property: 'a', value: 'x' }] }
    expect(totals(await ask({ filters: [group] }))).toEqual([[null, 2]])
    expect(totals(await ask({ series: [{ event: 'visit', filters: [{ cohort: id }] }] }))).toEqual([
      [null, 2],
    ])
    const filters = [{ cohort: id }]
    const query = { project: 'p', date_from: '-1d', filters }
    const events = await call('POST', '/api/events', query)
    expect(events.body.events).toHaveLength(2)
    const exported = await call('POST', '/api/export', { ...query, format: 'csv' })
    expect(exported.body.trim().split('\n')).toHaveLength(3)
    const params = new URLSearchParams({ project: 'p', filters: JSON.stringify(filters) })
    expect((await call('GET', `/api/persons?${params}`)).body.persons).toHaveLength(2)
  })

  it('is unknown when it is not there, was deleted, or is another project’s', async () => {
    const gone = await saved('Gone', did('buy'))
    expect((await call('DELETE', `/api/cohorts/${gone}?project=p`)).status).toBe(200)
    const theirs = await saved('Theirs', did('buy'), 'q')
    for (const id of [UNKNOWN, gone, theirs]) {
      const filters = [{ property: 'a', operator: 'is_not', value: 1 }, { cohort: id }]
      const message = `filters.1.cohort: there is no cohort ${id}`
      const params = new URLSearchParams({ project: 'p', filters: JSON.stringify([filters[1]]) })
      const answers = [
        await ask({ filters }),
        await call('POST', '/api/events', { project: 'p', filters }),
        await call('POST', '/api/export', { project: 'p', filters }),
        await call('POST', '/api/actors', { query: question({ filters }), select: {} }),
      ]
      for (const { status, body } of answers) {
        expect([status, body.error]).toMatchObject([400, { field: 'filters.1.cohort', message }])
      }
      const persons = await call('GET', `/api/persons?${params}`)
      expect([persons.status, persons.body.error.field]).toEqual([400, 'filters.0.cohort'])
    }
    const cohorts = [{ cohort: theirs }]
    const { body } = await ask({ breakdowns: [{ cohorts }] })
    expect(body.error.field).toBe('breakdowns.0.cohorts.0.cohort')
  })

  it.each([
    ['coh_x', 'filters.0.cohort', 'is coh_ and eight letters or digits'],
    ['ins_7k2m9xqd', 'filters.0.cohort', 'is coh_ and eight letters or digits'],
    [7, 'filters.0.cohort', ''],
    [{ match: 'some', conditions: [] }, 'filters.0.cohort.match', 'must be one of all, any'],
  ])('is refused as %j, naming the field', async (cohort, field, message) => {
    const { status, body } = await ask({ filters: [{ cohort }] })
    expect([status, body.error?.field]).toEqual([400, field])
    expect(body.error?.message).toContain(message)
  })

  it(`is no way to anything else, whatever ${HOSTILE} hostile strings are sent in its place`, async () => {
    const theirs = await saved(SECRET, did(SECRET), 'q')
    const cohort = fc.oneof(
      hostileString,
      hostileString.map((text) => `${theirs}${text}`),
    )
    const property = fc.asyncProperty(cohort, hostileString, async (id, name) => {
      const lines = { breakdowns: [{ cohorts: [{ name, cohort: id }] }] }
      for (const more of [{ filters: [{ cohort: id }] }, lines]) {
        const { status, body } = await ask(more)
        const text = JSON.stringify(body)
        expect([400, text.includes(SECRET), LEAK.test(text)], text).toEqual([status, false, false])
      }
      for (const path of ['size', 'persons']) {
        const address = `/api/cohorts/${encodeURIComponent(id.toWellFormed())}/${path}?project=p`
        expect([400, 404]).toContain((await call('GET', address)).status)
      }
    })
    await fc.assert(property, { numRuns: HOSTILE })
  })

  it('is not asked for where nothing is saved, and no other question needs it', async () => {
    const alone = testClient({ store: api.store, clock: () => api.now })
    const filters = [{ cohort: UNKNOWN }]
    const { status, body } = await alone.post<ApiError>('/api/query', question({ filters }))
    expect([status, body.error.code]).toEqual([503, 'not_configured'])
    expect((await alone.post('/api/query', question({}))).status).toBe(200)
    const metadata = () => Promise.reject(new DatabaseAway('gone'))
    const away = testClient({ store: api.store, clock: () => api.now, metadata })
    const complete = { time_zone: 'UTC', week_start: 'monday', exclude_internal: false }
    const answer = await away.post<ApiError>('/api/query', question({ ...complete, filters }))
    expect([answer.status, answer.body.error.code]).toEqual([503, 'metadata_unavailable'])
    expect((await away.post('/api/query', question(complete))).status).toBe(200)
  })
})

describe('the persons of a saved cohort', () => {
  const of = (id: string, more: string, project = 'p') =>
    call('GET', `/api/cohorts/${id}/${more}project=${project}`)
  const names = ({ body }: Answer) =>
    body.persons.flatMap((person: { distinct_ids: string[] }) => person.distinct_ids).sort()

  it('are listed page by page, and counted, by its rule as it is now', async () => {
    const id = await saved('Counted', did('cart'))
    expect(names(await of(id, 'persons?'))).toEqual(['bob', 'cem'])
    expect((await of(id, 'size?')).body).toMatchObject({ persons: 2, from_cache: false })
    const rule = did('cart', { negate: true })
    await call('PUT', `/api/cohorts/${id}?project=p`, { name: 'Counted', version: 1, rule })
    expect((await of(id, 'size?')).body.persons).toBe(2)
    const first = await of(id, 'persons?limit=1&')
    const rest = await of(id, `persons?limit=1&after=${first.body.next}&`)
    expect([...names(first), ...names(rest)].sort()).toEqual(['ann', 'dee'])
    expect(rest.body.next).toBeNull()
    const { body } = await call('GET', `/api/persons/${rest.body.persons[0].id}?project=p`)
    expect(body.person).toEqual(rest.body.persons[0])
  })

  it('are nobody where nobody meets the rule, and those of the last days only', async () => {
    const never = await saved('Never', did('refund'))
    expect((await of(never, 'size?')).body.persons).toBe(0)
    expect((await of(never, 'persons?')).body).toMatchObject({ persons: [], next: null })
    const within = { within: { value: 3, unit: 'day' } }
    const lately = await saved('Just', did('buy', within))
    expect((await of(lately, 'size?')).body.persons).toBe(0)
  })

  it('are counted for several cohorts at once, without those that there are not', async () => {
    const buyers = await saved('Buyers', did('buy'))
    const carts = await saved('Carts', did('cart'))
    const theirs = await saved('Of others', did('buy'), 'q')
    const { body } = await call(
      'GET',
      `/api/cohorts/sizes?project=p&ids=${[carts, theirs, UNKNOWN, buyers].join()}`,
    )
    const one = async (id: string) => (await of(id, 'size?')).body.persons
    expect(body.sizes).toEqual([
      { id: carts, persons: await one(carts) },
      { id: buyers, persons: await one(buyers) },
    ])
    const none = await call('GET', `/api/cohorts/sizes?project=p&ids=${UNKNOWN}`)
    expect(none.body.sizes).toEqual([])
    for (const ids of ['x', '', Array(51).fill(carts).join()]) {
      const refused = await call('GET', `/api/cohorts/sizes?project=p&ids=${ids}`)
      expect([refused.status, refused.body.error.field?.split('.')[0]]).toEqual([400, 'ids'])
    }
  })

  it('are not told of another project’s cohort, nor of one that is gone', async () => {
    const theirs = await saved('Theirs', did('buy'), 'q')
    const gone = await saved('Gone', did('buy'))
    await call('DELETE', `/api/cohorts/${gone}?project=p`)
    for (const id of [theirs, gone, UNKNOWN]) {
      for (const path of ['persons?', 'size?']) {
        const { status, body } = await of(id, path)
        expect([status, body.error.code]).toEqual([404, 'not_found'])
      }
    }
    expect((await of(theirs, 'size?', 'nobody')).body.error.code).toBe('unknown_project')
    expect((await of('x', 'size?')).status).toBe(400)
    expect((await of(theirs, 'persons?limit=0&')).body.error.field).toBe('limit')
    expect((await of(gone, 'persons?filters=[]&')).body.error.field).toBe('filters')
  })
})
