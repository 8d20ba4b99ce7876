import { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { savedCohort } from './saved-cohort.ts'
import { openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
}, 60_000)
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
