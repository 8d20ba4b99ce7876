import { describe, expect, it } from 'vitest'
import { ga4BigQuery } from './ga4-bigquery.ts'
import { mappedFixture } from './mapped.ts'

const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

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
