import { describe, expect, it, vi } from 'vitest'
import type { EventLog, LogRecord, PartitionHandler, StoredRecord } from './log.ts'

export const READ = { maxRecords: 100, lingerMs: 5 }
/** A limit for slow machines: a group of Kafka may take seconds to share its partitions. */
const WAIT_MS = 30_000

/** What every EventLog must do, whatever it is made of. `open` gives a new, empty log of four partitions. */
export function describeEventLog(name: string, open: () => Promise<EventLog>): void {
  describe(`EventLog: ${name}`, () => {
    it('gives back the records of one key in the order appended', async () => {
      const log = await open()
      const reader = collector()
      const subscription = await log.subscribe('group', reader.handler, READ)
      for (let seq = 1; seq <= 50; seq++) {
        await log.append([record('default:ann', seq, 0), record(`default:${seq}`, seq, 1)])
      }
      await vi.waitFor(() => expect(reader.records).toHaveLength(100), WAIT_MS)
      const ann = reader.records.filter(({ key }) => key === 'default:ann')
      expect(ann.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
      expect(ann[0]).toMatchObject(record('default:ann', 1, 0))
      await subscription.close()
      await log.close()
    })

    it('counts offsets up by one within a partition', async () => {
      const log = await open()
      const reader = collector()
      await log.append(Array.from({ length: 20 }, (_, i) => record('default:ann', 1, i)))
      const subscription = await log.subscribe('group', reader.handler, READ)
      await vi.waitFor(() => expect(reader.records).toHaveLength(20), WAIT_MS)
      expect(reader.records.map(({ offset }) => offset)).toEqual([...Array(20).keys()])
      const [state] = (await log.partitions()).filter(({ end }) => end > 0)
      expect(state).toMatchObject({ start: 0, end: 20 })
      await subscription.close()
      await log.close()
    })

    it('gives the same records again when the handler rejects', async () => {
      const log = await open()
      const reader = collector({ failures: 2 })
      await log.append([record('default:ann', 1, 0)])
      const subscription = await log.subscribe('group', reader.handler, READ)
      await vi.waitFor(() => expect(reader.records).toHaveLength(1), WAIT_MS)
      expect(reader.calls).toBe(3)
      await subscription.close()
      await log.close()
    })

    it('goes on for a group where it stopped, and tells the next member so', async () => {
      const log = await open()
      const first = collector()
      await log.append([record('default:ann', 1, 0), record('default:ann', 1, 1)])
      const subscription = await log.subscribe('group', first.handler, READ)
      await vi.waitFor(() => expect(first.records).toHaveLength(2), WAIT_MS)
      await subscription.close()
      await log.append([record('default:ann', 2, 0)])
      const second = collector()
      const again = await log.subscribe('group', second.handler, READ)
      await vi.waitFor(() => expect(second.records).toHaveLength(1), WAIT_MS)
      expect(second.records[0]?.seq).toBe(2)
      expect(second.committed).toContain(2)
      await again.close()
      await log.close()
    })

    it('gives a call that was cut off again to the next member, with exactly its records', async () => {
      const log = await open()
      const cut = cutOffHandler()
      await log.append(Array.from({ length: 5 }, (_, i) => record('default:ann', 1, i)))
      const subscription = await log.subscribe('group', cut.handler, READ)
      await vi.waitFor(() => expect(cut.given).toHaveLength(1), WAIT_MS)
      await log.append(Array.from({ length: 5 }, (_, i) => record('default:ann', 2, i)))
      await subscription.close()
      const second = collector()
      const again = await log.subscribe('group', second.handler, READ)
      await vi.waitFor(() => expect(second.records).toHaveLength(10), WAIT_MS)
      expect(second.given[0]).toEqual(cut.given[0])
      await again.close()
      await log.close()
    })

    it('tells how far a group has come', async () => {
      const log = await open()
      const reader = collector()
      await log.append([record('default:ann', 1, 0), record('default:ann', 1, 1)])
      const subscription = await log.subscribe('group', reader.handler, READ)
      await vi.waitFor(async () => {
        const [progress] = (await log.progress('group')).filter(({ next }) => next > 0)
        expect(progress?.next).toBe(2)
        expect(progress?.lastAppendedAt).toBe(reader.records.at(-1)?.appendedAt)
      }, WAIT_MS)
      expect(await log.progress('another group')).toEqual([])
      await subscription.close()
      await log.close()
    })

    it('reads from where the handler says, whatever was committed', async () => {
      const log = await open()
      const first = collector()
      await log.append([record('default:ann', 1, 0), record('default:ann', 1, 1)])
      const subscription = await log.subscribe('group', first.handler, READ)
      await vi.waitFor(() => expect(first.records).toHaveLength(2), WAIT_MS)
      await subscription.close()
      const second = collector({ from: () => 1 })
      const again = await log.subscribe('group', second.handler, READ)
      await vi.waitFor(() => expect(second.records.map(({ idx }) => idx)).toEqual([1]), WAIT_MS)
      await again.close()
      await log.close()
    })

    it('shares the partitions of a group, and gives them back when a member leaves', async () => {
      const log = await open()
      const [one, two] = [collector(), collector()]
      const first = await log.subscribe('group', one.handler, READ)
      const second = await log.subscribe('group', two.handler, READ)
      await vi.waitFor(() => expect(one.owned.size + two.owned.size).toBe(4), WAIT_MS)
      expect(one.owned.size).toBe(2)
      await second.close()
      await vi.waitFor(() => expect(one.owned.size).toBe(4), WAIT_MS)
      expect(two.owned.size).toBe(0)
      await log.append(Array.from({ length: 40 }, (_, i) => record(`default:${i}`, 1, i)))
      await vi.waitFor(() => expect(one.records).toHaveLength(40), WAIT_MS)
      await first.close()
      await log.close()
    })

    it('gives each group every record', async () => {
      const log = await open()
      const [one, two] = [collector(), collector()]
      await log.append([record('default:ann', 1, 0)])
      const first = await log.subscribe('one', one.handler, READ)
      const second = await log.subscribe('two', two.handler, READ)
      await vi.waitFor(
        () => expect([one.records.length, two.records.length]).toEqual([1, 1]),
        WAIT_MS,
      )
      await first.close()
      await second.close()
      await log.close()
    })

    it('refuses to append when closed', async () => {
      const log = await open()
      await log.close()
      await expect(log.append([record('default:ann', 1, 0)])).rejects.toThrow()
    })
  })
}

export function record(key: string, seq: number, idx: number): LogRecord {
  return {
    key,
    value: `{"n":${idx},"s":"é\\n😀"}`,
    uuid: `${seq}-${idx}`,
    shard: 'local:0@0',
    seq,
    idx,
  }
}

interface CollectorOptions {
  /** Calls of handle that reject before one is taken. */
  failures?: number
  from?: (committed: number | null) => number
}

export function collector({
  failures = 0,
  from = (committed) => committed ?? 0,
}: CollectorOptions = {}) {
  const busy = new Set<number>()
  const state = {
    records: [] as StoredRecord[],
    /** Offsets, one list per call that was taken. */
    given: [] as number[][],
    committed: [] as (number | null)[],
    owned: new Set<number>(),
    calls: 0,
  }
  const handler: PartitionHandler = {
    async assigned(partition, committed) {
      state.owned.add(partition)
      state.committed.push(committed)
      return from(committed)
    },
    async handle(partition, records) {
      expect(busy.has(partition), 'calls of one partition overlap').toBe(false)
      busy.add(partition)
      await new Promise((resolve) => setTimeout(resolve, 1))
      busy.delete(partition)
      state.calls++
      if (state.calls <= failures) throw new Error('not yet')
      state.records.push(...records)
      state.given.push(records.map(({ offset }) => offset))
    },
    async revoked(partition) {
      state.owned.delete(partition)
    },
  }
  return Object.assign(state, { handler })
}

/** Takes no call to its end: it waits until it is asked to give up. */
export function cutOffHandler() {
  const given: number[][] = []
  const handler: PartitionHandler = {
    assigned: async (_, committed) => committed ?? 0,
    async handle(_, records, signal) {
      given.push(records.map(({ offset }) => offset))
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      throw new Error('cut off')
    },
    revoked: async () => {},
  }
  return { given, handler }
}
