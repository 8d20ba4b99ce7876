import { describe, expect, it } from 'vitest'
import { mappedFixture, times } from './mapped.ts'
import { mixpanel } from './mixpanel.ts'

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

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
