import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Consumer, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type KafkaCluster, startKafkaCluster } from './kafka.ts'
import { processesIn } from './processes-in.ts'
import { describeService } from './service.contract.ts'

const TOPIC = 'written'
const RETRY = { timeout: 20_000, interval: 100 }

describeService('Kafka, one node', {
  async start(folder) {
    const { brokers, addresses } = await startKafkaCluster({ folder })
    await createTopic(addresses)
    const [broker] = brokers
    if (!broker) throw new Error('a cluster of no brokers')
    return broker
  },
  write: (broker, value) => produce(broker.address, value),
  read: (broker) => consumeAll(broker.address),
})

describe('Kafka, three brokers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-kafka-'))
  let cluster: KafkaCluster

  beforeAll(async () => {
    cluster = await startKafkaCluster({ folder, brokers: 3 })
    await createTopic(cluster.addresses)
  })

  afterAll(async () => {
    await cluster?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  it('keeps three copies', async () => {
    const admin = clientOf(cluster.addresses).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
    await admin.disconnect()
    expect(topics[0]?.partitions[0]?.replicas).toHaveLength(3)
  })

  it('takes messages of 15 MB and groups with sessions of 1 s', async () => {
    await produce(cluster.addresses, 'x'.repeat(15_000_000))
    expect(await consumeAll(cluster.addresses)).toHaveLength(1)
  })

  it.each([0, 1, 2])('takes and gives records while broker %i is down', async (index) => {
    const before = await consumeAll(cluster.addresses)
    await cluster.brokers[index]?.kill()
    await produce(cluster.addresses, `without ${index}`)
    expect(await consumeAll(cluster.addresses)).toEqual([...before, `without ${index}`])
    await cluster.brokers[index]?.start()
  })

  it('keeps all over kill -9 of all brokers', async () => {
    const before = await consumeAll(cluster.addresses)
    await cluster.kill()
    await cluster.start()
    expect(await consumeAll(cluster.addresses)).toEqual(before)
  })

  it('stops within 15 s and leaves nothing running', async () => {
    const started = Date.now()
    await cluster.stop()
    expect(Date.now() - started).toBeLessThan(15_000)
    expect(processesIn(folder)).toEqual([])
  })
})

function clientOf(addresses: string): Kafka {
  return new Kafka({
    brokers: addresses.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1_000 },
  })
}

async function createTopic(addresses: string): Promise<void> {
  const admin = clientOf(addresses).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: TOPIC }], waitForLeaders: true })
  await admin.disconnect()
}

async function produce(addresses: string, value: string): Promise<void> {
  const producer = clientOf(addresses).producer()
  await producer.connect()
  await producer.send({ topic: TOPIC, messages: [{ value }], acks: -1 })
  await producer.disconnect()
}

/** Up to the end of the topic as it is now, in a group of its own. */
async function consumeAll(addresses: string): Promise<string[]> {
  const client = clientOf(addresses)
  const admin = client.admin()
  await admin.connect()
  // After an election a leader first has to hear from a follower, and this call does not try again.
  const [end] = await vi.waitFor(() => admin.fetchTopicOffsets(TOPIC), RETRY)
  await admin.disconnect()
  const consumer = client.consumer({
    groupId: `g-${Date.now()}`,
    sessionTimeout: 1_000,
    heartbeatInterval: 300,
    // A disconnect waits for the fetch under way.
    maxWaitTimeInMs: 100,
  })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const values = await take(consumer, Number(end?.high))
  await consumer.disconnect()
  return values
}

function take(consumer: Consumer, count: number): Promise<string[]> {
  const values: string[] = []
  return new Promise((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      values.push(String(message.value))
      if (values.length === count) resolve(values)
    }
    consumer.run({ eachMessage }).catch(reject)
  })
}
