import { env } from 'cloudflare:workers'
import { gunzipSync } from 'node:zlib'
import { decodeFrames } from '@headwater/schemas/record'
import { beforeEach, describe, expect, it } from 'vitest'
import { BufferError, type EventBuffer, shardFor } from './buffer.ts'
import { capture } from './capture.ts'
import { edgeConfig } from './config.ts'
import { NO_HEADERS } from './dialects/dialect.ts'
import { native } from './dialects/native.ts'
import { segment } from './dialects/segment.ts'
import { NO_GEO } from './geo.ts'
import { type Arrival, Intake, type Outcome } from './intake.ts'
import { MemoryBuffer } from './memory-buffer.ts'
import { metricsText } from './metrics.ts'
import { writeKey, writeKeyOf } from './test/edge.ts'
import { WriteKeys } from './write-keys.ts'

const SHARDS = 2
const keepAlive = (work: Promise<unknown>) => void work
const config = edgeConfig({ ...env, BUFFER: env.BUFFER, SHARDS: String(SHARDS) })
const writeKeys = new WriteKeys(config)
const held = { accepted: 1, dropped: [] }

beforeEach(() => writeKeys.verify(writeKey))

describe('a request of a group', () => {
  it('is answered when its own shards hold it, whatever becomes of the others', async () => {
    const far = new Shards()
    const [stuck, quick] = [far.take(0), far.take(1)]
    await far.calls(2)
    far.hold(1)
    await expect(quick).resolves.toEqual(held)
    far.refuse(0)
    await expect(stuck).rejects.toMatchObject({ code: 'backlog_full', status: 503 })
  })

  it('waits for every shard that gets a part of it', async () => {
    const far = new Shards()
    let isAnswered = false
    const both = far.take(0, 1).finally(() => {
      isAnswered = true
    })
    await far.calls(2)
    far.hold(0)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(isAnswered).toBe(false)
    far.hold(1)
    await expect(both).resolves.toEqual({ accepted: 2, dropped: [] })
  })
})

it('keeps projects of different regions apart in one group', async () => {
  const keys = await Promise.all(['default', 'eu.shop', 'far.shop'].map((id) => writeKeyOf(id)))
  for (const key of keys) await writeKeys.verify(key)
  const buffer = new MemoryBuffer()
  const intake = new Intake()
  const arrivals = Array.from({ length: 30 }, (_, i) => arrivalOf(keys[i % 3] ?? '', [`p${i}`]))
  const deps = { config, writeKeys, buffer }
  await Promise.all(arrivals.map((arrival) => intake.take(arrival, deps, keepAlive)))
  const chunks = [...buffer.shards].flatMap(([shard, chunks]) =>
    chunks.map(({ body }) => ({ shard, frames: decodeFrames(gunzipSync(body).toString()) })),
  )
  const places = chunks.flatMap(({ shard, frames }) =>
    frames.map(({ key }) => `${key.split(':')[0]} in ${shard.split(':')[0]}`),
  )
  expect(places).toHaveLength(30)
  expect(new Set(places)).toEqual(new Set(['default in test', 'eu.shop in eu', 'far.shop in far']))
  expect(chunks.length).toBeLessThan(30)
})

it('judges requests of different dialects in one group, each by its own', async () => {
  const buffer = new MemoryBuffer()
  const intake = new Intake()
  const deps = { config, writeKeys, buffer }
  const batch = [
    { type: 'track', userId: 'p', event: 'b' },
    { type: 'track', event: 'nobody' },
  ]
  const call = {
    ...arrivalOf(writeKey, []),
    dialect: segment,
    url: 'http://edge.test/v1/batch',
    payload: JSON.stringify({ writeKey, batch }),
  }
  const outcomes = await Promise.all(
    [arrivalOf(writeKey, ['p']), call, arrivalOf(writeKey, ['p'])].map((arrival) =>
      intake.take(arrival, deps, keepAlive),
    ),
  )
  expect(outcomes).toMatchObject([
    held,
    { accepted: 1, dropped: [{ index: 1, reason: 'missing_distinct_id' }] },
    held,
  ])
  expect([...buffer.shards].flatMap(([, chunks]) => chunks).length).toBeLessThan(3)
})

it('makes a call for each request when calls are not shared', async () => {
  const far = new Shards(false)
  const all = [far.take(0), far.take(0), far.take(0)]
  await far.calls(3)
  far.hold(0)
  expect(await Promise.all(all)).toEqual([held, held, held])
})

it('is counted as accepted only when it is held', async () => {
  const send = (buffer: EventBuffer) =>
    new Promise((resolve) => {
      const body = JSON.stringify({ api_key: writeKey, event: 'a', distinct_id: 'b' })
      const request = new Request('http://edge.test/e', { method: 'POST', body })
      const deps = { config, writeKeys, buffer, intake: new Intake(), waitUntil: keepAlive }
      capture(request, native, deps, resolve, resolve)
    })
  const before = await acceptedTotal()
  expect(await send(new MemoryBuffer(1))).toMatchObject({ code: 'backlog_full' })
  expect(await acceptedTotal()).toBe(before)
  expect(await send(new MemoryBuffer())).toMatchObject({ status: 200 })
  expect(await acceptedTotal()).toBe(before + 1)
})

async function acceptedTotal(): Promise<number> {
  return Number(/^headwater_edge_accepted_events_total (\d+)$/m.exec(await metricsText(env))?.[1])
}

/** A buffer whose shards answer when the test says so, and requests with an event for each of some. */
class Shards implements EventBuffer {
  readonly #intake = new Intake()
  readonly #shareCalls: boolean
  readonly #open: { shard: number; resolve: () => void; reject: (error: Error) => void }[] = []
  #calls = 0

  constructor(shareCalls = true) {
    this.#shareCalls = shareCalls
  }

  append(name: string): Promise<void> {
    this.#calls++
    const shard = Number(name.slice(name.indexOf(':') + 1))
    return new Promise((resolve, reject) => this.#open.push({ shard, resolve, reject }))
  }

  take(...shards: number[]): Promise<Outcome> {
    const arrival = arrivalOf(writeKey, shards.map(personOf))
    const deps = { config: { ...config, shareCalls: this.#shareCalls }, writeKeys, buffer: this }
    return this.#intake.take(arrival, deps, keepAlive)
  }

  async calls(count: number): Promise<void> {
    for (let i = 0; i < 200 && this.#calls < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(this.#calls).toBe(count)
  }

  hold(shard: number): void {
    for (const call of this.#open) if (call.shard === shard) call.resolve()
  }

  refuse(shard: number): void {
    const error = new BufferError('backlog_full', 'full')
    for (const call of this.#open) if (call.shard === shard) call.reject(error)
  }
}

function arrivalOf(api_key: string, people: readonly string[]): Arrival {
  const batch = people.map((distinct_id) => ({ event: 'a', distinct_id }))
  return {
    dialect: native,
    url: 'http://edge.test/batch',
    authorization: null,
    headers: NO_HEADERS,
    userAgent: '',
    ip: '',
    isPrefetch: false,
    geo: NO_GEO,
    receivedAt: Date.now(),
    payload: JSON.stringify({ api_key, batch }),
  }
}

function personOf(shard: number): string {
  for (let i = 0; ; i++) if (shardFor('default', `p${i}`, SHARDS) === shard) return `p${i}`
}
