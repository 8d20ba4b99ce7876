import type { Asker, Role } from '@headwater/schemas/asker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insightOn, openSavedApi, type SavedApi } from '../saved/test-saved.ts'

// Parts of what is asked that need more than the operation does.
const asker = (name: Role): Asker => ({ name, projects: [{ id: 'team', role: name }] })
const findAsker = async (credential: string) => asker(credential as Role)
const as = (role: Role) => ({ authorization: `Bearer ${role}` })

let api: SavedApi
let insight: string
beforeAll(async () => {
  api = await openSavedApi({ findAsker })
  const body = {
    ...insightOn('team', 'How many'),
    query: { kind: 'trends', project: 'team', series: [{ event: '$pageview' }] },
  }
  const made = await api.call('POST', '/api/insights?project=team', body, as('member'))
  insight = made.body.id
})
afterAll(() => api.close())

const webhook = (place: string) => ({ type: 'webhook', url: `https://example.com/${place}` })
const alertTo = (...places: string[]) => ({
  name: 'many',
  insight,
  condition: { type: 'above', threshold: 1 },
  every: 'day',
  channels: places.map(webhook),
})
const send = (role: Role, method: string, path: string, body?: object) =>
  api.call(method, `${path}${path.includes('?') ? '&' : '?'}project=team`, body, as(role))

describe('a new receiver of alerts', () => {
  it('is named by an admin; members use those that there are', async () => {
    const early = await send('member', 'POST', '/api/alerts', alertTo('first'))
    expect(early).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } })
    expect(early.body.error).toMatchObject({ field: 'channels.0', allowed: ['admin', 'owner'] })

    expect((await send('admin', 'POST', '/api/alerts', alertTo('first', 'other'))).status).toBe(201)
    const own = await send('member', 'POST', '/api/alerts', alertTo('first'))
    expect(own.status).toBe(201)
    const path = `/api/alerts/${own.body.id}`
    const changed = { ...alertTo('first', 'stranger'), version: 1 }
    const refused = await send('member', 'PUT', path, changed)
    expect([refused.status, refused.body.error.field]).toEqual([403, 'channels.1'])
    const renamed = { ...alertTo('other'), name: 'more', version: 1 }
    expect((await send('member', 'PUT', path, renamed)).status).toBe(200)
  })

  it('does not come back with an old version, nor in a document', async () => {
    const made = await send('owner', 'POST', '/api/alerts', alertTo('gone'))
    const path = `/api/alerts/${made.body.id}`
    await send('owner', 'PUT', path, { ...alertTo('first'), version: 1 })
    expect((await send('member', 'POST', `${path}/restore`, { version: 1 })).status).toBe(403)

    const document = await exported()
    const [alert] = document.alerts
    const sly = { ...document, alerts: [{ ...alert, channels: [webhook('gone')] }] }
    const refused = await send('member', 'PUT', '/api/dashboards/import', sly)
    expect([refused.status, refused.body.error.field]).toEqual([403, 'alerts.0.channels.0'])
    expect((await send('admin', 'PUT', '/api/dashboards/import', sly)).status).toBe(200)
  })
})

describe('settings in a document', () => {
  it('are changed by an admin; members import all the rest', async () => {
    const document = { ...(await exported()), settings: { time_zone: 'Europe/Berlin' } }
    const refused = await send('member', 'PUT', '/api/dashboards/import', document)
    expect([refused.status, refused.body.error.field]).toEqual([403, 'settings'])
    expect((await send('admin', 'PUT', '/api/dashboards/import', document)).status).toBe(200)
    // Now they are what it says.
    expect((await send('member', 'PUT', '/api/dashboards/import', document)).status).toBe(200)
    const { settings: _, ...without } = document
    const path = '/api/dashboards/import?prune=true'
    expect((await send('member', 'PUT', path, without)).status).toBe(403)
  })
})

async function exported() {
  return (await send('member', 'GET', '/api/dashboards/export')).body
}
