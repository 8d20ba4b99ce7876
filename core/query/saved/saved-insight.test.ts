import type { ApiError } from '@headwater/schemas/insights/question'
import { SavedInsight } from '@headwater/schemas/insights/saved'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseAway } from '../../auth/database-away.ts'
import { openPostgres } from '../../auth/postgres.ts'
import { openTestApi, testClient } from '../test-api.ts'
import { metadataOn } from './metadata.ts'
import { savedInsight } from './saved-insight.ts'
import type { MetadataTables } from './tables.ts'
import { insightOn, openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const at = (project: string, rest = '') => `/api/insights${rest}?project=${project}`
const save = (project: string, name: string, more = {}) =>
  api.made(at(project), insightOn(project, name, more))

describe('a saved insight', () => {
  it('is read as it was saved, with what its question left out', async () => {
    const made = await save('read', 'Crème brûlée — 2026', { tags: ['a'], description: 'x\u0000' })
    expect(SavedInsight.parse(made)).toEqual(made)
    expect(made).toMatchObject({ key: 'creme-brulee-2026', version: 1, query: { interval: 'day' } })
    const { body, headers } = await api.get(at('read', `/${made.id}`))
    expect(body).toEqual(made)
    expect(headers.get('etag')).toBe('"1"')
  })

  it('has an example that can be saved as it stands', async () => {
    await api.made(at('default'), savedInsight.example)
  })

  it('gets another key when its own is taken, and keeps the one it was given', async () => {
    const keys = []
    for (let i = 0; i < 7; i++) keys.push((await save('keys', 'Same name')).key)
    expect(keys.slice(0, 3)).toEqual(['same-name', 'same-name-2', 'same-name-3'])
    expect(new Set(keys).size).toBe(7)
    expect(await save('keys', 'x', { key: 'mine' })).toMatchObject({ key: 'mine' })
    expect((await save('keys', '訪問者')).key).toMatch(/^ins-[0-9a-z]{8}$/)
    const { status, body } = await api.call('POST', at('keys'), {
      ...insightOn('keys', 'x'),
      key: 'mine',
    })
    expect([status, body.error.code, body.error.field]).toEqual([409, 'key_taken', 'key'])
  })

  it('is changed by whoever saw its newest version only', async () => {
    const { id } = await save('change', 'first')
    const put = (name: string, more = {}, headers = {}) =>
      api.call('PUT', at('change', `/${id}`), insightOn('change', name, more), headers)
    expect(await put('second', { version: 1 })).toMatchObject({ status: 200, body: { version: 2 } })
    const late = await put('third', { version: 1 })
    expect([late.status, late.body.error.code]).toEqual([409, 'version_conflict'])
    expect(late.body.error.message).toContain('it is at version 2, yours was 1')
    expect(await put('third', {}, { 'if-match': '"2"' })).toMatchObject({ body: { version: 3 } })
    expect((await put('fourth', {}, { 'if-match': '"2"' })).status).toBe(409)
    expect((await put('fourth')).body.error.field).toBe('version')
    expect((await put('fourth', {}, { 'if-match': 'x' })).status).toBe(400)
    expect((await api.get(at('change', `/${id}`))).body.name).toBe('third')
  })

  it('lets one of two who change it at the same time through', async () => {
    const { id } = await save('race', 'first')
    const put = (name: string) =>
      api.call('PUT', at('race', `/${id}`), insightOn('race', name, { version: 1 }))
    const answers = await Promise.all(['a', 'b', 'c'].map(put))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  })

  it('shows every version, and makes an old one the newest', async () => {
    const { id } = await save('history', 'one')
    await api.call('PUT', at('history', `/${id}`), insightOn('history', 'two', { version: 1 }))
    const { body } = await api.get(at('history', `/${id}/history`))
    expect(body.versions.map((v: { item: { name: string } }) => v.item.name)).toEqual([
      'two',
      'one',
    ])
    const page = await api.get(`${at('history', `/${id}/history`)}&limit=1`)
    expect(page.body.next).toBe(2)
    const rest = await api.get(`${at('history', `/${id}/history`)}&before=2`)
    expect(rest.body.versions).toMatchObject([{ version: 1, deleted: false }])
    const restore = (version: number) =>
      api.call('POST', at('history', `/${id}/restore`), { version })
    expect((await restore(1)).body).toMatchObject({ name: 'one', version: 3 })
    expect((await restore(9)).status).toBe(404)
  })

  it('is gone when it was deleted, and comes back when it is restored', async () => {
    const { id } = await save('deleted', 'one')
    const remove = (tag?: string) =>
      api.call('DELETE', at('deleted', `/${id}`), undefined, tag ? { 'if-match': tag } : {})
    expect((await remove('"7"')).status).toBe(409)
    expect((await remove('"1"')).body).toMatchObject({ version: 2, deleted_at: expect.any(String) })
    expect((await remove()).status).toBe(404)
    expect((await api.get(at('deleted', `/${id}`))).status).toBe(404)
    const put = insightOn('deleted', 'x', { version: 2 })
    expect((await api.call('PUT', at('deleted', `/${id}`), put)).status).toBe(404)
    expect((await api.get(at('deleted'))).body.items).toEqual([])
    const gone = await api.get(`${at('deleted')}&deleted=true`)
    expect(gone.body.items).toMatchObject([{ id, version: 2 }])
    const { body } = await api.call('POST', at('deleted', `/${id}/restore`), { version: 1 })
    expect(body).toMatchObject({ name: 'one', version: 3, deleted_at: null })
    const { versions } = (await api.get(at('deleted', `/${id}/history`))).body
    expect(versions.map((v: { deleted: boolean }) => v.deleted)).toEqual([false, true, false])
  })

  it('comes back under another key when its own was given away', async () => {
    const first = await save('given', 'Visits')
    await api.call('DELETE', at('given', `/${first.id}`))
    await save('given', 'Visits')
    const { body } = await api.call('POST', at('given', `/${first.id}/restore`), { version: 1 })
    expect(body).toMatchObject({ key: 'visits-2', name: 'Visits', version: 3 })
  })

  it('is found by text and tag, page by page', async () => {
    for (const name of ['Gamma', 'alpha', 'Beta']) await save('find', name, { tags: [name] })
    const names = async (params: string) => {
      const { body } = await api.get(`${at('find')}${params}`)
      return body.items.map(({ name }: { name: string }) => name)
    }
    expect(await names('')).toEqual(['alpha', 'Beta', 'Gamma'])
    expect(await names('&search=ETA')).toEqual(['Beta'])
    expect(await names('&tag=Gamma')).toEqual(['Gamma'])
    expect(await names('&tag=gam')).toEqual([])
    const first = (await api.get(`${at('find')}&limit=2`)).body
    expect(await names(`&limit=2&after=${encodeURIComponent(first.next)}`)).toEqual(['Gamma'])
  })

  it('is nobody’s but its project’s', async () => {
    const { id } = await save('mine', 'secret')
    const body = insightOn('theirs', 'x', { version: 1 })
    const tries = [
      api.get(at('theirs', `/${id}`)),
      api.get(at('theirs', `/${id}/history`)),
      api.call('PUT', at('theirs', `/${id}`), body),
      api.call('DELETE', at('theirs', `/${id}`)),
      api.call('POST', at('theirs', `/${id}/restore`), { version: 1 }),
    ]
    for (const { status, body } of await Promise.all(tries)) {
      expect([status, body.error.code]).toEqual([404, 'not_found'])
    }
    expect((await api.get(at('theirs'))).body.items).toEqual([])
    expect((await api.get(at('nobody'))).body.error.code).toBe('unknown_project')
    expect((await api.get(at('mine', `/${id}`))).body).toMatchObject({ version: 1 })
  })

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ key: 'Not A Key' }, 'key'],
    [{ tags: ['a', 'a'] }, 'tags'],
    [{ tags: ['\ud800'] }, 'tags.0'],
    [{ colour: 'red' }, 'colour'],
    [{ query: { kind: 'guess' } }, 'query.kind'],
    [{ query: { kind: 'stickiness', project: 'bad', series: [] } }, 'query.series'],
    [
      { query: { kind: 'stickiness', project: 'other', series: [{ event: 'a' }] } },
      'query.project',
    ],
    [
      {
        query: {
          kind: 'stickiness',
          project: 'bad',
          series: [{ event: 'a' }],
          interval: 'minute',
          date_from: '-2000d',
        },
      },
      'query.interval',
    ],
  ])('is refused as %j, naming the field', async (change, field) => {
    const { status, body } = await api.call('POST', at('bad'), {
      ...insightOn('bad', 'good'),
      ...change,
    })
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })

  it.each(['x', 'ins_short', "ins_1234567'", 'dash_7k2m9xqd', '%00'])(
    'is refused under the id %s',
    async (id) => {
      const { status } = await api.get(at('bad', `/${id}`))
      expect([400, 404]).toContain(status)
    },
  )
})

describe('a query service', () => {
  it('says that it keeps nothing, and answers questions, without a database', async () => {
    const events = await openTestApi()
    const { status, body } = await events.get<{ error: { code: string } }>('/api/insights', {
      project: 'default',
    })
    expect([status, body.error.code]).toEqual([503, 'not_configured'])
    const trend = await events.get('/api/trends', { project: 'default', event: '*' })
    expect(trend.status).toBe(200)
    await events.remove()
  })

  it('says that its database is away, in no words of the database', async () => {
    const client = testClient({
      store: { query: async () => [], dataVersion: async () => '1' },
      metadata: () => Promise.reject(new DatabaseAway(new Error('SELECT secret'))),
    })
    const params = { project: 'default' }
    const { status, headers, body } = await client.get<object>('/api/insights', params)
    expect([status, headers.get('retry-after')]).toEqual([503, '2'])
    expect(JSON.stringify(body)).toContain('metadata_unavailable')
    expect(JSON.stringify(body)).not.toContain('SELECT')
  })

  it('finds out by itself that nobody answers for its database', async () => {
    const db = openPostgres<MetadataTables>('postgres://127.0.0.1:1/nothing')
    const client = testClient({
      store: { query: async () => [], dataVersion: async () => '1' },
      metadata: metadataOn(() => db),
    })
    for (const path of ['/api/insights', '/api/alerts', '/api/dashboards/export']) {
      const { status, body } = await client.get<ApiError>(path, { project: 'default' })
      expect([status, body.error.code]).toEqual([503, 'metadata_unavailable'])
    }
    const trend = (more: object) =>
      client.get('/api/trends', { project: 'default', event: '*', ...more })
    const own = { time_zone: 'UTC', week_start: 'monday', exclude_internal: 'false' }
    expect([(await trend({})).status, (await trend(own)).status]).toEqual([503, 200])
    await db.destroy()
  })

  it('asks its database anew after it was away', async () => {
    let tries = 0
    const open = metadataOn(() => {
      tries++
      if (tries === 1) throw new DatabaseAway(new Error('no'))
      return api.db
    })
    await expect(open()).rejects.toThrow(DatabaseAway)
    const [first, second] = await Promise.all([open(), open()])
    expect([first === second, tries]).toEqual([true, 2])
  })
})
