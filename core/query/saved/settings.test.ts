import { ProjectSettings } from '@headwater/schemas/insights/settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClient } from '../test-api.ts'
import { openSavedApi, type SavedApi } from './test-saved.ts'

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const at = (project: string, rest = '') => `/api/settings${rest}?project=${project}`
const put = (project: string, body: object, headers = {}) =>
  api.call('PUT', at(project), body, headers)

const OUTSIDE = [{ property: '$host', operator: 'is_not', value: ['localhost'] }]
const CHANGED = {
  time_zone: 'Asia/Kolkata',
  week_start: 'sunday',
  internal_users_filters: OUTSIDE,
  filter_internal_by_default: true,
}

describe('the settings of a project', () => {
  it('are the documented defaults until somebody changes them', async () => {
    const { status, body, headers } = await api.get(at('fresh'))
    expect([status, headers.get('etag')]).toEqual([200, '"0"'])
    expect(ProjectSettings.parse(body)).toEqual(body)
    expect(body).toEqual({
      version: 0,
      updated_at: null,
      time_zone: 'UTC',
      week_start: 'monday',
      internal_users_filters: [],
      filter_internal_by_default: false,
    })
  })

  it('are read as they were changed, by their own project only', async () => {
    const { status, body, headers } = await put('mine', { ...CHANGED, version: 0 })
    expect([status, headers.get('etag')]).toEqual([200, '"1"'])
    expect(body).toMatchObject({ ...CHANGED, version: 1 })
    expect((await api.get(at('mine'))).body).toEqual(body)
    expect((await api.get(at('other'))).body).toMatchObject({ version: 0, time_zone: 'UTC' })
  })

  it('have their default again where a change leaves one out', async () => {
    await put('again', { ...CHANGED, version: 0 })
    const { body } = await put('again', { week_start: 'saturday' }, { 'if-match': '"1"' })
    expect(body).toMatchObject({ version: 2, time_zone: 'UTC', week_start: 'saturday' })
  })

  it('are changed by whoever saw their newest version only', async () => {
    expect((await put('seen', CHANGED)).body.error.field).toBe('version')
    expect((await put('seen', { ...CHANGED, version: 1 })).status).toBe(409)
    const first = await Promise.all(['UTC', 'Asia/Tokyo', 'Europe/Berlin'].map(changeTo))
    expect(first.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const late = await put('seen', { ...CHANGED, version: 0 })
    expect([late.status, late.body.error.code]).toEqual([409, 'version_conflict'])
    expect(late.body.error.message).toContain('they are at version 1, yours was 0')
  })
  const changeTo = (time_zone: string) => put('seen', { time_zone, version: 0 })

  it('show every version, the newest first', async () => {
    expect((await api.get(at('past', '/history'))).body).toEqual({ versions: [], next: null })
    await put('past', { time_zone: 'Asia/Tokyo', version: 0 })
    await put('past', { time_zone: 'Europe/Berlin', version: 1 })
    const { body } = await api.get(at('past', '/history'))
    expect(body).toMatchObject({
      versions: [
        { version: 2, deleted: false, item: { time_zone: 'Europe/Berlin' } },
        { version: 1, item: { time_zone: 'Asia/Tokyo' } },
      ],
      next: null,
    })
    const page = await api.get(`${at('past', '/history')}&limit=1`)
    expect(page.body).toMatchObject({ versions: [{ version: 2 }], next: 2 })
    const rest = await api.get(`${at('past', '/history')}&before=2`)
    expect(rest.body).toMatchObject({ versions: [{ version: 1 }], next: null })
  })

  it.each([
    [{ time_zone: 'Mars/Base' }, 'time_zone'],
    [{ week_start: 'friday' }, 'week_start'],
    [{ colour: 'red' }, 'colour'],
    [{ filter_internal_by_default: 'yes' }, 'filter_internal_by_default'],
    [
      { internal_users_filters: [{ property: 'a', operator: 'like', value: 1 }] },
      'internal_users_filters.0.operator',
    ],
    [
      { internal_users_filters: [...OUTSIDE, { property: 'a', operator: 'gt', value: 'x' }] },
      'internal_users_filters.1.value',
    ],
  ])('are refused with %j, which is named', async (change, field) => {
    const { status, body } = await put('bad', { ...CHANGED, ...change, version: 0 })
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field })])
    expect((await api.get(at('bad'))).body.version).toBe(0)
  })

  it('are refused of a project that is not there, and by a service that keeps nothing', async () => {
    expect((await api.get(at('nobody'))).body.error.code).toBe('unknown_project')
    const bare = testClient({ store: { query: async () => [], dataVersion: async () => '1' } })
    const { status, body } = await bare.get<{ error: { code: string } }>('/api/settings', {
      project: 'default',
    })
    expect([status, body.error.code]).toEqual([503, 'not_configured'])
  })
})
