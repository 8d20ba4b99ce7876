import { expect } from 'vitest'
import {
  type Behaviour,
  busy,
  CaptureServer,
  CUT,
  HANG,
  PORTAL,
  STORED_BUT_500,
  STORED_BUT_CUT,
} from '../capture-server.ts'
import {
  captureAll,
  errorsOf,
  many,
  type Scenario,
  type Stage,
  until,
  untilAnswered,
} from '../scenario.ts'

const NAMES = ['first', 'second', 'third']

/** What goes wrong with the first request, and must not be seen in what is stored. */
const FAULTS: Record<string, Behaviour> = {
  '503': busy(503),
  '429': busy(429),
  '408': busy(408),
  'a 404 of a host that is being moved': busy(404),
  '500 after storing': STORED_BUT_500,
  'a connection cut before storing': CUT,
  'a connection cut after storing': STORED_BUT_CUT,
  'a captive portal’s 200': PORTAL,
}

function surviving(fault: string, behaviour: Behaviour): Scenario {
  return {
    name: `stores each event once, with the same bytes, in order, in spite of ${fault}`,
    async run({ server, start }) {
      server.script = [behaviour]
      // All in one request, so that there is one fault and one answer.
      const adapter = await start({
        flush_at: NAMES.length,
        flush_interval_ms: 2_000,
        request_timeout_ms: 1_000,
      })
      const uuids = await captureAll(adapter, NAMES)
      await adapter.do('flush')
      await untilAnswered(adapter, 45_000)
      const [first, second] = server.received
      expect(server.received).toHaveLength(2)
      expect(second?.items).toEqual(first?.items)
      expect([...server.stored.keys()]).toEqual(uuids)
      expect(server.names).toEqual(NAMES)
      const copies = behaviour.stores ? 2 : 1
      expect([...server.stored.values()].map((event) => event.copies)).toEqual([
        copies,
        copies,
        copies,
      ])
      expect(await adapter.errors()).toEqual([])
    },
  }
}

function keeping(form: string, retryAfter: () => string): Scenario {
  return {
    name: `sends nothing before Retry-After, said ${form}, also when it is told to flush`,
    async run({ server, start }) {
      const adapter = await start()
      server.otherwise = ({ at }) => (server.received[0]?.at === at ? busy(503, retryAfter()) : {})
      await adapter.capture('first')
      await adapter.do('flush')
      await adapter.capture('second')
      await adapter.ask('flush')
      await until('both are stored', () => server.names.length === 2)
      const [first, second] = server.received
      // A date has whole seconds only.
      expect((second?.at ?? 0) - (first?.answeredAt ?? 0)).toBeGreaterThan(
        form === 'as a date' ? 1_950 : 2_950,
      )
      expect(server.names).toEqual(['first', 'second'])
    },
  }
}

async function refused({ server, start }: Stage, status: number): Promise<void> {
  server.script = [busy(status)]
  const adapter = await start()
  const uuid = await adapter.capture('refused')
  await adapter.do('flush')
  await untilAnswered(adapter)
  expect(await errorsOf(adapter, 1)).toMatchObject([{ code: `scripted_${status}`, uuids: [uuid] }])
  await adapter.capture('next')
  await adapter.do('flush')
  await untilAnswered(adapter)
  expect(server.names).toEqual(['next'])
  expect(server.received).toHaveLength(2)
}

/** Waits between the attempts of a client whose server refuses it a few times. */
async function waitsOf({ server, start }: Stage, attempts: number): Promise<number[]> {
  const from = server.received.length
  server.script = Array.from({ length: attempts - 1 }, () => busy(503))
  const adapter = await start()
  await adapter.capture('patient')
  await until('it is stored', () => server.received.length === from + attempts, 30_000)
  await untilAnswered(adapter)
  const requests = server.received.slice(from)
  return requests.slice(1).map(({ at }, i) => at - (requests[i]?.answeredAt ?? 0))
}

export const FAULT_SCENARIOS: Scenario[] = [
  ...Object.entries(FAULTS).map(([fault, behaviour]) => surviving(fault, behaviour)),
  surviving('a request that hangs', HANG),
  keeping('in seconds', () => '3'),
  keeping('as a date', () => new Date(Date.now() + 3_000).toUTCString()),
  {
    name: 'tries again after the back-off, however long events may wait for company',
    async run({ server, start }) {
      server.script = [busy(503)]
      const adapter = await start({ flush_interval_ms: 3_600_000 })
      const uuid = await adapter.capture('a')
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect([...server.stored.keys()]).toEqual([uuid])
      const [first, second] = server.received
      expect(server.received).toHaveLength(2)
      expect((second?.at ?? 0) - (first?.answeredAt ?? 0)).toBeGreaterThan(100)
    },
  },
  {
    name: 'waits longer after each failure, and not always the same',
    async run(stage) {
      const one = await waitsOf(stage, 4)
      const other = await waitsOf(stage, 4)
      for (const [first = 0, second = 0, third = 0] of [one, other]) {
        expect(first).toBeGreaterThan(100)
        // Jitter may shorten one wait, and not the other: only over two steps is it sure to grow.
        expect(third).toBeGreaterThan(first)
        expect(first + second + third).toBeGreaterThan(1_500)
      }
      expect(one.some((wait, i) => Math.abs(wait - (other[i] ?? 0)) > 10)).toBe(true)
    },
  },
  {
    name: 'gives up a batch that is answered 400, says so, and goes on',
    run: (stage) => refused(stage, 400),
  },
  {
    name: 'gives up a batch that is answered 401, says so, and goes on',
    run: (stage) => refused(stage, 401),
  },
  {
    name: 'halves what is answered 413 until every event that fits is through, in order',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 12, flush_interval_ms: 2_000 })
      server.maxBodyBytes = 4_000
      const uuids: string[] = []
      for (const name of many(12)) {
        const text = 'x'.repeat(name === 'event 7' ? 5_000 : 400)
        uuids.push(await adapter.capture(name, { properties: { text } }))
      }
      await adapter.do('flush')
      await untilAnswered(adapter)
      expect(server.names).toEqual(many(12).filter((name) => name !== 'event 7'))
      expect([...server.stored.values()].every(({ copies }) => copies === 1)).toBe(true)
      expect(await errorsOf(adapter, 1)).toMatchObject([
        { code: 'scripted_413', uuids: [uuids[7]] },
      ])
    },
  },
  {
    name: 'delivers what was captured while the server was away',
    async run({ server, start }) {
      const { port } = server
      const adapter = await start()
      await server.close()
      const uuids = await captureAll(adapter, NAMES)
      await adapter.do('flush')
      expect(await adapter.queued()).toBe(3)
      const back = await CaptureServer.start(port)
      try {
        await untilAnswered(adapter, 30_000)
        expect([...back.stored.keys()]).toEqual(uuids)
        expect(await adapter.errors()).toEqual([])
      } finally {
        await back.close()
      }
    },
  },
  {
    name: 'stores 200 events once and in order through a server that fails in every way',
    async run({ server, start }) {
      const adapter = await start({ flush_at: 20, request_timeout_ms: 1_000 })
      const faults = [STORED_BUT_500, busy(503), STORED_BUT_CUT, busy(429), CUT, PORTAL]
      let count = 0
      // After each fault an answer, so that back-off stays short.
      server.otherwise = () =>
        count++ % 2 === 0 ? (faults[(count >> 1) % faults.length] ?? {}) : {}
      const uuids = await captureAll(adapter, many(200))
      await adapter.do('flush')
      await untilAnswered(adapter, 60_000)
      expect([...server.stored.keys()]).toEqual(uuids)
      expect(server.names).toEqual(many(200))
      const texts = new Map<string, Set<string>>()
      for (const { items, body } of server.received) {
        body.batch.forEach(({ uuid }, i) => {
          texts.set(uuid, (texts.get(uuid) ?? new Set()).add(items[i] ?? ''))
        })
      }
      expect([...texts.values()].filter((one) => one.size !== 1)).toEqual([])
      expect(await adapter.errors()).toEqual([])
    },
  },
]
