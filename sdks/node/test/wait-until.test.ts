import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { busy, CaptureServer } from '../../compliance/capture-server.ts'
import type { Client } from '../src/index.ts'
import { openClient } from './sdk.ts'

let server: CaptureServer
beforeEach(async () => {
  server = await CaptureServer.start()
})
afterEach(() => server.close())

/** A request of a platform: what it was asked to wait for. */
function request() {
  const promises: Promise<unknown>[] = []
  return {
    waitUntil: (promise: Promise<unknown>) => void promises.push(promise),
    get count() {
      return promises.length
    },
    ended: () => Promise.all(promises),
  }
}
const capture = (client: Client, ...names: string[]) => {
  for (const event of names) client.capture({ event, distinct_id: 'ann' })
}
const batches = () => server.received.map(({ body }) => body.batch.map(({ event }) => event))

describe('withContext', () => {
  it('sends what one request captures as one batch, before the request is over', async () => {
    const { client } = openClient(server.url, { flushIntervalMs: 60_000 })
    const context = request()
    const scoped = client.withContext(context)
    capture(scoped, 'a', 'b')
    await Promise.resolve()
    capture(scoped, 'c')
    expect(context.count).toBe(1)
    await context.ended()
    expect(batches()).toEqual([['a', 'b', 'c']])
    expect(client.stats()).toMatchObject({ queued: 0, acknowledged: 3 })
  })

  it('asks for nothing when nothing is captured', () => {
    const context = request()
    openClient(server.url).client.withContext(context)
    expect(context.count).toBe(0)
  })

  it('sends what comes while a batch is on its way after it, in order', async () => {
    server.otherwise = () => ({ delayMs: 50 })
    const { client } = openClient(server.url)
    const context = request()
    const scoped = client.withContext(context)
    capture(scoped, 'a')
    await sleep(25)
    capture(scoped, 'b', 'c')
    await context.ended()
    expect(batches()).toEqual([['a'], ['b', 'c']])
    capture(scoped, 'd')
    expect(context.count).toBe(2)
    await context.ended()
    expect(server.names).toEqual(['a', 'b', 'c', 'd'])
  })

  it('keeps requests apart: one that hangs holds up no other', async () => {
    server.script = [{ delayMs: 400 }]
    const { client } = openClient(server.url)
    const [slow, fast] = [request(), request()]
    capture(client.withContext(slow), 'slow')
    await sleep(50)
    capture(client.withContext(fast), 'fast')
    await fast.ended()
    expect(server.received.find(({ items }) => items[0]?.includes('fast'))?.status).toBe(200)
    expect(client.stats()).toMatchObject({ queued: 1, acknowledged: 1 })
    await slow.ended()
    expect(client.stats()).toMatchObject({ queued: 0, acknowledged: 2 })
  })

  it('hands what it could not send in time to the next request, with the same bytes', async () => {
    server.script = [busy(503, '30')]
    const { client, errors } = openClient(server.url, { waitUntilTimeoutMs: 100 })
    const [first, second] = [request(), request()]
    capture(client.withContext(first), 'a')
    await first.ended()
    expect(client.stats().queued).toBe(1)
    capture(client.withContext(second), 'b')
    await second.ended()
    expect(server.names).toEqual(['a', 'b'])
    expect(server.received[1]?.items[0]).toBe(server.received[0]?.items[0])
    expect(errors).toEqual([])
  })

  it('hands it to flush and shutdown of the client, too', async () => {
    server.script = [busy(503), busy(503)]
    const { client } = openClient(server.url, { waitUntilTimeoutMs: 100 })
    for (const event of ['a', 'b']) {
      const context = request()
      const scoped = client.withContext(context)
      capture(scoped, event)
      await context.ended()
    }
    await client.flush()
    expect(server.names).toEqual(['a', 'b'])
    expect(await client.shutdown()).toBe(0)
  })

  it('can be flushed by itself', async () => {
    const { client } = openClient(server.url)
    const scoped = client.withContext(request())
    capture(scoped, 'a')
    await scoped.flush()
    expect(server.names).toEqual(['a'])
  })

  it('lets shutdown wait for what is under way', async () => {
    server.otherwise = () => ({ delayMs: 100 })
    const { client } = openClient(server.url)
    const context = request()
    capture(client.withContext(context), 'a')
    expect(await client.shutdown()).toBe(0)
    expect(client.stats()).toMatchObject({ queued: 0, acknowledged: 1, lost: 0 })
    await context.ended()
  })
})

describe('the option waitUntil', () => {
  it('puts each burst of events under the request that it is called in', async () => {
    server.otherwise = () => ({ delayMs: 100 })
    let context = request()
    const { client } = openClient(server.url, {
      waitUntil: (promise) => context.waitUntil(promise),
    })
    capture(client, 'a', 'b')
    const first = context
    await sleep(50)
    context = request()
    capture(client, 'c')
    expect([first.count, context.count]).toEqual([1, 1])
    await Promise.all([first.ended(), context.ended()])
    expect(batches()).toEqual([['a', 'b'], ['c']])
  })
})
