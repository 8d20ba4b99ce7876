import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { KafkaClient } from '../../core/log/kafka.ts'
import { collector, record } from '../../core/log/log.contract.ts'
import { openLog, useKafka } from './log-cluster.ts'
import { comeAndGo, LOAD_READ, Reader, startWriters } from './log-load.ts'
import type { MemberMessage, MemberOptions } from './log-member.ts'

const WRITERS = 8
const SECOND = 1_000

describe.each<KafkaClient>(['kafkajs', 'platformatic'])('%s with one broker', (client) => {
  const { cluster, openTopic } = useTopics(client, 1)

  it('reads all that was acknowledged when the broker was killed and came back', async () => {
    const { log } = await openTopic()
    const reader = new Reader()
    const subscription = await log.subscribe('group', reader.handler, LOAD_READ)
    const writers = startWriters(log, WRITERS)
    await vi.waitFor(() => expect(writers.acknowledged).toBeGreaterThan(100), 20 * SECOND)
    await cluster().kill()
    await sleep(4 * SECOND)
    await cluster().start()
    const [acknowledged, calls] = [writers.acknowledged, reader.calls]
    await vi.waitFor(() => expect(writers.acknowledged).toBeGreaterThan(acknowledged), 30 * SECOND)
    await vi.waitFor(() => expect(reader.calls).toBeGreaterThan(calls), 30 * SECOND)
    await sleep(2 * SECOND)
    const seqs = await writers.stop()
    await vi.waitFor(() => expect(reader.seqs(WRITERS)).toEqual(seqs), 30 * SECOND)
    expect(reader.faults.slice(0, 20)).toEqual([])
    await within(10 * SECOND, subscription.close())
    await log.close()
  })

  it('refuses to append in time while the broker is away, and appends when it is back', async () => {
    const { log } = await openTopic()
    await log.append([record('default:ann', 1, 0)])
    await cluster().kill()
    await expect(within(15 * SECOND, log.append([record('default:ann', 2, 0)]))).rejects.toThrow()
    await cluster().start()
    await vi.waitFor(() => log.append([record('default:ann', 2, 0)]), 15 * SECOND)
    await log.close()
  })

  it('refuses to append in time while the broker does not answer', async () => {
    const { log } = await openTopic()
    await log.append([record('default:ann', 1, 0)])
    for (const broker of cluster().brokers) broker.signal('SIGSTOP')
    try {
      await expect(within(15 * SECOND, log.append([record('default:ann', 2, 0)]))).rejects.toThrow()
    } finally {
      for (const broker of cluster().brokers) broker.signal('SIGCONT')
    }
    await vi.waitFor(() => log.append([record('default:ann', 2, 0)]), 15 * SECOND)
    await log.close()
  })

  it("gives a stopped member's call to the next one, and takes nothing from it any more", async () => {
    const { log, topic } = await openTopic({ partitions: 2 })
    await log.append(many(1))
    const brokers = [cluster().addresses]
    const member = startMember({ client, brokers, topic, group: 'group', sessionTimeoutMs: 3_000 })
    const given = { is: 'given', partition: expect.anything(), offsets: [0, 1, 2, 3, 4] }
    await vi.waitFor(() => expect(member.told).toContainEqual(given), 20 * SECOND)
    await log.append(many(2))
    member.signal('SIGSTOP')
    const next = collector()
    const subscription = await log.subscribe('group', next.handler, LOAD_READ)
    await vi.waitFor(() => expect(next.records).toHaveLength(10), 20 * SECOND)
    expect(next.given[0]).toEqual([0, 1, 2, 3, 4])
    expect(next.given.flat()).toEqual([...Array(10).keys()])
    // Its call ends, and it wants that kept: of the place 5, when the group is at 10.
    const assigned = member.told.length
    member.allow()
    member.signal('SIGCONT')
    await vi.waitFor(() => {
      const since = member.told.slice(assigned).map(({ is }) => is)
      expect(since).toEqual(expect.arrayContaining(['handled', 'revoked', 'assigned']))
    }, 30 * SECOND)
    expect((await log.progress('group')).map(({ next }) => next)).toEqual([10])
    member.allow()
    await log.append(many(3))
    await vi.waitFor(async () => {
      expect((await log.progress('group')).map(({ next }) => next)).toEqual([15])
    }, 10 * SECOND)
    await within(10 * SECOND, subscription.close())
    await log.close()
  })

  it('gives each call to one member while members come and go', async () => {
    const { log } = await openTopic()
    const reader = new Reader()
    const writers = startWriters(log, WRITERS)
    await comeAndGo([log, log, log], reader.handler)
    const seqs = await writers.stop()
    const last = await log.subscribe('group', reader.handler, LOAD_READ)
    await vi.waitFor(() => expect(reader.seqs(WRITERS)).toEqual(seqs), 30 * SECOND)
    expect(reader.faults.slice(0, 20)).toEqual([])
    await within(10 * SECOND, last.close())
    await log.close()
  })

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'closes in seconds after %s of the broker',
    async (fault) => {
      const { log } = await openTopic()
      const subscription = await log.subscribe('group', new Reader().handler, LOAD_READ)
      await log.append([record('default:ann', 1, 0)])
      const [broker] = cluster().brokers
      if (fault === 'SIGKILL') await broker?.kill()
      else broker?.signal('SIGSTOP')
      try {
        await sleep(SECOND)
        expect(await within(10 * SECOND, subscription.close())).toBe(undefined)
        expect(await within(10 * SECOND, log.close())).toBe(undefined)
      } finally {
        if (fault === 'SIGKILL') await broker?.start()
        else broker?.signal('SIGCONT')
      }
    },
  )
})

describe.each<KafkaClient>(['kafkajs', 'platformatic'])('%s with three brokers', (client) => {
  const { cluster, openTopic } = useTopics(client, 3)

  it(
    'loses nothing that was acknowledged when each broker is killed in turn',
    async () => {
      const { log } = await openTopic()
      const reader = new Reader()
      const subscription = await log.subscribe('group', reader.handler, LOAD_READ)
      const writers = startWriters(log, WRITERS)
      for (const broker of cluster().brokers) {
        await sleep(3 * SECOND)
        await broker.kill()
        const [acknowledged, calls] = [writers.acknowledged, reader.calls]
        await vi.waitFor(
          () => expect(writers.acknowledged).toBeGreaterThan(acknowledged + 100),
          30 * SECOND,
        )
        await vi.waitFor(() => expect(reader.calls).toBeGreaterThan(calls + 10), 60 * SECOND)
        await sleep(2 * SECOND)
        await broker.start()
      }
      await sleep(3 * SECOND)
      const seqs = await writers.stop()
      await vi.waitFor(() => expect(reader.seqs(WRITERS)).toEqual(seqs), 30 * SECOND)
      expect(reader.faults.slice(0, 20)).toEqual([])
      await within(10 * SECOND, subscription.close())
      await log.close()
    },
    300 * SECOND,
  )
})

/** A member in a process of its own, that can be stopped and let go on. */
function startMember(options: MemberOptions) {
  const script = join(import.meta.dirname, 'log-member.ts')
  const child = fork(script, [JSON.stringify(options)])
  const told: MemberMessage[] = []
  child.on('message', (message) => told.push(message as MemberMessage))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    told,
    /** Lets one call of its handler end. */
    allow: () => child.send('end'),
    signal: (name: NodeJS.Signals) => child.kill(name),
  }
}

function useTopics(client: KafkaClient, brokers: 1 | 3) {
  const cluster = useKafka(brokers)
  let topics = 0
  const openTopic = async ({ partitions = 4 } = {}) => {
    const topic = `faults.${topics++}`
    return { topic, log: await openLog(cluster(), { client, topic, partitions }) }
  }
  return { cluster, openTopic }
}

/** Resolves with a text when the promise is still open after so long. */
async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | string> {
  return Promise.race([promise, sleep(ms, `still open after ${ms} ms`, { ref: false })])
}

/** Five records of one key. */
const many = (seq: number) => Array.from({ length: 5 }, (_, idx) => record('default:ann', seq, idx))
