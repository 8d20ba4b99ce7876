import { describe, expect, it } from 'vitest'
import { amplitude } from './amplitude.ts'
import { mappedFixture } from './mapped.ts'

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

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
