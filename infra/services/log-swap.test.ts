// One client takes the place of the other on a live topic and group, at once or member by member.
import kafkajs from 'kafkajs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { KafkaClient } from '../../core/log/kafka.ts'
import { collector, cutOffHandler, READ, record } from '../../core/log/log.contract.ts'
import type { EventLog } from '../../core/log/log.ts'
import { openLog, useKafka } from './log-cluster.ts'
import { comeAndGo, LOAD_READ, Reader, startWriters } from './log-load.ts'

const kafka = useKafka()
let topics = 0

describe.each<[KafkaClient, KafkaClient]>([
  ['kafkajs', 'platformatic'],
  ['platformatic', 'kafkajs'],
])('after %s comes %s', (before, after) => {
  let topic: string
  let one: EventLog
  let other: EventLog
  beforeEach(async () => {
    topic = `swap.${topics++}`
    one = await open(before, topic)
    other = await open(after, topic)
    return async () => {
      await one.close()
      await other.close()
    }
  })

  it('takes it for the same log', async () => {
    expect(other.id).toBe(one.id)
    await one.append(many(1))
    expect(await other.partitions()).toEqual(await one.partitions())
  })

  it('puts a key in the same partition, and reads the same records', async () => {
    for (let seq = 1; seq <= 10; seq++) await (seq % 2 ? one : other).append(many(seq))
    const [byOne, byOther] = [await readAll(one, 'one', 80), await readAll(other, 'other', 80)]
    expect(byOther).toEqual(byOne)
    const ofOneKey = byOne.filter(({ key }) => key === 'default:3')
    expect(ofOneKey.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(byOne).toEqual(
      expect.arrayContaining(many(1).map((sent) => expect.objectContaining(sent))),
    )
  })

  it('goes on where the other stopped', async () => {
    await one.append(many(1))
    expect(await readAll(one, 'group', 8)).toHaveLength(8)
    expect(await other.progress('group')).toEqual(await one.progress('group'))
    await one.append(many(2))
    await other.append(many(3))
    const rest = await readAll(other, 'group', 16)
    expect(rest.map(({ seq }) => seq).sort()).toEqual([...Array(8).fill(2), ...Array(8).fill(3)])
  })

  it('repeats a call that the other was cut off in, with exactly its records', async () => {
    const cut = cutOffHandler()
    await one.append(Array.from({ length: 5 }, (_, i) => record('default:ann', 1, i)))
    const subscription = await one.subscribe('group', cut.handler, READ)
    await vi.waitFor(() => expect(cut.given).toHaveLength(1), 10_000)
    await other.append(Array.from({ length: 5 }, (_, i) => record('default:ann', 2, i)))
    await subscription.close()
    const second = collector()
    const again = await other.subscribe('group', second.handler, READ)
    await vi.waitFor(() => expect(second.records).toHaveLength(10), 10_000)
    expect(second.given[0]).toEqual(cut.given[0])
    await again.close()
  })

  it('gives each call to one member while members of both come and go', async () => {
    const reader = new Reader()
    const writers = startWriters(other, 4)
    await comeAndGo([one, other, one], reader.handler)
    const seqs = await writers.stop()
    const last = await other.subscribe('group', reader.handler, LOAD_READ)
    await vi.waitFor(() => expect(reader.seqs(4)).toEqual(seqs), 30_000)
    expect(reader.faults.slice(0, 20)).toEqual([])
    await last.close()
  })

  it('shares the partitions with members that have the other client', async () => {
    const [first, second] = [collector(), collector()]
    const old = await one.subscribe('group', first.handler, READ)
    const fresh = await other.subscribe('group', second.handler, READ)
    await vi.waitFor(() => expect([first.owned.size, second.owned.size]).toEqual([2, 2]), {
      timeout: 10_000,
    })
    await one.append(many(1))
    await vi.waitFor(() => expect([...first.records, ...second.records]).toHaveLength(8), {
      timeout: 10_000,
    })
    await old.close()
    await vi.waitFor(() => expect(second.owned.size).toBe(4), 10_000)
    await fresh.close()
  })
})

it('makes the same topic with either client', async () => {
  const { Kafka, ConfigResourceTypes, logLevel } = kafkajs
  const admin = new Kafka({ brokers: [kafka().addresses], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const descriptions = await Promise.all(
    (['kafkajs', 'platformatic'] as const).map(async (client) => {
      const topic = `settings.${client}`
      await (await open(client, topic)).close()
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic }]
      const [configs, { topics }] = await Promise.all([
        admin.describeConfigs({ resources, includeSynonyms: false }),
        admin.fetchTopicMetadata({ topics: [topic] }),
      ])
      return [configs.resources[0]?.configEntries, topics[0]?.partitions.length]
    }),
  )
  expect(descriptions[1]).toEqual(descriptions[0])
  await admin.disconnect()
})

const open = (client: KafkaClient, topic: string) => openLog(kafka(), { client, topic })

/** Eight records of eight keys. */
const many = (seq: number) =>
  Array.from({ length: 8 }, (_, idx) => record(`default:${idx}`, seq, idx))

/** What a group has not read yet, by key, each key's in their order. */
async function readAll(log: EventLog, group: string, count: number) {
  const reader = collector()
  const subscription = await log.subscribe(group, reader.handler, READ)
  await vi.waitFor(() => expect(reader.records).toHaveLength(count), 10_000)
  await subscription.close()
  return reader.records.sort((a, b) => a.key.localeCompare(b.key) || a.offset - b.offset)
}
