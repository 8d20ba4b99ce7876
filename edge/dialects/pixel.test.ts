import { describe, expect, it } from 'vitest'
import { base64, newPerson, recordsAbout, request, writeKey } from '../test/edge.ts'

const BROWSER = {
  'user-agent':
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
}

describe('a picture', () => {
  it('is an event of its parameters, and of the browser that shows it', async () => {
    const person = newPerson()
    const response = await show('/pixel.gif', {
      api_key: writeKey,
      event: 'opened',
      distinct_id: person,
      url: 'https://shop.example/news?utm_source=mail',
      referrer: 'https://search.example/',
      title: 'News',
      timestamp: '2026-11-20T10:00:00Z',
      uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
      properties: '{"issue":7,"tags":["a"]}',
    })
    await expectPicture(response, 200)
    expect(response.headers.get('x-headwater-error')).toBeNull()
    expect(await recordsAbout(person)).toMatchObject([
      {
        uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
        event: 'opened',
        timestamp: Date.parse('2026-11-20T10:00:00Z'),
        current_url: 'https://shop.example/news?utm_source=mail',
        referring_domain: 'search.example',
        utm_source: 'mail',
        browser: 'Safari',
        lib: 'pixel',
        properties: { issue: 7, tags: ['a'], $title: 'News' },
      },
    ])
  })

  it('is a page view of the page around it, when it says nothing else', async () => {
    const person = newPerson()
    const parameters = { api_key: writeKey, distinct_id: person }
    await show('/pixel.gif', parameters, { ...BROWSER, referer: 'https://shop.example/plain' })
    expect(await recordsAbout(person)).toMatchObject([
      { event: '$pageview', current_url: 'https://shop.example/plain' },
    ])
  })

  it.each([
    [{ api_key: writeKey, distinct_id: ' ' }, 400, 'missing_distinct_id'],
    [{ distinct_id: 'a' }, 401, 'missing_write_key'],
    [{ api_key: 'wk_a_1_b', distinct_id: 'a' }, 401, 'invalid_write_key'],
    [{ api_key: writeKey, distinct_id: 'a', properties: '{' }, 400, 'malformed_json'],
    [{ api_key: writeKey, distinct_id: 'a', properties: '[]' }, 400, 'malformed_json'],
  ])('stays a picture when nothing is stored, and says why: %#', async (query, status, reason) => {
    const response = await show('/pixel.gif', query as Record<string, string>)
    await expectPicture(response, status)
    expect(response.headers.get('x-headwater-error')).toMatch(new RegExp(`^${reason}: .{10}`))
  })
})

describe('Segment’s and RudderStack’s pictures', () => {
  it('carry a call as base64', async () => {
    const person = newPerson()
    const call = { writeKey, userId: person, event: 'Opened', properties: { n: 1 } }
    await expectPicture(await show('/v1/pixel/track', { data: base64(JSON.stringify(call)) }), 200)
    expect(await recordsAbout(person)).toMatchObject([{ event: 'Opened', properties: { n: 1 } }])
  })

  it('carry a call in their parameters', async () => {
    const person = newPerson()
    const response = await show('/pixel/v1/page', {
      writeKey,
      anonymousId: person,
      name: 'Home',
      'properties.plan': 'team',
      'context.page.title': 'Start',
      '__proto__.polluted': '1',
    })
    await expectPicture(response, 200)
    expect(await recordsAbout(person)).toMatchObject([
      { event: '$pageview', properties: { name: 'Home', plan: 'team', $title: 'Start' } },
    ])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('say in a header what is wrong with them', async () => {
    const nobody = await show('/pixel/v1/track', { writeKey, event: 'a' })
    await expectPicture(nobody, 400)
    expect(nobody.headers.get('x-headwater-error')).toContain('missing_distinct_id')
    const empty = await show('/v1/pixel/track', {})
    await expectPicture(empty, 400)
    expect(empty.headers.get('x-headwater-error')).toContain('empty_batch')
  })
})

function show(
  path: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = BROWSER,
): Promise<Response> {
  return request(`${path}?${new URLSearchParams(parameters)}`, { headers })
}

async function expectPicture(response: Response, status: number): Promise<void> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('image/gif')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(new TextDecoder('latin1').decode(bytes.subarray(0, 6))).toBe('GIF89a')
  expect([...bytes.subarray(6, 10)]).toEqual([1, 0, 1, 0])
}
