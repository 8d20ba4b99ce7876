import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { busy, CaptureServer, HANG, OK } from '../../compliance/capture-server.ts'
import type { Client, DeliveryReport } from '../src/index.ts'
import { createClient, openClient, WRITE_KEY } from './sdk.ts'

let server: CaptureServer
beforeEach(async () => {
  server = await CaptureServer.start()
})
afterEach(() => server.close())

const capture = (client: Client, ...names: string[]) =>
  names.map((event) => client.capture({ event, distinct_id: 'ann' }))
const many = (count: number) => Array.from({ length: count }, (_, i) => `event ${i}`)
const sizes = () => server.received.map(({ items }) => items.length)

describe('batches', () => {
  it('go after the interval, or at once when enough events wait', async () => {
    const { client } = openClient(server.url, { flushAt: 3, flushIntervalMs: 2_500 })
    capture(client, 'a', 'b')
    await sleep(50)
    expect(server.names).toEqual([])
    await vi.waitFor(() => expect(server.names).toEqual(['a', 'b']), 6_000)
    capture(client, 'c', 'd', 'e')
    const started = performance.now()
    await vi.waitFor(() => expect(server.names).toHaveLength(5), 6_000)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('hold at most so many events and bytes, in order', async () => {
    const { client } = openClient(server.url, { maxBatchEvents: 100, maxBatchBytes: 20_000 })
    capture(client, ...many(250))
    client.capture({ event: 'big', distinct_id: 'ann', properties: { text: 'ü'.repeat(40_000) } })
    capture(client, 'last')
    await client.flush()
    expect(server.names).toEqual([...many(250), 'big', 'last'])
    for (const { items, bytes } of server.received) {
      expect(items.length).toBeLessThanOrEqual(100)
      // One event alone may be larger; around the events are 120 bytes at most.
      if (items.length > 1) expect(bytes).toBeLessThanOrEqual(20_120)
    }
  })

  it('are compressed above 1 KiB, unless that is switched off', async () => {
    const { client } = openClient(server.url)
    capture(client, 'small')
    await client.flush()
    capture(client, ...many(100))
    await client.flush()
    const plain = openClient(server.url, { gzip: false })
    capture(plain.client, ...many(100))
    await plain.client.flush()
    const [small, packed, unpacked] = server.received
    expect(small?.headers['content-encoding']).toBeUndefined()
    expect(packed?.headers['content-encoding']).toBe('gzip')
    expect(packed?.wireBytes).toBeLessThan((packed?.bytes ?? 0) / 4)
    expect(unpacked?.headers['content-encoding']).toBeUndefined()
    expect(unpacked?.wireBytes).toBe(unpacked?.bytes)
  })
})

describe('the queue', () => {
  it('refuses the newest event when it is full, counts it, and keeps the others', async () => {
    const { client, errors } = openClient(server.url, {
      maxQueueEvents: 3,
      flushIntervalMs: 10_000,
    })
    const uuids = capture(client, 'a', 'b', 'c', 'd', 'e')
    expect(uuids.map((uuid) => uuid !== '')).toEqual([true, true, true, false, false])
    expect(errors.map(({ code }) => code)).toEqual(['queue_full', 'queue_full'])
    expect(client.stats()).toMatchObject({ queued: 3, acknowledged: 0, lost: 2 })
    await client.flush()
    expect(server.names).toEqual(['a', 'b', 'c'])
    capture(client, 'f')
    await client.flush()
    expect(client.stats()).toEqual({ queued: 0, queued_bytes: 0, acknowledged: 4, lost: 2 })
  })

  it('is limited in bytes, too', () => {
    const { client, errors } = openClient(server.url, {
      maxQueueBytes: 5_000,
      flushIntervalMs: 10_000,
    })
    const text = 'x'.repeat(2_000)
    for (const event of ['a', 'b', 'c'])
      client.capture({ event, distinct_id: 'ann', properties: { text } })
    expect(errors).toMatchObject([{ code: 'queue_full' }])
    expect(client.stats().queued).toBe(2)
    expect(client.stats().queued_bytes).toBeLessThanOrEqual(5_000)
  })
})

describe('flush', () => {
  it('resolves when what waited is answered, also while more comes all the time', async () => {
    server.otherwise = () => ({ delayMs: 10 })
    const { client } = openClient(server.url, { maxBatchEvents: 10 })
    const uuids = capture(client, ...many(20))
    const timer = setInterval(() => capture(client, ...many(20)), 1)
    await client.flush()
    clearInterval(timer)
    for (const uuid of uuids) expect(server.stored.has(uuid)).toBe(true)
    expect(client.stats().queued).toBeGreaterThan(0)
    await client.shutdown()
  })

  it('resolves when the server is away, says why, and keeps the events', async () => {
    const reports: DeliveryReport[] = []
    const { url, port } = server
    await server.close()
    const { client, errors } = openClient(url, {
      onDelivery: (report) => reports.push(report),
    })
    capture(client, 'a')
    await client.flush()
    expect(reports).toMatchObject([{ outcome: 'retry' }])
    expect(reports[0]?.message).toMatch(/ECONNREFUSED/)
    expect(client.stats().queued).toBe(1)
    server = await CaptureServer.start(port)
    await vi.waitFor(() => expect(server.names).toEqual(['a']), 3_000)
    expect(errors).toEqual([])
  })

  it('does not go before Retry-After, and does not wait for it', async () => {
    server.script = [busy(503, '2')]
    const { client } = openClient(server.url)
    capture(client, 'a')
    await client.flush()
    const started = performance.now()
    await client.flush()
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(server.received).toHaveLength(1)
    await vi.waitFor(() => expect(server.names).toEqual(['a']), 4_000)
    const [first, second] = server.received
    expect((second?.at ?? 0) - (first?.answeredAt ?? 0)).toBeGreaterThan(1_980)
  })

  it('gives up a request that takes too long, and sends the same bytes again', async () => {
    server.script = [HANG, OK]
    const reports: DeliveryReport[] = []
    const { client } = openClient(server.url, {
      requestTimeoutMs: 200,
      onDelivery: (report) => reports.push(report),
    })
    capture(client, 'a', 'b')
    await client.flush()
    expect(reports[0]?.message).toBe('No answer within 200 ms.')
    await vi.waitFor(() => expect(server.names).toEqual(['a', 'b']), 6_000)
    expect(server.received[1]?.items).toEqual(server.received[0]?.items)
  })
})

describe('shutdown', () => {
  it('sends what waits, then takes no more', async () => {
    const { client, errors } = openClient(server.url, { flushAt: 10_000 })
    capture(client, ...many(2_500))
    const both = [client.shutdown(), client.shutdown()]
    expect(capture(client, 'late')).toEqual([''])
    expect(await Promise.all(both)).toEqual([0, 0])
    expect(server.names).toEqual(many(2_500))
    expect(sizes()).toEqual([1_000, 1_000, 500])
    expect(errors).toMatchObject([{ code: 'shut_down' }])
  })

  it('tries again as long as there is time', async () => {
    server.script = [busy(503), busy(500)]
    const { client } = openClient(server.url)
    capture(client, 'a')
    expect(await client.shutdown(5_000)).toBe(0)
    expect(server.received).toHaveLength(3)
  })

  it.each([
    ['hangs', HANG],
    ['is busy', busy(503, '60')],
  ])('ends in time when the server %s, and says what was not delivered', async (_, behaviour) => {
    server.otherwise = () => behaviour
    const { client, errors } = openClient(server.url, { maxBatchEvents: 2 })
    const uuids = capture(client, 'a', 'b', 'c')
    const started = performance.now()
    expect(await client.shutdown(300)).toBe(3)
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(errors).toMatchObject([{ code: 'not_delivered', uuids }])
    expect(client.stats()).toMatchObject({ queued: 0, lost: 3 })
  })
})

it('says on the console what is lost, of each kind once a minute, when nobody else listens', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  server.otherwise = () => busy(401)
  const client = createClient(WRITE_KEY, { host: server.url })
  for (const event of ['a', 'b']) {
    capture(client, event, '')
    await client.flush()
  }
  const lines = said.mock.calls.map(([line]) => String(line))
  said.mockRestore()
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('headwater: missing_event')
  expect(lines[1]).toContain('headwater: scripted_401')
})
