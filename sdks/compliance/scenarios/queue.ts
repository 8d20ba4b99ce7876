import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { busy, CaptureServer, HANG } from '../capture-server.ts'
import { captureAll, many, type Scenario, until, untilAnswered } from '../scenario.ts'

export const QUEUE: Scenario[] = [
  {
    name: 'keeps the oldest events when its queue is full, and reports each that it refuses',
    unlessFor: ({ stateful }) => (stateful ? 'the length of its queue is fixed' : null),
    async run({ server, start }) {
      const { port } = server
      const adapter = await start({ max_queue_events: 5, flush_at: 100, flush_interval_ms: 60_000 })
      await server.close()
      const uuids = await captureAll(adapter, many(8))
      expect(uuids.map((uuid) => uuid !== '')).toEqual([
        ...Array(5).fill(true),
        ...Array(3).fill(false),
      ])
      expect((await adapter.errors()).map(({ code }) => code)).toEqual(Array(3).fill('queue_full'))
      expect(await adapter.queued()).toBe(5)
      const back = await CaptureServer.start(port)
      try {
        await adapter.do('flush')
        await untilAnswered(adapter)
        expect(back.names).toEqual(many(5))
      } finally {
        await back.close()
      }
    },
  },
  {
    name: 'sends at once when enough events wait',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 3, flush_interval_ms: 60_000 })
      await captureAll(adapter, ['a', 'b'])
      await sleep(300)
      expect(server.received).toEqual([])
      await adapter.capture('c')
      await until('all are stored', () => server.names.length === 3, 5_000)
    },
  },
  {
    name: 'sends after the interval what few events wait',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 100, flush_interval_ms: 400 })
      await adapter.capture('a')
      await until('it is stored', () => server.names.length === 1, 5_000)
    },
  },
  {
    name: 'answers a flush when everything that waited was answered',
    async run({ server, start }) {
      server.otherwise = () => ({ delayMs: 100 })
      const adapter = await start({ flush_at: 1_000, flush_interval_ms: 60_000 })
      const uuids = await captureAll(adapter, many(250))
      await adapter.do('flush')
      expect([...server.stored.keys()]).toEqual(uuids)
      expect(await adapter.queued()).toBe(0)
    },
  },
  {
    name: 'answers a flush after a failed attempt, and keeps the events',
    async run({ server, start }) {
      server.otherwise = () => busy(503, '60')
      const adapter = await start({ flush_at: 100, flush_interval_ms: 60_000 })
      await adapter.capture('a')
      const started = performance.now()
      await adapter.ask('flush')
      expect(performance.now() - started).toBeLessThan(5_000)
      expect(await adapter.queued()).toBe(1)
    },
  },
  {
    name: 'sends one request at a time, so that order holds',
    async run({ server, start }) {
      server.otherwise = () => ({ delayMs: 50 })
      const adapter = await start({ flush_at: 10, flush_interval_ms: 20 })
      await captureAll(adapter, many(100))
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(server.received.length).toBeGreaterThan(1)
      server.received.slice(1).forEach(({ at }, i) => {
        expect(at).toBeGreaterThanOrEqual(server.received[i]?.answeredAt ?? 0)
      })
      expect(server.names).toEqual(many(100))
    },
  },
  {
    name: 'stores a burst of 2,000 events that come faster than they can be sent, once and in order',
    async run({ sdk, server, start }) {
      server.otherwise = () => ({ delayMs: 20 })
      const adapter = await start({ flush_at: 50 })
      const commands = many(2_000).map((event) => adapter.capture(event))
      const uuids = await Promise.all(commands)
      await adapter.do('flush')
      await untilAnswered(adapter, 60_000)
      expect([...server.stored.keys()]).toEqual(uuids)
      expect(server.names).toEqual(many(2_000))
      expect([...server.stored.values()].every(({ copies }) => copies === 1)).toBe(true)
      expect(await adapter.errors()).toEqual([])
      // Ids sort as the events were captured, which tells their order within a millisecond.
      if (!sdk.stateful) expect(uuids.toSorted()).toEqual(uuids)
    },
  },
  {
    name: 'makes ids that no other process makes',
    unlessFor: ({ stateful }) => (stateful ? 'tabs are judged by its own tests' : null),
    async run({ server, start }) {
      const adapters = await Promise.all([start(), start(), start()])
      const uuids = await Promise.all(adapters.map((one) => captureAll(one, many(200))))
      await Promise.all(adapters.map((one) => one.do('shutdown', { timeout_ms: 10_000 })))
      expect(new Set(uuids.flat()).size).toBe(600)
      expect([...server.stored.keys()].sort()).toEqual(uuids.flat().sort())
      expect([...server.stored.values()].every(({ copies }) => copies === 1)).toBe(true)
    },
  },
  {
    name: 'splits what is too much for one request',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 1_000, flush_interval_ms: 60_000 })
      const text = 'ü'.repeat(50_000)
      const uuids: string[] = []
      for (const name of many(30)) uuids.push(await adapter.capture(name, { properties: { text } }))
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect([...server.stored.keys()]).toEqual(uuids)
      expect(server.received.length).toBeGreaterThan(1)
      for (const { bytes } of server.received) expect(bytes).toBeLessThan(10 * 1024 * 1024)
      expect([...server.stored.values()].every(({ properties }) => properties.text === text)).toBe(
        true,
      )
    },
  },
  {
    name: 'sends what waits when it is shut down, then ends',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 10_000, flush_interval_ms: 60_000 })
      const uuids = await captureAll(adapter, many(300))
      await adapter.do('shutdown', { timeout_ms: 10_000 })
      expect(await adapter.ended()).toBe(0)
      expect([...server.stored.keys()]).toEqual(uuids)
    },
  },
  {
    name: 'ends within the time limit of a shutdown when the server hangs',
    async run({ server, start }) {
      server.otherwise = () => HANG
      const adapter = await start({ flush_at: 100 })
      await adapter.capture('a')
      const started = performance.now()
      await adapter.ask('shutdown', { timeout_ms: 1_000 })
      expect(await adapter.ended()).toBe(0)
      expect(performance.now() - started).toBeLessThan(6_000)
    },
  },
  {
    name: 'sends what waits when its process ends by itself',
    unlessFor: ({ stateful }) =>
      stateful ? 'a page that closes is judged by its own tests' : null,
    async run({ server, start }) {
      const adapter = await start({ flush_at: 100, flush_interval_ms: 60_000 })
      const uuids = await captureAll(adapter, ['a', 'b'])
      adapter.endInput()
      expect(await adapter.ended()).toBe(0)
      expect([...server.stored.keys()]).toEqual(uuids)
    },
  },
]
