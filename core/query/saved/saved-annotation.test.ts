import { SavedAnnotation } from '@headwater/schemas/insights/annotation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { savedAnnotation } from './saved-annotation.ts'
import { insightOn, openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const at = (project: string, rest = '') => `/api/annotations${rest}?project=${project}`
const note = (project: string, time: string, more = {}) =>
  api.made(at(project), { time, text: 'x', ...more })
const times = async (project: string, params = '') =>
  (await api.get(`${at(project)}${params}`)).body.items.map(({ time }: { time: string }) => time)

describe('an annotation', () => {
  it('is kept in UTC, and listed by its time', async () => {
    const made = await note('times', '2026-06-01T02:00:00+02:00')
    expect(SavedAnnotation.parse(made)).toEqual(made)
    expect(made).toMatchObject({ time: '2026-06-01T00:00:00.000Z', scope: 'project' })
    await note('times', '2026-05-01T00:00:00.5Z')
    await note('times', '2026-06-01T00:00:00Z')
    const all = await times('times')
    expect(all).toEqual([
      '2026-05-01T00:00:00.500Z',
      '2026-06-01T00:00:00.000Z',
      '2026-06-01T00:00:00.000Z',
    ])
    const [june, before] = ['2026-06-01T00:00:00Z', '2026-06-01T02:00:00%2B02:00']
    expect(await times('times', `&from=${june}`)).toEqual(all.slice(1))
    expect(await times('times', `&to=${before}`)).toEqual(all.slice(0, 1))
    const { next } = (await api.get(`${at('times')}&limit=2`)).body
    expect(await times('times', `&after=${encodeURIComponent(next)}`)).toHaveLength(1)
  })

  it('has an example that can be saved as it stands', async () => {
    await api.made(at('default'), savedAnnotation.example)
  })

  it('belongs to the project, a dashboard or an insight', async () => {
    const insight = await api.made('/api/insights?project=scopes', insightOn('scopes', 'i'))
    const dashboard = await api.made('/api/dashboards?project=scopes', { name: 'd' })
    await note('scopes', '2026-01-01T00:00:00Z')
    await note('scopes', '2026-01-02T00:00:00Z', { scope: { insight: insight.id } })
    await note('scopes', '2026-01-03T00:00:00Z', { scope: { dashboard: dashboard.id } })
    const days = async (scope: string) =>
      (await times('scopes', `&scope=${scope}`)).map((time: string) => time.slice(8, 10))
    expect(await days('project')).toEqual(['01'])
    expect(await days(insight.id)).toEqual(['02'])
    expect(await days(dashboard.id)).toEqual(['03'])
    // A note is no reason to keep what it is about.
    const { status } = await api.call('DELETE', `/api/insights/${insight.id}?project=scopes`)
    expect(status).toBe(200)
  })

  it('is changed, deleted and restored', async () => {
    const { id } = await note('life', '2026-01-01T00:00:00Z')
    const later = { time: '2026-02-01T00:00:00Z', text: 'y', version: 1 }
    expect((await api.call('PUT', at('life', `/${id}`), later)).body).toMatchObject({ version: 2 })
    expect(await times('life', '&from=2026-02-01T00:00:00Z')).toHaveLength(1)
    await api.call('DELETE', at('life', `/${id}`))
    expect(await times('life')).toEqual([])
    await api.call('POST', at('life', `/${id}/restore`), { version: 1 })
    expect(await times('life')).toEqual(['2026-01-01T00:00:00.000Z'])
    expect((await api.get(at('other', `/${id}`))).status).toBe(404)
  })

  it.each([
    [{ time: 'yesterday' }, 'time'],
    [{ time: '2026-02-30T00:00:00Z' }, 'time'],
    [{ text: ' ' }, 'text'],
    [{ scope: 'galaxy' }, 'scope'],
    [{ scope: { insight: 'ins_00000000' } }, 'scope.insight'],
    [{ scope: { dashboard: 'ins_00000000' } }, 'scope.dashboard'],
  ])('is refused as %j, naming the field', async (change, field) => {
    const good = { time: '2026-01-01T00:00:00Z', text: 'x' }
    const { status, body } = await api.call('POST', at('bad'), { ...good, ...change })
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })
})
