import { describe, expect, it } from 'vitest'
import { mappedFixture } from './mapped.ts'
import { umami } from './umami.ts'

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
