import { describe, expect, it } from 'vitest'
import { base64, newPerson, post, recordsAbout, request, writeKey } from './test/edge.ts'
import { withoutPrefix } from './url.ts'

const body = (person: string) =>
  JSON.stringify({ api_key: writeKey, event: 'a', distinct_id: person })

describe('under a prefix that a proxy leaves in the path', () => {
  it('events are taken as anywhere else, in every dialect', async () => {
    const person = newPerson()
    const basic = { authorization: `Basic ${base64(`${writeKey}:`)}` }
    const call = JSON.stringify({ userId: person, event: 'a' })
    const query = new URLSearchParams({ api_key: writeKey, distinct_id: person })
    for (const response of [
      await post('/ingest/batch', body(person)),
      await post('/ingest/e/?beacon=1', body(person)),
      await post('/ingest/v1/t', call, basic),
      await request(`/ingest/pixel.gif?${query}`),
    ]) {
      expect(response.status).toBe(200)
      await response.arrayBuffer()
    }
    expect(await recordsAbout(person, 4)).toHaveLength(4)
  })

  it('everything that clients ask for is there, and says the way back', async () => {
    expect((await request('/ingest/analytics.js')).status).toBe(200)
    expect((await request(`/ingest/array/${writeKey}/config`)).status).toBe(200)
    const settings = await (await request(`/ingest/v1/projects/${writeKey}/settings`)).json()
    expect(settings).toMatchObject({
      integrations: { 'Segment.io': { apiHost: 'edge.test/ingest/v1' } },
    })
  })

  it('refusals keep their dialect, and pages may read them', async () => {
    const response = await post('/ingest/v1/t', '{"userId":"a"}', { origin: 'https://a.example' })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example')
    expect(await response.json()).toMatchObject({ success: false, code: 'missing_write_key' })
  })

  it('there is nothing for the operator, and no second prefix', async () => {
    for (const path of [
      '/ingest/_metrics',
      '/ingest/_health',
      '/ingest/ingest/batch',
      '/other/e',
    ]) {
      expect((await request(path)).status, path).toBe(404)
    }
  })

  it('the path is what is left, whatever it is', () => {
    const cut = (path: string) => withoutPrefix(`https://e.example${path}`, ['/hw', '/a/b'])
    expect(cut('/hw/batch?x=/hw')).toEqual({
      address: 'https://e.example/batch?x=/hw',
      prefix: '/hw',
    })
    expect(cut('/a/b/e/')).toEqual({ address: 'https://e.example/e/', prefix: '/a/b' })
    expect(cut('/hw')?.address).toBe('https://e.example/')
    expect(cut('/hw?data=1')?.address).toBe('https://e.example/?data=1')
    expect([cut('/hwx/e'), cut('/a/e'), cut('/'), cut('/hw/_metrics')]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })
})

describe('the place of a person behind somebody’s proxy', () => {
  const cf = { country: 'DE', city: 'Frankfurt' } as const
  const placeOf = async (headers: Record<string, string>, seen: object = cf) => {
    const person = newPerson()
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0' }
    await post('/batch', body(person), { ...browser, ...headers }, seen)
    const [record] = await recordsAbout(person)
    return [record?.country, record?.city]
  }

  it('is not the proxy’s', async () => {
    expect(await placeOf({ 'x-forwarded-for': '203.0.113.9' })).toEqual(['DE', 'Frankfurt'])
    expect(await placeOf({ 'x-forwarded-for': '203.0.113.9, 198.51.100.7' })).toEqual(['', ''])
  })

  it('is the country that the proxy names', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }
    expect(await placeOf({ ...proxied, 'x-headwater-country': 'NZ' })).toEqual(['NZ', ''])
    expect(await placeOf({ ...proxied, 'x-headwater-country': 'nowhere' })).toEqual(['', ''])
    expect(await placeOf({ 'x-headwater-country': 'NZ' })).toEqual(['DE', 'Frankfurt'])
    expect(await placeOf({ 'x-headwater-country': 'NZ' }, {})).toEqual(['NZ', ''])
  })
})
