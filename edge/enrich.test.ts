import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { edgeConfig } from './config.ts'
import { newPerson, post, recordsAbout, send, writeKey } from './test/edge.ts'

const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.6778.86 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'
const GOOGLEBOT =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/143.0.0.0 Safari/537.36'

const IN_LISBON: Partial<IncomingRequestCfProperties> = {
  country: 'PT',
  region: 'Lisbon',
  city: 'Lisbon',
  timezone: 'Europe/Lisbon',
}

describe('a record', () => {
  it('leaves no column without a value', async () => {
    const record = await recordOf({ properties: {} })
    expect(Object.values(record)).not.toContain(null)
    expect(record).toMatchObject({ person_set: {}, utm_term: '', sequence: 0, is_bot: false })
  })

  it('keeps the sender’s uuid in lower case, and makes a UUIDv7 when there is none', async () => {
    const uuid = '0190D9D2-7B7B-7C3E-8F5E-0000000000AB'
    expect((await recordOf({ uuid })).uuid).toBe(uuid.toLowerCase())
    const { uuid: made, received_at } = await recordOf({})
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(made.replaceAll('-', '').slice(0, 12), 16)).toBe(received_at)
  })

  it('has one uuid for one $insert_id of an event and a sender, where there is no uuid', async () => {
    const person = newPerson()
    const properties = { $insert_id: 'orxkp76b9yb6ez88' }
    const twice = { event: 'a', distinct_id: person, properties }
    await send([twice, twice, { ...twice, event: 'b' }])
    await send([{ ...twice, uuid: crypto.randomUUID() }])
    const uuids = (await recordsAbout(person, 4)).map(({ uuid }) => uuid)
    expect(uuids[1]).toBe(uuids[0])
    expect(new Set(uuids).size).toBe(3)
  })

  it('makes no uuid twice', async () => {
    const person = newPerson()
    await send(Array.from({ length: 50 }, () => ({ event: 'a', distinct_id: person })))
    const records = await recordsAbout(person, 50)
    expect(new Set(records.map(({ uuid }) => uuid)).size).toBe(50)
  })

  it('corrects a clock that sent_at proves wrong, and says so', async () => {
    const wrong = Date.now() - 3 * 3_600_000
    const record = await recordOf({ timestamp: wrong - 60_000 }, { sent_at: wrong })
    expect(record.time_note).toBe('skew')
    expect(record.sent_at).toBe(wrong)
    expect(Math.abs(record.timestamp - (Date.now() - 60_000))).toBeLessThan(60_000)
  })

  it.each([
    ['a sent_at of the far future', { sent_at: 9e15 }],
    ['a sent_at that is no time', { sent_at: 'soon' }],
    ['no sent_at', {}],
  ])('takes %s as not said', async (_name, more) => {
    expect(await recordOf({}, more)).toMatchObject({ sent_at: 0, time_note: 'missing' })
  })

  it('has whole milliseconds, also for a fractional offset', async () => {
    const { timestamp } = await recordOf({ offset: 1234.5 })
    expect(Number.isInteger(timestamp)).toBe(true)
  })

  it('takes the place from the request, but from the event where it says one', async () => {
    const properties = { $lib: 'web' }
    expect(await recordOf({ properties })).toMatchObject({
      country: 'PT',
      region: 'Lisbon',
      city: 'Lisbon',
      time_zone: 'Europe/Lisbon',
    })
    const said = { ...properties, $geoip_country_code: 'JP', $city: 'Osaka' }
    expect(await recordOf({ properties: said })).toMatchObject({ country: 'JP', city: 'Osaka' })
  })

  it('gives a server’s events neither the place nor the user agent of the server', async () => {
    for (const $lib of ['posthog-python', 'posthog-node']) {
      expect(await recordOf({ properties: { $lib } }, {}, CHROME)).toMatchObject({
        country: '',
        browser: '',
        is_bot: false,
      })
    }
    // curl is how people try the API: it must not look like a bot.
    expect(await recordOf({}, {}, 'curl/8.5.0')).toMatchObject({ browser: '', is_bot: false })
  })

  it('gives an app’s events the place, not the user agent of its HTTP library', async () => {
    const record = await recordOf({ properties: { $lib: 'posthog-ios' } }, {}, 'okhttp/4')
    expect(record).toMatchObject({ country: 'PT', browser: '', is_bot: false })
  })

  it('reads browser, system and device from the user agent, or from the event', async () => {
    expect(await recordOf({}, {}, CHROME)).toMatchObject({
      browser: 'Chrome',
      browser_version: '143',
      os: 'macOS',
      device_type: 'Desktop',
      is_bot: false,
    })
    const properties = { $raw_user_agent: IPHONE, $lib: 'server' }
    expect(await recordOf({ properties }, {}, CHROME)).toMatchObject({
      browser: 'Safari',
      browser_version: '17.4',
      os: 'iOS',
      device_type: 'Mobile',
    })
    const said = { $browser: 'Netscape', $browser_version: 4 }
    expect(await recordOf({ properties: said }, {}, CHROME)).toMatchObject({
      browser: 'Netscape',
      browser_version: '4',
    })
  })

  it('is tagged as a bot’s, and kept: by user agent, prefetch, or the event itself', async () => {
    expect((await recordOf({}, {}, GOOGLEBOT)).is_bot).toBe(true)
    const prefetch = { 'sec-purpose': 'prefetch;prerender' }
    expect((await recordOf({}, {}, CHROME, prefetch)).is_bot).toBe(true)
    expect((await recordOf({ properties: { $browser_type: 'bot' } }, {}, CHROME)).is_bot).toBe(true)
  })

  it('reads the page, the referrer, the campaign and the channel', async () => {
    const properties = {
      $current_url:
        'https://shop.example:8443/a/b?utm_source=Google&utm_medium=cpc&utm_campaign=spring#x',
      $referrer: 'https://www.google.com/search',
      $session_id: 's-1',
      $sequence: 7,
    }
    expect(await recordOf({ properties })).toMatchObject({
      current_url: properties.$current_url,
      host: 'shop.example:8443',
      pathname: '/a/b',
      referrer: properties.$referrer,
      referring_domain: 'www.google.com',
      channel: 'Paid Search',
      utm_source: 'Google',
      utm_campaign: 'spring',
      session_id: 's-1',
      sequence: 7,
    })
    expect((await recordOf({ $sequence: 9 })).sequence).toBe(9)
  })

  it('keeps no IP address, no write key and no second copy of $set in the properties', async () => {
    const properties = { $ip: '203.0.113.9', token: writeKey, $set: { a: 1 }, kept: true }
    const record = await recordOf({ properties })
    expect(record.properties).toEqual({ kept: true })
    expect(record.person_set).toEqual({ a: 1 })
    expect(JSON.stringify(record)).not.toContain('203.0.113')
    expect(edgeConfig(env).keepIp).toBe(false)
  })

  it('is made from hostile properties without an error', async () => {
    const hostile: unknown[] = [
      [],
      {},
      null,
      true,
      1e308,
      -1,
      '\ud800',
      'x'.repeat(2_500),
      { toString: 1 },
    ]
    const names = [
      '$lib',
      '$current_url',
      '$referrer',
      '$referring_domain',
      '$raw_user_agent',
      '$browser',
      '$os',
      '$session_id',
      '$sequence',
      '$ip',
      '$geoip_country_code',
      '$time_zone',
      'utm_source',
      'token',
      '$channel',
      '$geoip_disable',
      '$browser_type',
      '__proto__',
      'constructor',
      'hasOwnProperty',
    ]
    const person = newPerson()
    const events = hostile.map((value) => ({
      event: '\ud800name',
      distinct_id: person,
      $sequence: value,
      properties: Object.fromEntries(names.map((name) => [name, value])),
    }))
    expect((await send(events)).accepted).toBe(hostile.length)
    for (const record of await recordsAbout(person, hostile.length)) {
      const text = JSON.stringify(record)
      expect(text.isWellFormed()).toBe(true)
      expect(text).not.toContain('\\ud800')
      for (const column of ['lib', 'current_url', 'browser', 'country', 'session_id'] as const) {
        expect(typeof record[column]).toBe('string')
        expect(record[column].length).toBeLessThanOrEqual(2_000)
      }
      expect(Number.isSafeInteger(record.sequence) && record.sequence >= 0).toBe(true)
    }
  })
})

it('takes nothing of the request for an event of the past', async () => {
  const record = await recordOf(
    { properties: { $lib: 'web', $browser: 'Firefox' } },
    { historical_migration: true },
  )
  expect(record).toMatchObject({
    country: '',
    city: '',
    browser: 'Firefox',
    os: '',
    device_type: '',
  })
})

async function recordOf(
  event: object,
  more: object = {},
  userAgent = CHROME,
  headers: Record<string, string> = {},
) {
  const person = newPerson()
  const body = {
    api_key: writeKey,
    batch: [{ event: 'a', distinct_id: person, ...event }],
    ...more,
  }
  const response = await post(
    '/batch',
    JSON.stringify(body),
    { 'user-agent': userAgent, ...headers },
    IN_LISBON,
  )
  expect(await response.json()).toMatchObject({ accepted: 1, dropped: [] })
  const [record] = await recordsAbout(person)
  if (!record) throw new Error('no record')
  return record
}
