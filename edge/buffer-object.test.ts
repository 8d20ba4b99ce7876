import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { core, until } from './test/core.ts'
import { acknowledged, alarmOf, chunkOf, idsOf, newShard, tablesOf } from './test/shard.ts'

const LONG_AGO = { status: 503, retry_after: '2' }

describe('what is appended', () => {
  it('reaches the bridge as one signed batch', async () => {
    const { name, stub } = newShard()
    await stub.append([chunkOf('a', 'b'), chunkOf('c')])
    const [batch] = await acknowledged(name, 1)
    expect(batch).toMatchObject({ seq: 1, events: 3 })
    expect(idsOf(batch?.body)).toEqual(['a', 'b', 'c'])
    expect(batch?.shard).toMatch(new RegExp(`^${name}@[0-9a-f]{16}$`))
  })

  it('is forgotten once it is acknowledged, with its table', async () => {
    const { name, stub } = newShard()
    await stub.append([chunkOf('a')])
    await acknowledged(name, 1)
    await until('an empty shard', async () => (await stub.stats()).backlog_bytes === 0)
    expect(await tablesOf(stub)).toEqual([])
  })

  it('leaves within the sealing age, without waiting for the alarm', async () => {
    const delays: number[] = []
    // The machine may be busy for a moment; the alarm would be late every time.
    for (let i = 0; i < 3; i++) {
      const { name, stub } = newShard()
      const started = Date.now()
      await stub.append([chunkOf('a')])
      const [batch] = await acknowledged(name, 1)
      delays.push((batch?.at ?? 0) - started)
    }
    expect(Math.min(...delays)).toBeLessThan(300)
  })

  it('keeps its order over many appends, batches and numbers', async () => {
    const { name, stub } = newShard()
    const ids = Array.from({ length: 60 }, (_, i) => `event-${i}`)
    for (const id of ids) await stub.append([chunkOf(id.padEnd(1_000, '.'))])
    const batches = await until('60 events', async () => {
      const all = await core.acknowledged(name)
      return all.reduce((sum, { events }) => sum + events, 0) === 60 && all
    })
    expect(batches.length).toBeGreaterThan(2)
    expect(batches.map(({ seq }) => seq)).toEqual(batches.map((_, i) => i + 1))
    expect(batches.flatMap(({ body }) => idsOf(body)).map((id) => id.replaceAll('.', ''))).toEqual(
      ids,
    )
  })

  it('shares one stored row with the appends of the same moment', async () => {
    const { name, stub } = newShard()
    const ids = Array.from({ length: 40 }, (_, i) => `e${i}`)
    await runInDurableObject(stub, async (object) => {
      await Promise.all(ids.map((id) => object.append([chunkOf(id)])))
      // The first goes at once; the other 39 gather while its commit is confirmed.
      expect((await object.stats()).commits).toEqual({
        appends: 40,
        commits: 2,
        rows: 2,
        events: 40,
      })
    })
    const [batch] = await acknowledged(name, 1)
    expect(idsOf(batch?.body)).toEqual(ids)
  })
})

describe('a bridge that is away', () => {
  it('gets the same number and the same bytes on every try', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, { status: 503 }, { status: 500 }, { status: 429 }, { status: 401 })
    await stub.append([chunkOf('a')])
    // Meant for the next batch: it must not slip into the one that was sent already.
    await until('a first try', async () => (await core.attempts(name)).length > 0)
    await stub.append([chunkOf('b')])
    const batches = await acknowledged(name, 2)
    const tries = await core.attempts(name)
    expect(tries.filter(({ seq }) => seq === 1).map(({ body }) => body)).toEqual(
      Array.from({ length: 5 }, () => tries[0]?.body),
    )
    expect(batches.map(({ body }) => idsOf(body))).toEqual([['a'], ['b']])
  })

  it('is not taken at its word when it acknowledges another number of events', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(
      name,
      { status: 200, body: '{"acknowledged":7}' },
      { status: 200, body: '<html>' },
    )
    await stub.append([chunkOf('a')])
    await until('a third try', async () => (await core.attempts(name)).length === 3)
    await until('an empty shard', async () => (await stub.stats()).backlog_bytes === 0)
  })

  it('is given up on after the timeout, and tried again', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, { status: 200, delay_ms: 900 })
    await stub.append([chunkOf('a')])
    const tries = await until('a second try', async () => {
      const all = await core.attempts(name)
      return all.length === 2 && all
    })
    expect(tries[1]?.body).toBe(tries[0]?.body)
  })

  it('is asked again only after its Retry-After, also when the alarm looks before', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, { status: 503, retry_after: '1' })
    await stub.append([chunkOf('a')])
    const [first, second] = await until('a second try', async () => {
      const all = await core.attempts(name)
      return all.length === 2 && all
    })
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950)
  })

  it('finds few large batches when it is back, not many small ones', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO)
    for (let i = 0; i < 20; i++) {
      await stub.append([chunkOf(`e${i}`)])
      await pause(15)
    }
    await until('20 events', async () => {
      const all = await core.acknowledged(name)
      return all.reduce((sum, { events }) => sum + events, 0) === 20
    })
    expect((await core.acknowledged(name)).length).toBeLessThanOrEqual(4)
  })

  it('does not stop appends, until the backlog limit; then nothing is taken and nothing lost', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO)
    const big = chunkOf('x'.repeat(3_000))
    let held = 0
    while ((await stub.append([big])) === 'held') held++
    expect(held).toBeGreaterThan(5)
    const { backlog_bytes, backlog_events } = await stub.stats()
    expect(backlog_bytes).toBeLessThanOrEqual(100_000)
    expect(backlog_events).toBe(held)
    await until('everything held to arrive', async () => {
      const all = await core.acknowledged(name)
      return all.reduce((sum, { events }) => sum + events, 0) === held
    })
    expect(await stub.append([chunkOf('again')])).toBe('held')
  })
})

describe('a batch that the bridge refuses for good', () => {
  it.each([400, 413, 422])(
    'is set aside after a %i, and does not block the next',
    async (status) => {
      const { name, stub } = newShard()
      await core.willAnswer(name, { status })
      await stub.append([chunkOf('poison')])
      await until('a refusal', async () => (await stub.stats()).set_aside_batches === 1)
      await stub.append([chunkOf('good')])
      const [batch] = await acknowledged(name, 1)
      expect(batch).toMatchObject({ seq: 2 })
      expect(idsOf(batch?.body)).toEqual(['good'])
      expect(await stub.stats()).toMatchObject({ set_aside_batches: 1, set_aside_events: 1 })
    },
  )

  it('is kept over an eviction and can be sent again, under a new number', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, { status: 400 })
    await stub.append([chunkOf('poison')])
    await until('a refusal', async () => (await stub.stats()).set_aside_batches === 1)
    await evictDurableObject(stub)
    expect(await stub.replaySetAside()).toBe(1)
    const [batch] = await acknowledged(name, 1)
    expect(batch).toMatchObject({ seq: 2, events: 1 })
    expect(idsOf(batch?.body)).toEqual(['poison'])
    expect((await stub.stats()).set_aside_batches).toBe(0)
  })
})

it('leaves one record of every flush: what, how long, and why it failed', async () => {
  const lines: string[] = []
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line))
  }
  const { name, stub } = newShard()
  await core.willAnswer(name, { status: 503, retry_after: '0' }, { status: 400 })
  await stub.append([chunkOf('poison')])
  await until('a refusal', async () => (await stub.stats()).set_aside_batches === 1)
  await stub.append([chunkOf('a', 'b')])
  await until('an empty shard', async () => (await stub.stats()).backlog_bytes === 0)
  vi.restoreAllMocks()
  const records = lines
    .map((line) => JSON.parse(line))
    .filter(({ shard }) => shard.startsWith(name))
  expect(records).toMatchObject([
    { event: 'flush', outcome: 'retried', seq: 1, events: 1, next_try_ms: expect.any(Number) },
    { event: 'flush', outcome: 'set_aside', seq: 1, error: expect.stringContaining('400') },
    { event: 'flush', outcome: 'acknowledged', seq: 2, events: 2, duration_ms: expect.any(Number) },
  ])
  expect(records[2].bytes).toBeGreaterThan(10)
})

describe('an object that loses its memory', () => {
  it('goes on after an eviction with the same bytes, numbers and incarnation', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO)
    await stub.append([chunkOf('a')])
    await until('a first try', async () => (await core.attempts(name)).length === 1)
    await evictDurableObject(stub)
    await stub.append([chunkOf('b')])
    const batches = await acknowledged(name, 2)
    const [first] = await core.attempts(name)
    expect(batches[0]).toMatchObject({ seq: 1, shard: first?.shard, body: first?.body })
    expect(batches[1]).toMatchObject({ seq: 2, shard: first?.shard })
  })

  it('keeps what it acknowledged over an abort, and delivers it without a new request', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO)
    await stub.append([chunkOf('a')])
    await until('a first try', async () => (await core.attempts(name)).length === 1)
    await abortAllDurableObjects()
    // Only the alarm can wake it now: nothing calls the object.
    const [batch] = await acknowledged(name, 1)
    expect(idsOf(batch?.body)).toEqual(['a'])
  })

  it('never uses a number twice, also after everything was acknowledged', async () => {
    const { name, stub } = newShard()
    await stub.append([chunkOf('a')])
    await until('an empty shard', async () => (await stub.stats()).flushes.acknowledged === 1)
    await evictDurableObject(stub)
    await stub.append([chunkOf('b')])
    const batches = await acknowledged(name, 2)
    expect(batches.map(({ seq }) => seq)).toEqual([1, 2])
  })
})

describe('the alarm', () => {
  it('is armed while something is held, and arms itself again', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO, LONG_AGO)
    await stub.append([chunkOf('a')])
    expect(await alarmOf(stub)).not.toBeNull()
    await until('a first try', async () => (await core.attempts(name)).length === 1)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await alarmOf(stub)).not.toBeNull()
  })

  it('never throws, even when storage is broken', async () => {
    const { name, stub } = newShard()
    await core.willAnswer(name, LONG_AGO, LONG_AGO, LONG_AGO)
    await stub.append([chunkOf('a')])
    await until('a first try', async () => (await core.attempts(name)).length === 1)
    await abortAllDurableObjects()
    await runInDurableObject(env.BUFFER.getByName(name), async (object, state) => {
      state.storage.sql.exec('DROP TABLE seg_1')
      await expect(object.alarm()).resolves.toBeUndefined()
    })
  })
})

it('stores all chunks of an append or none', async () => {
  const { stub } = newShard()
  const tooBig = { body: new Uint8Array(20_000_000), bytes: 20_000_000, events: 1 }
  await runInDurableObject(stub, async (object) => {
    await expect(object.append([chunkOf('a')])).resolves.toBe('held')
    await expect(object.append([chunkOf('b'), tooBig])).resolves.toBe('backlog_full')
    expect((await object.stats()).backlog_events).toBe(1)
  })
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
