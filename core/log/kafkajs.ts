import kafkajs, { type Admin, type Kafka, type Message, type Producer } from 'kafkajs'
import type { Logger } from '../shared/logger.ts'
import {
  inTime,
  type KafkaLogOptions,
  kafkaLogId,
  PRODUCE_TIMEOUT_MS,
  topicSettings,
} from './kafka.ts'
import { readStanding, toMessage, toProgress, zstd } from './kafka-record.ts'
import { joinKafkaJsGroup } from './kafkajs-group.ts'
import type {
  EventLog,
  LogRecord,
  PartitionHandler,
  PartitionProgress,
  PartitionState,
  ReadOptions,
  Subscription,
} from './log.ts'
import { partitionOf } from './murmur2.ts'
import type { Standing } from './partition-calls.ts'
import { retryUntil } from './retry.ts'

const { CompressionCodecs, CompressionTypes, Partitioners, logLevel } = kafkajs
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }: { buffer: Buffer }) => zstd.compress(buffer),
  decompress: async (buffer: Buffer) => zstd.decompress(buffer),
})

const CONNECTION_TIMEOUT_MS = 3_000
const LEADERS_TIMEOUT_MS = 10_000
/** A broker that is away for longer is the caller's to wait for. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 }

/** Opens the log through kafkajs. Its idempotent mode stays off: it can lose a batch silently. */
export async function openKafkaJsLog(options: KafkaLogOptions): Promise<EventLog> {
  const client = new kafkajs.Kafka({
    clientId: 'headwater',
    brokers: [...options.brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: PRODUCE_TIMEOUT_MS,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => logTo(options.logger),
  })
  const admin = client.admin()
  const producer = client.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  try {
    await Promise.all([admin.connect(), producer.connect()])
    await makeTopic(admin, options)
    const { clusterId } = await admin.describeCluster()
    const partitions = await countPartitions(admin, options.topic)
    const id = kafkaLogId(clusterId, options.topic)
    return new KafkaJsLog({ id, partitions, client, admin, producer, options })
  } catch (error) {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()])
    throw error
  }
}

interface Parts {
  id: string
  partitions: number
  client: Kafka
  admin: Admin
  producer: Producer
  options: KafkaLogOptions
}

class KafkaJsLog implements EventLog {
  readonly id: string
  readonly #parts: Parts
  #closed = false

  constructor(parts: Parts) {
    this.id = parts.id
    this.#parts = parts
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closed) throw new Error('the log is closed')
    if (records.length === 0) return
    const { producer, partitions, options } = this.#parts
    const messages = records.map(
      (record): Message => ({
        ...toMessage(record),
        // By ourselves, so that every bridge and every client agrees, whatever its default is.
        partition: partitionOf(record.key, partitions),
      }),
    )
    const sent = producer.send({
      topic: options.topic,
      acks: -1,
      timeout: PRODUCE_TIMEOUT_MS,
      compression: CompressionTypes.ZSTD,
      messages,
    })
    await inTime(sent)
  }

  async partitions(): Promise<PartitionState[]> {
    const { admin, options } = this.#parts
    const offsets = await admin.fetchTopicOffsets(options.topic)
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition)
  }

  async progress(group: string): Promise<PartitionProgress[]> {
    return toProgress(await this.#standings(group))
  }

  subscribe(group: string, handler: PartitionHandler, read: ReadOptions): Promise<Subscription> {
    const { client, options } = this.#parts
    const standings = () => this.#standings(group)
    return joinKafkaJsGroup({ client, options, group, handler, read, standings })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all([this.#parts.admin.disconnect(), this.#parts.producer.disconnect()])
  }

  async #standings(group: string): Promise<Map<number, Standing>> {
    const { admin, options } = this.#parts
    const [answer] = await admin.fetchOffsets({ groupId: group, topics: [options.topic] })
    const standings = new Map<number, Standing>()
    for (const { partition, offset, metadata } of answer?.partitions ?? []) {
      const standing = readStanding(Number(offset), metadata)
      if (standing) standings.set(partition, standing)
    }
    return standings
  }
}

async function makeTopic(admin: Admin, options: KafkaLogOptions): Promise<void> {
  const { topic, partitions, replication } = options
  if ((await admin.listTopics()).includes(topic)) return
  const settings = Object.entries(topicSettings(options))
  await admin.createTopics({
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: settings.map(([name, value]) => ({ name, value })),
      },
    ],
    // It would give up at the first broker that has not heard of the topic; we wait below.
    waitForLeaders: false,
  })
}

/** Also waits until each has its leader: a topic that was just made refuses at first. */
async function countPartitions(admin: Admin, topic: string): Promise<number> {
  const patience = AbortSignal.timeout(LEADERS_TIMEOUT_MS)
  const offsets = await retryUntil(patience, () => admin.fetchTopicOffsets(topic))
  if (!offsets) throw new Error(`partitions of ${topic} have no leader`)
  return offsets.length
}

const LEVELS = { 1: 'error', 2: 'warn', 4: 'info', 5: 'debug' } as const

// What it calls an error is mostly a broker that it tries again: ours to warn of, not to page for.
function logTo(logger: Logger) {
  return ({ level, log }: { level: number; log: { message: string; error?: unknown } }) => {
    const ours = LEVELS[level as keyof typeof LEVELS] ?? 'debug'
    const facts = { message: log.message, cause: log.error }
    logger.log(ours === 'error' ? 'warn' : ours, 'kafka_client', facts)
  }
}
