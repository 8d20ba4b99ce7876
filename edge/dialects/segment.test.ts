import { describe, expect, it } from 'vitest'
import {
  base64,
  gzip,
  newPerson,
  post,
  recordsAbout,
  request,
  writeKey,
  writeKeyOf,
} from '../test/edge.ts'
import { noise } from '../test/noise.ts'

const basic = { authorization: `Basic ${base64(`${writeKey}:`)}` }

describe('Segment’s clients', () => {
  it.each([
    ['track', 'Signed Up'],
    ['t', 'Signed Up'],
    ['page', '$pageview'],
    ['p', '$pageview'],
    ['screen', '$screen'],
    ['s', '$screen'],
    ['identify', '$identify'],
    ['i', '$identify'],
    ['group', '$groupidentify'],
    ['g', '$groupidentify'],
    ['alias', '$create_alias'],
    ['a', '$create_alias'],
  ])('send a call to /v1/%s: %s', async (path, event) => {
    const person = newPerson()
    for (const address of [`/v1/${path}`, `/v1/${path}/`]) {
      const response = await post(
        address,
        JSON.stringify({ userId: person, event: 'Signed Up' }),
        basic,
      )
      expect(await response.text()).toBe('{"success":true,"accepted":1,"dropped":[]}')
      expect(response.status).toBe(200)
    }
    expect(await recordsAbout(person, 2)).toMatchObject([{ event }, { event }])
  })

  it.each(['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'])(
    'send a batch to %s',
    async (path) => {
      const person = newPerson()
      const batch = [
        { type: 'track', userId: person, event: 'one' },
        { type: 'page', userId: person, context: { page: { title: 'two' } } },
      ]
      const context = {
        library: { name: 'analytics-python', version: '2.3' },
        page: { title: 'all' },
      }
      const response = await post(path, JSON.stringify({ writeKey, batch, context }))
      expect(response.status).toBe(200)
      const records = await recordsAbout(person, 2)
      expect(records).toMatchObject([
        { event: 'one', lib: 'analytics-python', properties: { $title: 'all' } },
        { event: '$pageview', lib: 'analytics-python' },
      ])
      expect(records[1]?.properties.$title).toBe('two')
    },
  )

  it('name their key as user, as bearer, in the body or in the query', async () => {
    const call = { userId: newPerson(), event: 'a' }
    const responses = [
      await post('/v1/track', JSON.stringify(call), basic),
      await post('/v1/track', JSON.stringify({ ...call, writeKey }), basic),
      await post('/v1/track', JSON.stringify(call), { authorization: `Bearer ${writeKey}` }),
      await post('/v1/track', JSON.stringify({ ...call, writeKey })),
      await post(`/v1/track?writeKey=${writeKey}`, JSON.stringify(call)),
    ]
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('may pack a body, and say whatever they like of its type', async () => {
    const person = newPerson()
    const body = await gzip(
      JSON.stringify({ batch: [{ type: 'track', userId: person, event: 'a' }] }),
    )
    const form = { ...basic, 'content-type': 'application/x-www-form-urlencoded' }
    expect((await post('/v1/batch', body, { ...form, 'content-encoding': 'gzip' })).status).toBe(
      200,
    )
    expect((await post('/v1/batch', body, { ...basic, 'content-type': 'text/plain' })).status).toBe(
      200,
    )
    expect(await recordsAbout(person, 2)).toHaveLength(2)
  })

  it('have a message stored under one uuid, however often they send it', async () => {
    const person = newPerson()
    const call = JSON.stringify({ userId: person, event: 'a', messageId: 'order-77' })
    await post('/v1/track', call, basic)
    await post('/v1/track', call, basic)
    const [first, second] = await recordsAbout(person, 2)
    expect(first?.uuid).toBe(second?.uuid)
    expect(first?.properties.$message_id).toBe('order-77')
  })

  it('are told which calls were dropped, in their own words; the others are kept', async () => {
    const person = newPerson()
    const batch = [
      { type: 'track', event: 'nobody' },
      { type: 'track', userId: person, event: 'good' },
      { type: 'merge', userId: person },
      { type: 'track', userId: person },
    ]
    const response = await post('/v1/batch', JSON.stringify({ writeKey, batch }))
    expect(response.status).toBe(200)
    const { success, accepted, dropped } = (await response.json()) as Answer
    expect({ success, accepted }).toEqual({ success: true, accepted: 1 })
    expect(dropped.map(({ index, reason }) => [index, reason])).toEqual([
      [0, 'missing_distinct_id'],
      [2, 'invalid_event'],
      [3, 'missing_event'],
    ])
    expect(dropped[0]?.message).toContain('userId')
    expect(dropped[1]?.message).toContain('identify')
    expect(await recordsAbout(person)).toHaveLength(1)
  })

  it('have a wrong clock corrected, but not the times of an import', async () => {
    const hour = 3_600_000
    const [timestamp, sentAt] = [2, 1].map((hours) =>
      new Date(Date.now() - hours * hour).toISOString(),
    )
    const times = async (path: string) => {
      const person = newPerson()
      const batch = [{ type: 'track', userId: person, event: 'a', timestamp }]
      await post(path, JSON.stringify({ writeKey, sentAt, batch }))
      const [record] = await recordsAbout(person)
      return { at: new Date(record?.timestamp ?? 0).toISOString(), note: record?.time_note }
    }
    expect(await times('/v1/import')).toEqual({ at: timestamp, note: '' })
    const corrected = await times('/v1/batch')
    expect(corrected.note).toBe('skew')
    expect(Date.parse(corrected.at) - Date.parse(timestamp ?? '')).toBe(hour)
  })

  it('may ask with headers of their own from any page', async () => {
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-headers': 'anonymousid,authorization,content-type,x-retry-count',
    }
    const response = await request('/v1/t', { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe(
      headers['access-control-request-headers'],
    )
  })
})

describe('Segment’s clients are refused', () => {
  it.each([
    ['without a key', {}, '{"userId":"a","event":"a"}', 401, 'missing_write_key'],
    [
      'with a key nobody signed',
      {},
      '{"writeKey":"wk_a_1_b","event":"a"}',
      401,
      'invalid_write_key',
    ],
    ['with no JSON', basic, 'hello', 400, 'malformed_json'],
    ['with an array', basic, '[]', 400, 'malformed_json'],
    ['with nothing', basic, '', 400, 'empty_batch'],
  ])('%s', async (_name, headers, body, status, code) => {
    await expectRefused(
      await post('/v1/track', body, headers as Record<string, string>),
      status,
      code,
    )
  })

  it('in words that name their fields', async () => {
    const answer = await (await post('/v1/track', '{"userId":"a","event":"a"}')).json()
    expect(answer).toMatchObject({ field: 'writeKey' })
    expect((answer as { message: string }).message).toContain('"writeKey"')
  })

  it('with two keys, or a batch of none', async () => {
    const other = await writeKeyOf('other')
    const call = JSON.stringify({ writeKey: other, userId: 'a', event: 'a' })
    await expectRefused(await post('/v1/track', call, basic), 401, 'mixed_write_keys')
    await expectRefused(await post('/v1/batch', '{"batch":[]}', basic), 400, 'empty_batch')
    await expectRefused(await post('/v1/batch', '{"batch":{}}', basic), 400, 'malformed_json')
  })

  it('with 429 and a time to come back when the buffer is full', async () => {
    const userId = newPerson()
    const batch = Array.from({ length: 40 }, () => ({
      type: 'track',
      userId,
      event: 'a',
      properties: { text: noise(5_000) },
    }))
    const response = await post('/v1/batch', JSON.stringify({ writeKey, batch }))
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    await expectRefused(response, 429, 'backlog_full')
  })
})

describe('what Segment’s and RudderStack’s clients ask for first', () => {
  it('tells analytics.js to send here', async () => {
    const response = await request(`/v1/projects/${writeKey}/settings`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({
      integrations: {
        'Segment.io': { apiKey: writeKey, apiHost: 'edge.test/v1', protocol: 'http' },
      },
    })
  })

  it('gives RudderStack a source without destinations, by query or user', async () => {
    for (const response of [
      await request(`/sourceConfig/?writeKey=${writeKey}&p=npm`),
      await request('/sourceConfig', { headers: basic }),
    ]) {
      expect(await response.json()).toMatchObject({
        source: { id: writeKey, enabled: true, config: {}, destinations: [] },
      })
    }
  })

  it('takes their reports on themselves quietly, and has no script of theirs', async () => {
    expect((await post('/v1/m', '{"series":[]}')).status).toBe(200)
    const script = await request(`/analytics.js/v1/${writeKey}/analytics.min.js`)
    expect(script.status).toBe(404)
    expect(await script.text()).toContain('cdnURL')
  })
})

interface Answer {
  success: boolean
  accepted: number
  dropped: { index: number; reason: string; message: string }[]
}

async function expectRefused(response: Response, status: number, code: string): Promise<void> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  const answer = JSON.parse(text) as { success: boolean; code: string; message: string }
  expect(answer).toMatchObject({ success: false, code })
  expect(answer.message.length).toBeGreaterThan(10)
}
