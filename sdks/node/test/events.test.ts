import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CaptureServer, type SentEvent } from '../../compliance/capture-server.ts'
import type { CapturedEvent, Properties } from '../src/index.ts'
import { openClient, WRITE_KEY } from './sdk.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let server: CaptureServer
beforeEach(async () => {
  server = await CaptureServer.start()
})
afterEach(() => server.close())

/** The event that arrives when one with these properties is captured. */
async function arrivedWith(properties: Properties): Promise<SentEvent> {
  const { client, errors } = openClient(server.url)
  client.capture({ event: 'e', distinct_id: 'ann', properties })
  await client.flush()
  expect(errors).toEqual([])
  return server.received.at(-1)?.body.batch[0] as SentEvent
}

describe('an event', () => {
  it('arrives with id, time and library, and what the application said', async () => {
    const { client } = openClient(server.url, { defaultProperties: { app: 'shop', plan: 'free' } })
    const uuid = client.capture({
      event: 'signup',
      distinct_id: 'ann',
      properties: { plan: 'pro' },
      groups: { company: 'acme' },
      timestamp: new Date('2026-11-23T10:00:00.250Z'),
      $set: { name: 'Ann' },
      $set_once: { first: true },
    })
    await client.flush()
    const [request] = server.received
    expect(request?.path).toBe('/batch')
    expect(request?.body.api_key).toBe(WRITE_KEY)
    expect(Date.parse(request?.body.sent_at ?? '')).toBeGreaterThan(Date.now() - 10_000)
    expect(uuid).toMatch(UUID_V7)
    expect(request?.body.batch).toEqual([
      {
        uuid,
        event: 'signup',
        distinct_id: 'ann',
        timestamp: '2026-11-23T10:00:00.250Z',
        properties: {
          $lib: 'node',
          $lib_version: '0.1.0',
          app: 'shop',
          plan: 'pro',
          $groups: { company: 'acme' },
        },
        $set: { name: 'Ann' },
        $set_once: { first: true },
      },
    ])
  })

  it('has ids that sort as they were captured, also within one millisecond', async () => {
    const { client } = openClient(server.url, { now: () => 1_790_000_000_000 })
    const uuids = Array.from({ length: 10_000 }, (_, i) =>
      client.capture({ event: `e ${i}`, distinct_id: 'ann' }),
    )
    await client.flush()
    expect(uuids.toSorted()).toEqual(uuids)
    expect(new Set(uuids).size).toBe(10_000)
    for (const uuid of uuids) expect(uuid).toMatch(UUID_V7)
    expect(server.received.flatMap(({ body }) => body.batch.map(({ uuid }) => uuid))).toEqual(uuids)
  })

  it('links, names groups and sets person properties as the pipeline reads them', async () => {
    const { client, errors } = openClient(server.url)
    client.identify({ distinct_id: 'ann', anonymous_id: 'anon-1', $set: { name: 'Ann' } })
    client.alias({ distinct_id: 'ann', alias: 'ann@example.com' })
    client.groupIdentify({ group_type: 'company', group_key: 'acme', $set: { size: 12 } })
    client.set('ann', { plan: 'pro' })
    client.setOnce('ann', { source: 'news' })
    await client.flush()
    const lib = { $lib: 'node', $lib_version: '0.1.0' }
    expect(errors).toEqual([])
    expect(server.received.flatMap(({ body }) => body.batch)).toMatchObject([
      {
        event: '$identify',
        distinct_id: 'ann',
        properties: { ...lib, $anon_distinct_id: 'anon-1' },
        $set: { name: 'Ann' },
      },
      { event: '$create_alias', distinct_id: 'ann', properties: { alias: 'ann@example.com' } },
      {
        event: '$groupidentify',
        distinct_id: '$company_acme',
        properties: { $group_type: 'company', $group_key: 'acme', $group_set: { size: 12 } },
      },
      { event: '$set', distinct_id: 'ann', $set: { plan: 'pro' } },
      { event: '$set', distinct_id: 'ann', $set_once: { source: 'news' } },
    ])
  })

  it('is not changed by what the application does with its objects afterwards', async () => {
    const { client } = openClient(server.url)
    const properties = { items: ['a'] }
    client.capture({ event: 'e', distinct_id: 'ann', properties })
    properties.items.push('b')
    await client.flush()
    expect(server.received[0]?.body.batch[0]?.properties.items).toEqual(['a'])
  })
})

describe('a value that JSON has not', () => {
  class Money {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
    toJSON() {
      return this.cents / 100
    }
  }

  it.each<[string, unknown, unknown]>([
    ['a BigInt', 2n ** 64n, '18446744073709551616'],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a Date that is none', new Date(Number.NaN), null],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1n],
        [2, 'b'],
      ]),
      { 2: 'b', a: '1' },
    ],
    ['a Set', new Set(['a', new Date(0)]), ['a', '1970-01-01T00:00:00.000Z']],
    ['an Error', new TypeError('no'), { name: 'TypeError', message: 'no' }],
    ['a Buffer', Buffer.from('abc'), '[3 bytes]'],
    ['a Float64Array', new Float64Array(2), '[16 bytes]'],
    ['a URL', new URL('https://shop.example/a'), 'https://shop.example/a'],
    ['an object with toJSON', new Money(1_250), 12.5],
    ['NaN', Number.NaN, null],
    ['a list with holes', [undefined, 1, () => 1], [null, 1, null]],
    ['a lone surrogate', 'a\ud800', 'a\ud800'],
  ])('%s arrives as what can be asked for', async (_, value, expected) => {
    expect((await arrivedWith({ value })).properties.value).toEqual(expected)
  })

  it('leaves out functions and undefined', async () => {
    const { properties } = await arrivedWith({ a: undefined, b: () => 1, c: Symbol('c'), d: 1 })
    expect(properties).toEqual({ $lib: 'node', $lib_version: '0.1.0', d: 1 })
  })

  it('costs only itself when it contains itself or cannot be read', async () => {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle.self = circle
    const shared = { x: 1 }
    const hostile = {
      good: 1,
      get bad() {
        throw new Error('no')
      },
    }
    const { properties } = await arrivedWith({
      ...{ circle, hostile, twice: [shared, shared] },
      thrower: { toJSON: () => Promise.reject(new Error('never awaited')).catch(() => {}) },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
      ['__proto__']: 'own',
    })
    expect(properties).toMatchObject({
      circle: { name: 'circle', self: '[circular]' },
      hostile: { good: 1, bad: '[unreadable]' },
      twice: [{ x: 1 }, { x: 1 }],
      proxy: '[unreadable]',
    })
    expect(Object.getOwnPropertyDescriptor(properties, '__proto__')?.value).toBe('own')
  })

  it('costs only itself on the first level, too', async () => {
    const properties = { good: 1 }
    Object.defineProperty(properties, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
    expect((await arrivedWith(properties)).properties).toMatchObject({
      good: 1,
      bad: '[unreadable]',
    })
  })
})

describe('an event that can never be stored', () => {
  it.each<[string, unknown, string]>([
    ['no input', undefined, 'missing_event'],
    ['a name alone', 'signup', 'missing_event'],
    ['no name', { distinct_id: 'ann' }, 'missing_event'],
    ['a long name', { event: 'x'.repeat(201), distinct_id: 'ann' }, 'event_too_long'],
    ['no distinct_id', { event: 'e' }, 'missing_distinct_id'],
    ['an object as distinct_id', { event: 'e', distinct_id: {} }, 'invalid_distinct_id'],
    ['a uuid that is none', { event: 'e', distinct_id: 'ann', uuid: '7' }, 'invalid_uuid'],
    [
      'properties that are none',
      { event: 'e', distinct_id: 'ann', properties: 'x' },
      'invalid_properties',
    ],
    ['$set that is none', { event: 'e', distinct_id: 'ann', $set: [1] }, 'invalid_set'],
  ])('is refused at once with the contract’s reason: %s', (_, input, reason) => {
    const { client, errors } = openClient(server.url)
    expect(client.capture(input as never)).toBe('')
    expect(errors).toMatchObject([{ code: reason }])
    expect(client.stats()).toMatchObject({ queued: 0, lost: 1 })
  })

  it('is refused with the name of its largest field when it is over 1 MiB', () => {
    const { client, errors } = openClient(server.url)
    const properties = { small: 'x', html: 'ü'.repeat(600_000) }
    expect(client.capture({ event: 'e', distinct_id: 'ann', properties })).toBe('')
    expect(errors[0]?.code).toBe('event_too_big')
    expect(errors[0]?.message).toContain('"properties.html" with 1200002 bytes')
  })

  it('is refused when it is nested without end, and takes nothing down', () => {
    const { client, errors } = openClient(server.url)
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = { deep }
    expect(client.capture({ event: 'e', distinct_id: 'ann', properties: { deep } })).toBe('')
    expect(errors).toMatchObject([{ code: 'too_deep' }])
  })
})

it('takes what the contract lets nest, and no more', async () => {
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
  const { client, errors } = openClient(server.url)
  for (const levels of [99, 100, 101]) {
    client.capture({ event: `${levels}`, distinct_id: 'ann', properties: nested(levels) })
  }
  await client.flush()
  expect(server.names).toEqual(['99', '100'])
  expect(errors).toMatchObject([{ code: 'too_deep' }])
})

it('survives callbacks of the application that throw', async () => {
  const broken = () => {
    throw new Error('of the application')
  }
  const { client, errors } = openClient(server.url, {
    ...{ onCapture: broken, onDelivery: broken },
    defaultProperties: () => (server.names.length > 0 ? broken() : {}),
  })
  client.capture({ event: 'a', distinct_id: 'ann' })
  await client.flush()
  expect(server.names).toEqual(['a'])
  expect(client.capture({ event: 'b', distinct_id: 'ann' })).toBe('')
  expect(errors[0]?.message).toContain('of the application')
})

it('only tells of events when it is disabled', async () => {
  const seen: CapturedEvent[] = []
  const { client } = openClient(server.url, { disabled: true, onCapture: (one) => seen.push(one) })
  expect(client.capture({ event: 'a', distinct_id: 'ann' })).toMatch(UUID_V7)
  expect(await client.shutdown()).toBe(0)
  expect(seen).toMatchObject([{ event: 'a', distinct_id: 'ann' }])
  expect(server.received).toEqual([])
})

it.each<[string, () => unknown]>([
  [
    'write key',
    () => openClient(server.url).client && import('./sdk.ts').then((sdk) => sdk.createClient('')),
  ],
  ['host', async () => openClient('events.example.com')],
  ['flushAt', async () => openClient(server.url, { flushAt: 0 })],
  ['requestTimeoutMs', async () => openClient(server.url, { requestTimeoutMs: Number.NaN })],
])('does not start with a %s that cannot be right', async (name, start) => {
  await expect(start).rejects.toThrow(name)
})
