import { expect } from 'vitest'
import { busy } from '../capture-server.ts'
import { captureAll, many, type Scenario, untilAnswered, WRITE_KEY } from '../scenario.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const EVENT_FIELDS = [
  'uuid',
  'event',
  'distinct_id',
  'timestamp',
  'properties',
  '$set',
  '$set_once',
]

/** Values that are lost or changed easily. */
const VALUES = {
  emoji: '🚀👩‍👩‍👧‍👦',
  right_to_left: 'שלום',
  control: 'a\u0000b\tc\nd\u2028e',
  quotes: '\'"`\\{{x}}',
  largest: Number.MAX_SAFE_INTEGER,
  least: -Number.MAX_SAFE_INTEGER,
  fraction: 0.1,
  tiny: 5e-324,
  huge: 1.7976931348623157e308,
  yes: true,
  nothing: null,
  list: [1, 'a', [], {}, null],
  nested: { a: { 'b.c': { '': 1 } } },
  'a key with spaces and ü': 1,
  id_as_text: '9007199254740993',
}

export const WIRE: Scenario[] = [
  {
    name: 'sends events in the words of the contract, with id, time and library',
    async run({ sdk, server, start }) {
      const before = Date.now()
      const adapter = await start()
      const uuids = await captureAll(adapter, many(20))
      await adapter.do('flush')
      await untilAnswered(adapter)
      for (const { body } of server.received) {
        expect(Object.keys(body).sort()).toEqual(['api_key', 'batch', 'sent_at'])
        expect(body.api_key).toBe(WRITE_KEY)
        expect(body.sent_at).toMatch(RFC_3339)
      }
      const events = server.received.flatMap(({ body }) => body.batch)
      for (const event of events) {
        expect(EVENT_FIELDS).toEqual(expect.arrayContaining(Object.keys(event)))
        expect(event.uuid).toMatch(UUID_V7)
        expect(event.timestamp).toMatch(RFC_3339)
        const at = Date.parse(event.timestamp)
        expect(at).toBeGreaterThanOrEqual(before - 1)
        expect(at).toBeLessThanOrEqual(Date.now())
        expect(event.properties).toMatchObject({ $lib: sdk.name, $lib_version: expect.any(String) })
        if (!sdk.stateful) expect(event.distinct_id).toBe('ann')
      }
      expect(events.map(({ uuid }) => uuid)).toEqual(uuids)
      expect(new Set(uuids).size).toBe(20)
    },
  },
  {
    name: 'stamps every attempt with the time that it is sent',
    async run({ server, start }) {
      server.script = [busy(503)]
      // A long interval: else a slow machine sends before it is told to, and the flush is the second attempt.
      const adapter = await start({ flush_interval_ms: 60_000 })
      await adapter.capture('a')
      await adapter.do('flush')
      await untilAnswered(adapter)
      const [first, second] = server.received.map(({ body }) => Date.parse(body.sent_at))
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(100)
    },
  },
  {
    name: 'delivers text, numbers and nesting unchanged',
    async run({ server, start }) {
      const adapter = await start()
      const uuid = await adapter.capture('values', { properties: VALUES })
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(server.stored.get(uuid)?.properties).toMatchObject(VALUES)
      expect(await adapter.errors()).toEqual([])
    },
  },
  {
    name: 'delivers a property of 100 KB',
    async run({ server, start }) {
      const adapter = await start()
      const text = 'é'.repeat(51_200)
      const uuid = await adapter.capture('large', { properties: { text } })
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(server.stored.get(uuid)?.properties.text).toBe(text)
    },
  },
  {
    name: 'links persons, names groups and sets person properties as the pipeline reads them',
    async run({ sdk, server, start }) {
      const adapter = await start()
      await adapter.do('identify', {
        distinct_id: 'ann',
        anonymous_id: 'anon-1',
        set: { name: 'Ann' },
        set_once: { first: 'news' },
      })
      await adapter.do('alias', { distinct_id: 'ann', alias: 'ann@example.com' })
      await adapter.do('group_identify', {
        group_type: 'company',
        group_key: 'acme',
        set: { size: 12 },
      })
      await adapter.do('set', { distinct_id: 'ann', set: { plan: 'pro' } })
      await adapter.do('set', { distinct_id: 'ann', set_once: { source: 'ads' } })
      await adapter.capture('done', { groups: { company: 'acme' } })
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(await adapter.errors()).toEqual([])
      const stored = [...server.stored.values()]
      const find = (event: string) => stored.filter((one) => one.event === event)
      expect(find('$identify')).toMatchObject([
        {
          distinct_id: 'ann',
          // A stateful SDK made the anonymous id itself.
          properties: { $anon_distinct_id: sdk.stateful ? expect.any(String) : 'anon-1' },
          set: { name: 'Ann' },
          set_once: { first: 'news' },
        },
      ])
      expect(find('$create_alias')).toMatchObject([
        { distinct_id: 'ann', properties: { alias: 'ann@example.com' } },
      ])
      expect(find('$groupidentify')).toMatchObject([
        { properties: { $group_type: 'company', $group_key: 'acme', $group_set: { size: 12 } } },
      ])
      expect(find('$set').map(({ set, set_once }) => ({ ...set, ...set_once }))).toEqual([
        { plan: 'pro' },
        { source: 'ads' },
      ])
      expect(find('done')).toMatchObject([{ properties: { $groups: { company: 'acme' } } }])
    },
  },
  {
    name: 'numbers its events within a session',
    unlessFor: ({ stateful }) => (stateful ? null : 'it has no sessions'),
    async run({ server, start }) {
      const adapter = await start()
      await captureAll(adapter, many(20))
      await adapter.do('flush')
      await untilAnswered(adapter)
      const events = [...server.stored.values()].map(({ properties }) => properties)
      expect(new Set(events.map(({ $session_id }) => $session_id)).size).toBe(1)
      const numbers = events.map(({ $sequence }) => Number($sequence))
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
    },
  },
  {
    name: 'never asks for a preflight',
    unlessFor: ({ stateful }) => (stateful ? null : 'only browsers have them'),
    async run({ server, start }) {
      server.script = [busy(503)]
      const adapter = await start()
      await captureAll(adapter, many(5))
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(server.preflights).toBe(0)
    },
  },
]
