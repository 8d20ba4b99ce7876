import { describe, expect, it } from 'vitest'
import { mappedFixture } from './mapped.ts'
import { posthog } from './posthog.ts'

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
