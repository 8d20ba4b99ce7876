import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CohortApi, did, openCohortApi, question, totals, UNKNOWN } from './test-cohorts.ts'

let cohorts: CohortApi
let { client, call, saved } = {} as CohortApi
beforeAll(async () => {
  cohorts = await openCohortApi()
  ;({ client, call, saved } = cohorts)
})
afterAll(() => cohorts.close())

describe('what is saved with a cohort in it', () => {
  const insight = (filters: object[]) => ({ name: 'x', query: question({ filters }) })

  it('keeps the cohort from being deleted until it names it no more', async () => {
    const id = await saved('Used', did('buy'))
    const remove = () => call('DELETE', `/api/cohorts/${id}?project=p`)
    const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
    const lines = question({ breakdowns: [{ cohorts: [{ cohort: id }] }] })
    const split = await call('POST', '/api/insights?project=p', { name: 'y', query: lines })
    const board = { name: 'd', filters: [{ cohort: id, operator: 'not_in' }] }
    const dashboard = await call('POST', '/api/dashboards?project=p', board)
    const users = [made, split, dashboard]
    for (const { status, body } of users) expect(status, JSON.stringify(body)).toBe(201)
    for (const [place, { body }] of users.entries()) {
      const refused = await remove()
      expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use'])
      expect(refused.body.error.message).toContain(body.id)
      const path = place === 2 ? 'dashboards' : 'insights'
      await call('DELETE', `/api/${path}/${body.id}?project=p`)
    }
    expect((await remove()).status).toBe(200)
    const restored = `/api/insights/${made.body.id}/restore?project=p`
    const refused = await call('POST', restored, { version: 1 })
    expect([refused.status, refused.body.error.field]).toEqual([400, 'query.filters.0.cohort'])
  })

  it('is kept for the settings, and leaves out whoever is not in it', async () => {
    const id = await saved('Outside', did('buy'))
    const put = (version: number, filters: object[]) =>
      call('PUT', '/api/settings?project=p', { version, internal_users_filters: filters })
    const unknown = await put(0, [{ cohort: UNKNOWN }])
    const field = 'internal_users_filters.0.cohort'
    expect([unknown.status, unknown.body.error.field]).toEqual([400, field])
    expect((await put(0, [{ cohort: id }])).status).toBe(200)
    const totalOf = async (more: object) =>
      totals(await client.post<TrendsResult>('/api/query', question(more)))
    const inside = await totalOf({ filters: [{ cohort: id }] })
    expect(await totalOf({ exclude_internal: true })).toEqual(inside)
    expect(await totalOf({})).not.toEqual(inside)
    const refused = await call('DELETE', `/api/cohorts/${id}?project=p`)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use'])
    expect(refused.body.error.message).toContain('used by the settings of the project')
    const { body: document } = await call('GET', '/api/dashboards/export?project=p')
    expect(document.settings.internal_users_filters).toEqual([
      { cohort: 'outside', operator: 'in' },
    ])
    const copy = await call('PUT', '/api/dashboards/import?project=copy', document)
    expect(copy.status, JSON.stringify(copy.body)).toBe(200)
    const copied = await call('GET', '/api/dashboards/export?project=copy')
    expect(copied.body).toEqual(document)
    const missing = { version: 1, settings: document.settings }
    const bad = await call('PUT', '/api/dashboards/import?project=empty', missing)
    expect([bad.status, bad.body.error.field]).toEqual([400, `settings.${field}`])
    expect((await put(1, [])).status).toBe(200)
    expect((await call('DELETE', `/api/cohorts/${id}?project=p`)).status).toBe(200)
  })

  it('names its field when there is no such cohort', async () => {
    const theirs = await saved('Theirs', did('buy'), 'q')
    for (const id of [UNKNOWN, theirs]) {
      const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
      expect([made.status, made.body.error.field]).toEqual([400, 'query.filters.0.cohort'])
      const board = { name: 'd', filters: [{ cohort: id }] }
      const dashboard = await call('POST', '/api/dashboards?project=p', board)
      expect([dashboard.status, dashboard.body.error.field]).toEqual([400, 'filters.0.cohort'])
    }
  })

  it('can be watched by an alert', async () => {
    const id = await saved('Watched', did('buy'))
    const made = await call('POST', '/api/insights?project=p', insight([{ cohort: id }]))
    const alert = {
      ...{ name: 'a', insight: made.body.id, every: 'day' },
      condition: { type: 'below', threshold: 1 },
      channels: [{ type: 'webhook', url: 'https://example.com/hook' }],
    }
    expect((await call('POST', '/api/alerts?project=p', alert)).status).toBe(201)
    const query = question({ breakdowns: [{ cohorts: [{ cohort: id }] }] })
    const lines = await call('POST', '/api/insights?project=p', { name: 'y', query })
    const onLine = { ...alert, insight: lines.body.id }
    expect((await call('POST', '/api/alerts?project=p', onLine)).status).toBe(201)
    const beyond = { ...onLine, value: 'series.1.values.-1' }
    const refused = await call('POST', '/api/alerts?project=p', beyond)
    expect([refused.status, refused.body.error.field]).toEqual([400, 'value'])
  })

  it('is answered as the dashboard asks it, with the cohort by its id', async () => {
    const id = await saved('Shown', did('buy'))
    const made = await call('POST', '/api/insights?project=p', insight([]))
    const tile = { insight: made.body.id, x: 0, y: 0, w: 1, h: 1 }
    const board = { name: 'd', filters: [{ cohort: id }], tiles: [tile] }
    const { body } = await call('POST', '/api/dashboards?project=p', board)
    const [{ query }] = body.insights
    expect(query.filters).toEqual([{ cohort: id, operator: 'in' }])
    expect(totals(await client.post<TrendsResult>('/api/query', query))).toEqual([[null, 2]])
  })
})
