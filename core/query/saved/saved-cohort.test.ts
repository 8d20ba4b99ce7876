import { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { savedCohort } from './saved-cohort.ts'
import { openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const at = (project: string, rest = '') => `/api/cohorts${rest}?project=${project}`
const did = (event: string, more = {}) => ({ conditions: [{ type: 'did', event, ...more }] })
const save = (project: string, name: string, rule: object = did('buy')) =>
  api.made(at(project), { name, rule })

describe('a saved cohort', () => {
  it('is read as it was saved, with what its rule left out', async () => {
    const within = { value: 30, unit: 'day' }
    const made = await save('read', 'Buyers', did('buy', { within }))
    expect(SavedCohort.parse(made)).toEqual(made)
    expect(made).toMatchObject({ key: 'buyers', version: 1, rule: { match: 'all' } })
    expect(made.id).toMatch(/^coh_/)
    // A rule that is relative to now stays so.
    expect(made.rule.conditions).toEqual([
      expect.objectContaining({ within, times: { operator: 'gte', value: 1 } }),
    ])
    expect((await api.get(at('read', `/${made.id}`))).body).toEqual(made)
    expect((await api.get(at('read'))).body.items).toEqual([made])
  })

  it('has an example that can be saved as it stands', async () => {
    await api.made(at('default'), savedCohort.example)
  })

  it('is changed, restored and deleted as other saved things are', async () => {
    const { id } = await save('change', 'Buyers')
    const put = { name: 'Buyers', rule: did('pay'), version: 1 }
    expect((await api.call('PUT', at('change', `/${id}`), put)).body.version).toBe(2)
    expect((await api.call('PUT', at('change', `/${id}`), put)).status).toBe(409)
    const restored = await api.call('POST', at('change', `/${id}/restore`), { version: 1 })
    expect(restored.body.rule.conditions[0].event).toBe('buy')
    const { versions } = (await api.get(at('change', `/${id}/history`))).body
    expect(versions.map((v: { item: { rule: object } }) => v.item.rule)).toMatchObject([
      did('buy'),
      did('pay'),
      did('buy'),
    ])
    expect((await api.call('DELETE', at('change', `/${id}`))).status).toBe(200)
    expect((await api.get(at('change', `/${id}`))).status).toBe(404)
  })

  it('is code, and is named by its key in what uses it', async () => {
    const lines = { cohorts: [{ cohort: 'buyers' }, { name: 'mine', cohort: did('pay') }] }
    const query = { kind: 'trends', series: [{ event: 'a' }], breakdowns: [lines] }
    const group = { match: 'any', filters: [{ cohort: 'buyers' }] }
    const series = [{ event: 'a', filters: [{ cohort: 'buyers' }, group] }]
    const document = {
      version: 1,
      cohorts: [{ key: 'buyers', name: 'Buyers', rule: did('buy') }],
      insights: [
        { key: 'lines', name: 'Lines', query },
        { key: 'series', name: 'Series', query: { kind: 'trends', series } },
      ],
      dashboards: [{ key: 'week', name: 'Week', filters: [{ cohort: 'buyers' }, group] }],
    }
    const put = (project: string, body: object, more = '') =>
      api.call('PUT', `/api/dashboards/import?project=${project}${more}`, body)
    const first = await put('code', document)
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    const { items } = (await api.get('/api/insights?project=code')).body
    const [{ id }] = (await api.get(at('code'))).body.items
    expect(items[0].query.breakdowns[0].cohorts[0].cohort).toBe(id)
    const exported = (await api.get('/api/dashboards/export?project=code')).body
    expect(exported).toMatchObject(document)
    expect(JSON.stringify(exported)).not.toContain('coh_')
    expect((await put('code', exported, '&prune=true')).body.unchanged).toHaveLength(4)
    expect((await put('copy', exported)).body.created).toHaveLength(4)
    // What the document uses cannot be left out of it.
    const { status, body } = await put('code', { ...document, cohorts: [] }, '&prune=true')
    expect([status, body.error.code]).toEqual([409, 'in_use'])
    const unknown = await put('empty', { ...document, cohorts: [] })
    expect(unknown.body.error.field).toBe('insights.0.query.breakdowns.0.cohorts.0.cohort')
    const { insights: _, ...boards } = { ...document, cohorts: [] }
    expect((await put('empty', boards)).body.error.field).toBe('dashboards.0.filters.0.cohort')
    const removed = (await put('code', { version: 1 }, '&prune=true')).body.removed
    expect(removed.at(-1)).toEqual({ kind: 'cohort', key: 'buyers' })
  })

  it.each([
    [{ name: 'x' }, 'rule'],
    [{ name: 'x', rule: { conditions: [] } }, 'rule.conditions'],
    [{ name: 'x', rule: did('') }, 'rule.conditions.0.event'],
    [
      { name: 'x', rule: did('a', { filters: [{ property: 'a', operator: 'gt', value: 'x' }] }) },
      'rule.conditions.0.filters.0.value',
    ],
    // A rule names no cohorts.
    [
      { name: 'x', rule: { conditions: [{ type: 'cohort', cohort: 'coh_7k2m9xqd' }] } },
      'rule.conditions.0.type',
    ],
    [{ name: 'x', rule: did('a', { cohort: 'coh_7k2m9xqd' }) }, 'rule.conditions.0.cohort'],
    [{ name: 'x', rule: did('a'), query: {} }, 'query'],
  ])('is refused as %j, naming the field', async (body, field) => {
    const answer = await api.call('POST', at('bad'), body)
    expect([answer.status, answer.body.error.field], JSON.stringify(answer.body)).toEqual([
      400,
      field,
    ])
  })
})
