import { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import { InsightQuery } from '@headwater/schemas/insights/insight'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { savedDashboard } from './saved-dashboard.ts'
import { insightOn, openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const at = (project: string, rest = '') => `/api/dashboards${rest}?project=${project}`
const insight = async (project: string, name: string, query = {}) => {
  const body = insightOn(project, name)
  return api.made(`/api/insights?project=${project}`, {
    ...body,
    query: { ...body.query, ...query },
  })
}
const place = { x: 0, y: 0, w: 6, h: 4 }

describe('a dashboard', () => {
  it('is read with its tiles in order and the insights they show', async () => {
    const [a, b] = [await insight('read', 'a'), await insight('read', 'b')]
    const tiles = [
      { insight: b.id, ...place },
      { text: 'Read *this*', ...place, x: 6 },
      { insight: a.id, ...place, y: 4 },
      { insight: b.id, ...place, y: 8 },
    ]
    const made = await api.made(at('read'), { name: 'Week', tiles })
    expect(SavedDashboard.parse(made)).toEqual(made)
    expect(made).toMatchObject({ key: 'week', tiles, filters: [] })
    expect(made.insights.map(({ id }: { id: string }) => id)).toEqual([b.id, a.id])
    expect((await api.get(at('read', `/${made.id}`))).body).toEqual(made)
    expect((await api.get(at('read'))).body.items[0]).not.toHaveProperty('insights')
  })

  it('has an example that can be saved as it stands', async () => {
    await api.made(at('default'), savedDashboard.example)
  })

  it('asks its insights for its own dates, and for what passes its filters too', async () => {
    const mine = { property: 'a', operator: 'is', value: 1 }
    const theirs = { property: 'b', operator: 'is', value: 2 }
    const dates = { date_from: '2026-01-01', date_to: '2026-02-01' }
    const { id } = await insight('override', 'x', { ...dates, filters: [theirs] })
    const queryOf = async (more: object) => {
      const made = await api.made(at('override'), {
        name: 'd',
        tiles: [{ insight: id, ...place }],
        ...more,
      })
      return InsightQuery.parse(made.insights[0].query)
    }
    expect(await queryOf({})).toMatchObject({ ...dates, filters: [theirs] })
    const asked = await queryOf({ date_from: '-3d', filters: [mine] })
    expect(asked).toMatchObject({ date_from: '-3d', filters: [theirs, mine] })
    expect(asked).not.toHaveProperty('date_to')
    expect(await queryOf({ date_from: '-3d', date_to: '-1d' })).toMatchObject({ date_to: '-1d' })
  })

  it('keeps an insight that it shows from being deleted, until it does not', async () => {
    const { id } = await insight('used', 'x')
    const tiles = [{ insight: id, ...place }]
    const made = await api.made(at('used'), { name: 'd', tiles })
    const remove = () => api.call('DELETE', `/api/insights/${id}?project=used`)
    const refused = await remove()
    expect([refused.status, refused.body.error.code]).toEqual([409, 'in_use'])
    expect(refused.body.error.message).toContain(made.id)
    const empty = { name: 'd', version: 1, tiles: [] }
    expect((await api.call('PUT', at('used', `/${made.id}`), empty)).status).toBe(200)
    expect((await remove()).status).toBe(200)
    // What it showed is gone: the version that shows it cannot come back before it does.
    const restore = () => api.call('POST', at('used', `/${made.id}/restore`), { version: 1 })
    expect((await restore()).body.error.field).toBe('tiles.0.insight')
    await api.call('POST', `/api/insights/${id}/restore?project=used`, { version: 1 })
    expect((await restore()).body).toMatchObject({ version: 3, tiles })
  })

  it('shows no insight of another project', async () => {
    const { id } = await insight('theirs', 'x')
    const tiles = [{ insight: id, ...place }]
    const { status, body } = await api.call('POST', at('ours'), { name: 'd', tiles })
    expect([status, body.error.field]).toEqual([400, 'tiles.0.insight'])
    const dashboard = await api.made(at('theirs'), { name: 'd', tiles })
    for (const [method, rest, sent] of [
      ['GET', ''],
      ['GET', '/history'],
      ['PUT', '', { name: 'd', version: 1 }],
      ['DELETE', ''],
      ['POST', '/restore', { version: 1 }],
    ] as const) {
      const answer = await api.call(method, at('ours', `/${dashboard.id}${rest}`), sent)
      expect([method, answer.status]).toEqual([method, 404])
    }
  })

  it.each([
    [{ tiles: [{ text: 'a', x: 7, y: 0, w: 6, h: 1 }] }, 'tiles.0.w'],
    [{ tiles: [{ text: 'a', x: -1, y: 0, w: 6, h: 1 }] }, 'tiles.0.x'],
    [{ tiles: [{ text: '', ...place }] }, 'tiles.0.text'],
    [{ tiles: [{ insight: 'x', ...place }] }, 'tiles.0.insight'],
    [{ tiles: [{ insight: 'ins_00000000', ...place }] }, 'tiles.0.insight'],
    [{ date_to: '-1d' }, 'date_to'],
    [{ date_from: '-1d', date_to: '-3d' }, 'date_from'],
    [{ filters: [{ property: 'a' }] }, 'filters.0.value'],
    [{ filters: [{ property: 'a', operator: 'gt', value: 'x' }] }, 'filters.0.value'],
    [{ colour: 1 }, 'colour'],
  ])('is refused as %j, naming the field', async (change, field) => {
    const { status, body } = await api.call('POST', at('bad'), { name: 'd', ...change })
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })
})
