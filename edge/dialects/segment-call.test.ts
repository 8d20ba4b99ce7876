import { parseEvent } from '@headwater/schemas/event'
import { describe, expect, it } from 'vitest'
import { messageUuid } from './message-uuid.ts'
import { eventOfCall } from './segment-call.ts'

const UUID = '743be593-7789-4b74-8078-cbcc8894c586'

describe('a call becomes an event', () => {
  it.each([
    [
      'track: its own name and properties',
      { type: 'track', userId: 'ann', event: 'Signed Up', properties: { plan: 'team' } },
      { event: 'Signed Up', distinct_id: 'ann', properties: { plan: 'team' } },
    ],
    [
      'track of a visitor: by the anonymous id',
      { type: 'track', anonymousId: 'anon', event: 'Seen' },
      { event: 'Seen', distinct_id: 'anon' },
    ],
    [
      'track with both ids: the anonymous one is a property',
      { type: 'track', userId: 'ann', anonymousId: 'anon', event: 'Seen' },
      { distinct_id: 'ann', properties: { $anonymous_id: 'anon' } },
    ],
    [
      'page: $pageview, with name and category kept',
      {
        type: 'page',
        anonymousId: 'anon',
        name: 'Pricing',
        category: 'Docs',
        properties: {
          url: 'https://shop.example/pricing',
          title: 'Prices',
          referrer: 'https://a.example/',
        },
      },
      {
        event: '$pageview',
        properties: {
          name: 'Pricing',
          category: 'Docs',
          url: 'https://shop.example/pricing',
          $current_url: 'https://shop.example/pricing',
          $title: 'Prices',
          $referrer: 'https://a.example/',
        },
      },
    ],
    [
      'screen: $screen and its name',
      { type: 'screen', userId: 'ann', name: 'Home', properties: { feed: 'new' } },
      { event: '$screen', properties: { $screen_name: 'Home', name: 'Home', feed: 'new' } },
    ],
    [
      'identify with both ids: joins them, and sets the traits',
      { type: 'identify', userId: 'ann', anonymousId: 'anon', traits: { name: 'Ann' } },
      {
        event: '$identify',
        distinct_id: 'ann',
        set: { name: 'Ann' },
        properties: { $anon_distinct_id: 'anon' },
      },
    ],
    [
      'identify of a visitor: only sets',
      { type: 'identify', anonymousId: 'anon', traits: { plan: 'free' } },
      { event: '$set', distinct_id: 'anon', set: { plan: 'free' }, properties: {} },
    ],
    [
      'identify with its traits in the context, as RudderStack has them',
      { type: 'identify', userId: 'ann', context: { traits: { name: 'Ann' } } },
      { event: '$identify', set: { name: 'Ann' }, properties: {} },
    ],
    [
      'group: $groupidentify, and the event is of the group',
      { type: 'group', userId: 'ann', groupId: 'acme', traits: { size: 50 } },
      {
        event: '$groupidentify',
        properties: {
          $group_type: 'group',
          $group_key: 'acme',
          $group_set: { size: 50 },
          $groups: { group: 'acme' },
        },
      },
    ],
    [
      'group whose trait names its type',
      { type: 'group', userId: 'ann', groupId: 'acme', traits: { groupType: 'company' } },
      { properties: { $group_type: 'company', $groups: { company: 'acme' } } },
    ],
    [
      'alias: the previous id joins',
      { type: 'alias', userId: 'ann', previousId: 'anon' },
      { event: '$create_alias', distinct_id: 'ann', properties: { alias: 'anon' } },
    ],
    ['any: an id that is a number', { type: 'track', userId: 7, event: 'a' }, { distinct_id: '7' }],
    [
      'any: a blank user id is none',
      { type: 'track', userId: '', anonymousId: 'anon', event: 'a' },
      { distinct_id: 'anon', properties: {} },
    ],
  ])('%s', (_name, call, event) => {
    expect(parsed(call)).toMatchObject(event)
  })

  it('with everything of its context in a property or in $segment', () => {
    const { properties } = parsed({
      type: 'track',
      userId: 'ann',
      event: 'a',
      channel: 'web',
      integrations: { All: true, Mixpanel: false },
      originalTimestamp: '2026-11-20T10:00:00.000Z',
      timestamp: '2026-11-20T10:00:01.000Z',
      _metadata: { bundled: ['Segment.io'] },
      context: {
        page: {
          url: 'https://shop.example/a?b=1',
          path: '/a',
          search: '?b=1',
          title: 'A',
          referrer: '',
        },
        userAgent: 'Mozilla/5.0',
        ip: '8.8.8.8',
        locale: 'de-DE',
        timezone: 'Europe/Berlin',
        library: { name: 'analytics.js', version: 'next-1.84.3' },
        campaign: {
          source: 'news',
          medium: 'email',
          name: 'spring',
          term: 't',
          content: 'c',
          id: '7',
        },
        screen: { width: 1512, height: 982, density: 2 },
        device: {
          id: 'd1',
          manufacturer: 'Apple',
          model: 'iPhone',
          name: 'phone',
          type: 'ios',
          adTrackingEnabled: false,
        },
        os: { name: 'iOS', version: '19.1' },
        app: { name: 'Shop', version: '2.0', build: '77', namespace: 'com.shop' },
        network: { carrier: 'T', wifi: true, cellular: false, bluetooth: false },
        location: { city: 'Berlin', region: 'Berlin', country: 'Germany', latitude: 52.5 },
        groupId: 'acme',
        sessionId: 1785000000000,
        sessionStart: true,
        traits: { name: 'Ann' },
        userAgentData: { mobile: false },
      },
    })
    expect(properties).toEqual({
      $current_url: 'https://shop.example/a?b=1',
      $title: 'A',
      $raw_user_agent: 'Mozilla/5.0',
      $ip: '8.8.8.8',
      $locale: 'de-DE',
      $time_zone: 'Europe/Berlin',
      $lib: 'analytics.js',
      $lib_version: 'next-1.84.3',
      utm_source: 'news',
      utm_medium: 'email',
      utm_campaign: 'spring',
      utm_term: 't',
      utm_content: 'c',
      $screen_width: 1512,
      $screen_height: 982,
      $device_id: 'd1',
      $device_manufacturer: 'Apple',
      $device_model: 'iPhone',
      $device_name: 'phone',
      $os: 'iOS',
      $os_version: '19.1',
      $app_name: 'Shop',
      $app_version: '2.0',
      $app_build: '77',
      $app_namespace: 'com.shop',
      $network_carrier: 'T',
      $network_wifi: true,
      $network_cellular: false,
      $city: 'Berlin',
      $region: 'Berlin',
      $groups: { group: 'acme' },
      $session_id: '1785000000000',
      $segment: {
        channel: 'web',
        integrations: { All: true, Mixpanel: false },
        originalTimestamp: '2026-11-20T10:00:00.000Z',
        context: {
          campaign: { id: '7' },
          screen: { density: 2 },
          device: { type: 'ios', adTrackingEnabled: false },
          network: { bluetooth: false },
          location: { country: 'Germany', latitude: 52.5 },
          sessionStart: true,
          traits: { name: 'Ann' },
          userAgentData: { mobile: false },
        },
      },
    })
  })

  it('with the id of its message as a property, when that was no UUID', () => {
    const call = { type: 'track', userId: 'ann', event: 'a' }
    expect(parsed({ ...call, messageId: UUID.toUpperCase() })).toMatchObject({
      uuid: UUID,
      properties: {},
    })
    expect(parsed({ ...call, messageId: `ajs-next-1-${UUID}` })).toMatchObject({
      uuid: UUID,
      properties: { $message_id: `ajs-next-1-${UUID}` },
    })
    expect(parsed({ ...call, messageId: 'order-77' })).toMatchObject({
      uuid: messageUuid('order-77'),
      properties: { $message_id: 'order-77' },
    })
    expect(parsed(call).uuid).toBeNull()
  })

  it('with its country, where it is said as we say it', () => {
    const call = { type: 'track', userId: 'ann', event: 'a' }
    const { properties } = parsed({ ...call, context: { location: { country: 'DE' } } })
    expect(properties).toEqual({ $country: 'DE' })
  })

  it('whose own properties win over what its context says', () => {
    const { properties } = parsed({
      type: 'track',
      userId: 'ann',
      event: 'a',
      properties: { $current_url: 'https://own.example/', $groups: { company: 'own' } },
      context: { page: { url: 'https://page.example/' }, groupId: 'acme' },
    })
    expect(properties).toEqual({
      $current_url: 'https://own.example/',
      $groups: { company: 'own' },
    })
  })

  it('at the time it says, or the original one', () => {
    const call = { type: 'track', userId: 'ann', event: 'a' }
    const [original, corrected] = ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z']
    expect(parsed({ ...call, originalTimestamp: original }).timestamp).toBe(original)
    const both = parsed({ ...call, originalTimestamp: original, timestamp: corrected })
    expect(both.timestamp).toBe(corrected)
  })
})

describe('a call that cannot be an event', () => {
  it.each([
    [7, 'not_an_object'],
    [{ type: 'track', event: 'a' }, 'missing_distinct_id'],
    [{ type: 'track', userId: ' ', event: 'a' }, 'missing_distinct_id'],
    [{ type: 'track', userId: {}, event: 'a' }, 'invalid_distinct_id'],
    [{ type: 'track', userId: 'a' }, 'missing_event'],
    [{ type: 'track', userId: 'a', event: 5 }, 'invalid_event'],
    [{ type: 'merge', userId: 'a' }, 'invalid_event'],
    [{ type: 'constructor', userId: 'a' }, 'invalid_event'],
    [{ userId: 'a', event: 'a' }, 'invalid_event'],
    [{ type: 'track', userId: 'a', event: 'a', properties: 'text' }, 'invalid_properties'],
    [{ type: 'identify', userId: 'a', traits: 'text' }, 'invalid_set'],
  ])('is dropped: %j is %s', (call, reason) => {
    expect(parseEvent(eventOfCall(call))).toBe(reason)
  })
})

function parsed(call: object) {
  const event = parseEvent(eventOfCall(call))
  if (typeof event === 'string') throw new Error(`dropped: ${event}`)
  return event
}
