import type { Asker } from '@headwater/schemas/asker'
import { afterEach, expect, it } from 'vitest'
import { insightOn, openSavedApi, type SavedApi } from '../saved/test-saved.ts'

const askers: Record<string, Asker> = {
  ann: { name: 'ann@example.com', projects: [{ id: 'team', role: 'admin' }] },
  bob: { name: 'bob@example.com', projects: [{ id: 'team', role: 'member' }] },
  wall: { name: 'wall', projects: [{ id: 'team', role: 'reader' }] },
}
const as = (name: string) => ({ authorization: `Bearer ${name}` })

let api: SavedApi | undefined
afterEach(() => api?.close())

it('is named in the history of what they saved, settings included', async () => {
  api = await openSavedApi({ findAsker: async (credential) => askers[credential] ?? null })
  const body = insightOn('team', 'How often')
  const made = await api.call('POST', '/api/insights?project=team', body, as('bob'))
  const path = `/api/insights/${made.body.id}`
  const changed = { ...body, name: 'How rarely', version: 1 }
  await api.call('PUT', `${path}?project=team`, changed, as('ann'))
  await api.call('DELETE', `${path}?project=team`, undefined, as('bob'))
  await api.call('POST', `${path}/restore?project=team`, { version: 1 }, as('ann'))
  const history = await api.call('GET', `${path}/history?project=team`, undefined, as('wall'))
  const authors = history.body.versions.map(({ author }: { author: string }) => author)
  const [ann, bob] = ['ann@example.com', 'bob@example.com']
  expect(authors).toEqual([ann, bob, ann, bob])

  const settings = { version: 0, time_zone: 'Europe/Berlin' }
  await api.call('PUT', '/api/settings?project=team', settings, as('ann'))
  const told = await api.call('GET', '/api/settings/history?project=team', undefined, as('bob'))
  expect(told.body.versions).toMatchObject([{ version: 1, author: ann }])

  const document = { version: 1, insights: [], dashboards: [{ key: 'd', name: 'D', tiles: [] }] }
  await api.call('PUT', '/api/dashboards/import?project=team', document, as('bob'))
  const list = await api.call('GET', '/api/dashboards?project=team', undefined, as('bob'))
  const imported = `/api/dashboards/${list.body.items[0].id}/history?project=team`
  const one = await api.call('GET', imported, undefined, as('bob'))
  expect(one.body.versions).toMatchObject([{ version: 1, author: bob }])
})

it('is nobody while everybody may', async () => {
  api = await openSavedApi()
  const { id } = await api.made('/api/insights?project=p', insightOn('p', 'How often'))
  const { body } = await api.get(`/api/insights/${id}/history?project=p`)
  expect(body.versions).toMatchObject([{ version: 1, author: null }])
})
