import { describe, expect, it } from 'vitest'
import { gzip, newPerson, post, recordsAbout, writeKey } from '../test/edge.ts'
import { noise } from '../test/noise.ts'

const PATH = '/i/v1/analytics/events'
const UUIDS = [1, 2, 3, 4].map((n) => `0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c4${n}`)
const HOUR = 3_600_000

describe('Capture v1', () => {
  it('gives a verdict for every event by its uuid, and keeps the good ones', async () => {
    const distinct_id = newPerson()
    const response = await send([
      event(0, { distinct_id }),
      event(1, { event: '' }),
      event(2, { distinct_id: ' ' }),
      event(3, { distinct_id, properties: 'text' }),
    ])
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      results: {
        [UUIDS[0] ?? '']: { result: 'ok' },
        [UUIDS[1] ?? '']: { result: 'drop', details: 'missing_event' },
        [UUIDS[2] ?? '']: { result: 'drop', details: 'missing_distinct_id' },
        [UUIDS[3] ?? '']: { result: 'drop', details: 'invalid_properties' },
      },
    })
    expect(await recordsAbout(distinct_id)).toMatchObject([{ uuid: UUIDS[0], event: 'signup' }])
  })

  it('reads what stands beside the properties, and the SDK of the header', async () => {
    const distinct_id = newPerson()
    const properties = { plan: 'team', $set: { name: 'Ann' }, $set_once: { first: 1 } }
    const options = {
      process_person_profile: 'false',
      cookieless_mode: true,
      product_tour_id: 't',
    }
    const beside = { session_id: 's-1', window_id: 'w-1', options }
    await send([event(0, { distinct_id, properties, ...beside })])
    expect(await recordsAbout(distinct_id)).toMatchObject([
      {
        session_id: 's-1',
        lib: 'posthog-node',
        lib_version: '5.70.0',
        person_set: { name: 'Ann' },
        person_set_once: { first: 1 },
        properties: {
          plan: 'team',
          $window_id: 'w-1',
          $process_person_profile: false,
          $cookieless_mode: true,
          $product_tour_id: 't',
        },
      },
    ])
  })

  it('corrects a wrong clock by the time of the request, where the event does not forbid it', async () => {
    const distinct_id = newPerson()
    const timestamp = new Date(Date.now() - 2 * HOUR).toISOString()
    const sentAt = new Date(Date.now() - HOUR).toISOString()
    const kept = { disable_skew_correction: true }
    await send(
      [event(0, { distinct_id, timestamp }), event(1, { distinct_id, timestamp, options: kept })],
      { 'posthog-request-timestamp': sentAt },
    )
    const records = await recordsAbout(distinct_id, 2)
    expect(records.map(({ uuid, timestamp: at, time_note }) => [uuid, at, time_note])).toEqual([
      [UUIDS[0], Date.parse(timestamp) + HOUR, 'skew'],
      [UUIDS[1], Date.parse(timestamp), ''],
    ])
  })

  it('makes a uuid for an event that has none, and names it by that', async () => {
    const distinct_id = newPerson()
    const response = await send([{ event: 'a', distinct_id }])
    const { results } = (await response.json()) as { results: object }
    const [record] = await recordsAbout(distinct_id)
    expect(results).toEqual({ [record?.uuid ?? '']: { result: 'ok' } })
  })

  it('may be gzip', async () => {
    const body = await gzip(JSON.stringify({ batch: [event(0, { distinct_id: newPerson() })] }))
    const headers = { authorization: `Bearer ${writeKey}`, 'content-encoding': 'gzip' }
    expect((await post(PATH, body, headers)).status).toBe(200)
  })

  it.each([
    ['no key', {}, '{"batch":[{}]}', 401, 'missing_write_key'],
    ['a wrong key', { authorization: 'Bearer phc_a' }, '{"batch":[{}]}', 401, 'invalid_write_key'],
    ['no JSON', {}, 'hello', 400, 'malformed_json'],
    ['no batch', {}, '{}', 400, 'malformed_json'],
    ['an empty batch', {}, '{"batch":[]}', 400, 'empty_batch'],
  ])('refuses a request with %s', async (_name, headers, body, status, error) => {
    await expectRefused(await post(PATH, body, headers as Record<string, string>), status, error)
  })

  it('says when to come back when the buffer is full', async () => {
    const distinct_id = newPerson()
    const batch = Array.from({ length: 40 }, () => ({
      event: 'a',
      distinct_id,
      properties: { text: noise(5_000) },
    }))
    const response = await send(batch)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    await expectRefused(response, 503, 'backlog_full')
  })
})

function event(n: number, more: object): object {
  return { uuid: UUIDS[n], event: 'signup', distinct_id: 'ann', properties: {}, ...more }
}

function send(batch: object[], headers: Record<string, string> = {}): Promise<Response> {
  return post(PATH, JSON.stringify({ created_at: new Date().toISOString(), batch }), {
    authorization: `Bearer ${writeKey}`,
    'content-type': 'application/json',
    'posthog-sdk-info': 'posthog-node/5.70.0',
    'posthog-attempt': '1',
    ...headers,
  })
}

async function expectRefused(response: Response, status: number, error: string): Promise<void> {
  const text = await response.text()
  expect(response.status, text).toBe(status)
  const answer = JSON.parse(text) as { error: string; error_description: string }
  expect(answer.error).toBe(error)
  expect(answer.error_description.length).toBeGreaterThan(10)
}
