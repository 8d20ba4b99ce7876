import { describe, expect, it } from 'vitest'
import { browserName, systemName } from './agent-names.ts'
import { amplitude } from './amplitude.ts'
import { countryCode } from './country-code.ts'
import { ga4BigQuery } from './ga4-bigquery.ts'
import { mappedFixture, times } from './mapped.ts'
import { mixpanel } from './mixpanel.ts'
import { posthog } from './posthog.ts'
import { umami } from './umami.ts'

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('PostHog', () => {
  it('keeps uuid, time and properties as they are, without the other project’s key', async () => {
    const { events } = await mappedFixture(posthog, 'posthog.jsonl')
    expect(events[0]).toEqual({
      uuid: '018e2a40-5b1c-7000-8000-000000000001',
      event: '$pageview',
      distinct_id: '018e2a40-0000-7000-8000-00000000000a',
      timestamp: Date.UTC(2024, 2, 10, 22, 30, 0, 123),
      properties: expect.objectContaining({
        $lib: 'web',
        $current_url: 'https://shop.example/?utm_source=news',
        $geoip_country_code: 'DE',
        $set_once: { $initial_referrer: '$direct' },
      }),
    })
    expect(events[0]?.properties).not.toHaveProperty('token')
  })

  it('sends what links ids, sets properties and groups as such', async () => {
    const { events } = await mappedFixture(posthog, 'posthog.jsonl')
    expect(events[1]).toMatchObject({
      event: '$identify',
      distinct_id: 'ann@example.com',
      properties: {
        $anon_distinct_id: '018e2a40-0000-7000-8000-00000000000a',
        $set: { plan: 'team' },
      },
    })
    expect(events[3]).toMatchObject({ event: '$groupidentify', properties: { $group_key: 'acme' } })
  })

  it('reads properties that are JSON in a text, and keeps the clicked element', async () => {
    const { events } = await mappedFixture(posthog, 'posthog.jsonl')
    expect(events[2]?.properties).toEqual({
      $lib: 'web',
      $event_type: 'click',
      $elements_chain: 'button:text="Buy"nth-child="1"',
    })
  })

  it('reads a page of the API as the events on it', async () => {
    const { events } = await mappedFixture(posthog, 'posthog-api.json')
    expect(events.map(({ uuid, event }) => [uuid.slice(-2), event])).toEqual([
      ['05', 'order paid'],
      ['06', 'order sent'],
    ])
  })
})

describe('Mixpanel', () => {
  it('names page views, country and title as they are named here, and leaves out how they came', async () => {
    const { events } = await mappedFixture(mixpanel, 'mixpanel.jsonl')
    expect(events[0]).toEqual({
      uuid: expect.stringMatching(UUID_5),
      event: '$pageview',
      distinct_id: '$device:d-1',
      timestamp: Date.UTC(2024, 2, 10, 22, 30),
      properties: {
        $device_id: 'd-1',
        $browser: 'Chrome',
        $browser_version: 122,
        $city: 'Berlin',
        $region: 'Berlin',
        $country: 'DE',
        $current_url: 'https://shop.example/pricing?utm_source=news',
        $title: 'Pricing',
        $os: 'macOS',
        mp_lib: 'web',
      },
    })
  })

  it('links what Mixpanel has linked, by its events and by the ids of the others', async () => {
    const { events } = await mappedFixture(mixpanel, 'mixpanel.jsonl')
    const links = events.flatMap(({ event, distinct_id, properties }) =>
      /^\$(identify|create_alias|merge)/.test(event)
        ? [[event, distinct_id, properties.$anon_distinct_id ?? properties.alias]]
        : [],
    )
    expect(links).toEqual([
      ['$identify', 'ann', '$device:d-1'],
      ['$identify', 'ann', 'd-0'],
      ['$create_alias', 'ann', 'ann@example.com'],
      ['$merge_dangerously', 'ann', 'ann-mobile'],
      ['$identify', 'ann', 'ann-tablet'],
    ])
  })

  it('keeps two events apart that have no id and are equal', async () => {
    const { events } = await mappedFixture(mixpanel, 'mixpanel.jsonl')
    const orders = events.filter(({ event }) => event === 'Order')
    expect(new Set(orders.map(({ uuid }) => uuid)).size).toBe(2)
    expect(times(orders)).toEqual(['2024-03-11T22:30:00.123Z', '2024-03-11T22:30:00.123Z'])
  })

  it('sets what profiles say, at the time when the person was seen last', async () => {
    const { events } = await mappedFixture(mixpanel, 'mixpanel-profiles.jsonl')
    expect(events).toEqual([
      {
        uuid: expect.stringMatching(UUID_5),
        event: '$set',
        distinct_id: 'ann',
        timestamp: Date.UTC(2024, 2, 11, 22, 30),
        properties: {},
        $set: { $email: 'ann@example.com', $name: 'Ann', plan: 'team' },
      },
      expect.objectContaining({ distinct_id: 'bob', timestamp: null }),
    ])
  })

  it('takes the clock of an old project into account', async () => {
    const { events } = await mappedFixture(mixpanel, 'mixpanel.jsonl', {
      timeZone: 'America/New_York',
    })
    // Clocks changed on that day.
    expect(times(events.slice(0, 1))).toEqual(['2024-03-11T02:30:00.000Z'])
  })
})

describe('Amplitude', () => {
  it('knows page, session, place and browser of a page view', async () => {
    const { events } = await mappedFixture(amplitude, 'amplitude.zip')
    expect(events[0]).toMatchObject({
      uuid: '11111111-1111-4111-8111-111111111111',
      event: '$pageview',
      distinct_id: 'dev-1',
      timestamp: Date.UTC(2024, 2, 10, 22, 30, 0, 123),
      properties: {
        $current_url: 'https://shop.example/pricing',
        $title: 'Pricing',
        $referrer: 'https://news.example/',
        $browser: 'Chrome',
        $os: 'macOS',
        $device_type: 'Desktop',
        $country: 'DE',
        $city: 'Munich',
        $session_id: 'dev-1:1710109800123',
        $sequence: 3,
      },
    })
    expect(events[0]).not.toHaveProperty('$set')
  })

  it('tells a browser from a system, which the web has in the same field', () => {
    const agentOf = (os_name: string, os_version: string) => {
      const row = { event_type: 'a', platform: 'Web', os_name, os_version, device_family: 'Mac' }
      const [mapped] = amplitude
        .mapper({ timeZone: 'UTC', columns: {} })
        .map({ member: '', line: 1, value: row })
      return mapped && 'event' in mapped ? mapped.event.properties : {}
    }
    expect(agentOf('Chrome', '122')).toMatchObject({ $browser: 'Chrome', $os: 'macOS' })
    expect(agentOf('Mac OS X', '14.5')).toMatchObject({ $os: 'macOS', $os_version: '14.5' })
    expect(agentOf('Mac OS X', '14.5')).not.toHaveProperty('$browser')
  })

  it('links a device to the user who was seen on it, once', async () => {
    const { events } = await mappedFixture(amplitude, 'amplitude.zip')
    const links = events.filter(({ event }) => event === '$identify')
    expect(links).toEqual([
      {
        uuid: expect.stringMatching(UUID_5),
        event: '$identify',
        distinct_id: 'ann',
        timestamp: Date.UTC(2024, 2, 10, 22, 31),
        properties: { $anon_distinct_id: 'dev-1' },
      },
    ])
  })

  it('sets what is known of the user, the groups of an event, and properties of groups', async () => {
    const { events } = await mappedFixture(amplitude, 'amplitude.zip')
    const byName = Object.fromEntries(events.map((event) => [event.event, event]))
    expect(byName['signed up']).toMatchObject({
      $set: { plan: 'team' },
      properties: { plan: 'team', $groups: { company: 'acme' } },
    })
    expect(byName.$set).toMatchObject({ distinct_id: 'ann', $set: { plan: 'pro' } })
    expect(byName.$set?.properties).not.toHaveProperty('$session_id')
    expect(byName.$groupidentify?.properties).toEqual({
      $group_type: 'company',
      $group_key: 'acme',
      $group_set: { size: 50 },
    })
  })

  it('makes a uuid of device and insert id where there is none', async () => {
    const { events } = await mappedFixture(amplitude, 'amplitude.zip')
    expect(events.at(-1)).toMatchObject({
      uuid: expect.stringMatching(UUID_5),
      event: 'session_start',
      properties: { $os: 'iOS', $os_version: '17.4', $device_type: 'Mobile', $country: 'BA' },
    })
  })
})

describe('GA4', () => {
  it('reads a page view with what its parameters, device, place and source say', async () => {
    const { events } = await mappedFixture(ga4BigQuery, 'ga4.jsonl')
    expect(events[0]).toEqual({
      uuid: expect.stringMatching(UUID_5),
      event: '$pageview',
      distinct_id: '1234.5678',
      timestamp: Date.UTC(2024, 2, 10, 22, 30, 0, 123),
      properties: {
        $current_url: 'https://shop.example/pricing?utm_source=news',
        $title: 'Pricing',
        $referrer: 'https://news.example/',
        engagement_time_msec: 1200,
        $session_id: '1234.5678.1710109800',
        $sequence: 1_001,
        $device_type: 'Desktop',
        $os: 'macOS',
        $os_version: '10.15',
        $browser: 'Chrome',
        $browser_version: '122.0',
        $host: 'shop.example',
        $language: 'de-de',
        $country: 'DE',
        $region: 'Berlin',
        $city: 'Berlin',
        utm_source: 'news',
        utm_medium: 'email',
        utm_campaign: 'spring',
        platform: 'WEB',
        stream_id: '42',
      },
      $set_once: {
        $initial_utm_source: 'news',
        $initial_utm_medium: 'email',
        $initial_utm_campaign: 'spring',
      },
    })
  })

  it('keeps items and ecommerce, sets user properties, and links the user to the browser', async () => {
    const { events } = await mappedFixture(ga4BigQuery, 'ga4.jsonl')
    expect(events[1]).toMatchObject({
      event: 'purchase',
      distinct_id: 'ann',
      $set: { plan: 'team' },
      properties: {
        currency: 'EUR',
        value: 12.5,
        items: [{ item_id: 'SKU1', item_name: 'Mug', price: 12.5, quantity: '1' }],
        ecommerce: { transaction_id: 'T-1', purchase_revenue: 12.5 },
      },
    })
    expect(events[2]).toMatchObject({
      event: '$identify',
      distinct_id: 'ann',
      properties: { $anon_distinct_id: '1234.5678' },
    })
  })

  it('keeps equal rows apart, and skips those of nobody', async () => {
    const { events, skipped } = await mappedFixture(ga4BigQuery, 'ga4.jsonl')
    const scrolls = events.filter(({ event }) => event === 'scroll')
    expect(new Set(scrolls.map(({ uuid }) => uuid)).size).toBe(2)
    expect(skipped).toEqual(['without consent: neither user_id nor user_pseudo_id'])
  })
})

describe('Umami', () => {
  it('reads page views and events with visit, page, referrer and device', async () => {
    const { events } = await mappedFixture(umami, 'umami.csv')
    expect(events[0]).toEqual({
      uuid: '5d3f3a6e-0000-4000-8000-0000000000c1',
      event: '$pageview',
      distinct_id: '5d3f3a6e-0000-4000-8000-0000000000a1',
      timestamp: Date.UTC(2024, 2, 10, 22, 30),
      properties: {
        $current_url: 'https://shop.example/pricing?utm_source=news',
        $host: 'shop.example',
        $pathname: '/pricing',
        $title: 'Pricing, plans',
        $referrer: 'https://news.example/today',
        $referring_domain: 'news.example',
        $session_id: '5d3f3a6e-0000-4000-8000-0000000000b1',
        $browser: 'Chrome',
        $os: 'macOS',
        $device_type: 'Desktop',
        $country: 'DE',
        $region: 'DE-BE',
        $city: 'Berlin',
        $language: 'de-DE',
        $screen_width: 1920,
        $screen_height: 1080,
      },
    })
    expect(events[1]).toMatchObject({ event: 'signup', properties: { tag: 'spring' } })
  })

  it('links the visitor to the id that the site gave it', async () => {
    const { events } = await mappedFixture(umami, 'umami.csv')
    expect(events[1]?.distinct_id).toBe('ann')
    expect(events[2]).toMatchObject({
      event: '$identify',
      distinct_id: 'ann',
      properties: { $anon_distinct_id: '5d3f3a6e-0000-4000-8000-0000000000a1' },
    })
  })

  it('reads the zip of its export: events with their data, and what was said of visitors', async () => {
    const { events, skipped } = await mappedFixture(umami, 'umami.zip')
    expect(events.map(({ event }) => event)).toEqual(['$pageview', '+1 liked', '$set'])
    expect(events[0]?.properties.gclid).toBe('Cj0')
    expect(events[1]?.properties).toMatchObject({
      plan: 'team',
      amount: 12.5,
      first: true,
      due: '2024-04-01 00:00:00',
      tags: ['a', 'b'],
    })
    expect(events[2]).toMatchObject({
      distinct_id: events[0]?.distinct_id,
      timestamp: Date.UTC(2024, 2, 10, 22, 31),
      $set: { company: 'acme' },
    })
    expect(new Set(skipped)).toEqual(
      new Set(['rows of event_data, which became properties of their events']),
    )
  })

  it('says which rows it does not know', async () => {
    const { skipped } = await mappedFixture(umami, 'umami.csv')
    expect(skipped).toEqual(['rows of event_type 5'])
  })
})

it.each([
  ['Chrome iOS', 'Chrome'],
  ['Mobile Safari', 'Safari'],
  ['Safari (in-app)', 'Safari'],
  ['Edge', 'Microsoft Edge'],
  ['edge-chromium', 'Microsoft Edge'],
  ['crios', 'Chrome'],
  ['fxios', 'Firefox'],
  ['Samsung Internet', 'Samsung Internet for Android'],
  ['Vivaldi', 'Vivaldi'],
])('names the browser %s as capture does: %s', (name, known) => {
  expect(browserName(name)).toBe(known)
})

it.each([
  ['Mac OS X', 'macOS'],
  ['Macintosh', 'macOS'],
  ['Windows 10', 'Windows'],
  ['ios', 'iOS'],
  ['Android OS', 'Android'],
  ['Chrome OS', 'Chrome OS'],
  ['Haiku', 'Haiku'],
])('names the system %s as capture does: %s', (name, known) => {
  expect(systemName(name)).toBe(known)
})

it.each([
  ['Germany', 'DE'],
  ['United States', 'US'],
  ['Türkiye', 'TR'],
  ['Turkey', 'TR'],
  ['Hong Kong', 'HK'],
  ['Myanmar (Burma)', 'MM'],
  ['Bosnia & Herzegovina', 'BA'],
  ['Côte d’Ivoire', 'CI'],
  ['Czechia', 'CZ'],
  ['South Korea', 'KR'],
  ['Atlantis', 'Atlantis'],
])('knows the country %s as %s', (name, code) => {
  expect(countryCode(name)).toBe(code)
})
