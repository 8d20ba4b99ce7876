import {
  Admin,
  type BaseOptions,
  CompressionAlgorithms,
  findErrorBy,
  ListOffsetTimestamps,
  ProduceAcks,
  Producer,
  stringSerializers,
} from '@platformatic/kafka'
import {
  inTime,
  type KafkaLogOptions,
  kafkaLogId,
  PRODUCE_TIMEOUT_MS,
  topicSettings,
} from './kafka.ts'
import { readStanding, toMessage, toProgress } from './kafka-record.ts'
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
import { CLIENT_ID, CONNECT_TIMEOUT_MS } from './platformatic-coordinator.ts'
import { joinPlatformaticGroup } from './platformatic-group.ts'

/** A broker that is away for longer is the caller's to wait for. */
const RETRIES = 5
const RETRY_DELAY_MS = 300

type StringProducer = Producer<string, string, string, string>

/** Opens the log through @platformatic/kafka. Not idempotent: the edge repeats, the consumer drops repeats. */
export async function openPlatformaticLog(options: KafkaLogOptions): Promise<EventLog> {
  const base: BaseOptions = {
    clientId: CLIENT_ID,
    bootstrapBrokers: [...options.brokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: PRODUCE_TIMEOUT_MS,
    timeout: PRODUCE_TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
  }
  const admin = new Admin(base)
  const producer: StringProducer = new Producer({ ...base, serializers: stringSerializers })
  try {
    await makeTopic(admin, options)
    const metadata = await admin.metadata({ topics: [options.topic], forceUpdate: true })
    const partitions = metadata.topics.get(options.topic)?.partitionsCount ?? 0
    const id = kafkaLogId(metadata.id, options.topic)
    const log = new PlatformaticLog({ id, partitions, admin, producer, options })
    // Asked of the leaders: those of a topic that was just made refuse at first.
    await log.partitions()
    return log
  } catch (error) {
    await Promise.allSettled([admin.close(), producer.close()])
    throw error
  }
}

interface Parts {
  id: string
  partitions: number
  admin: Admin
  producer: StringProducer
  options: KafkaLogOptions
}

class PlatformaticLog implements EventLog {
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
    const messages = records.map((record) => ({
      ...toMessage(record),
      topic: options.topic,
      // By ourselves, so that every bridge and every client agrees, whatever its default is.
      partition: partitionOf(record.key, partitions),
    }))
    const compression = CompressionAlgorithms.ZSTD
    await inTime(producer.send({ messages, acks: ProduceAcks.ALL, compression }))
  }

  async partitions(): Promise<PartitionState[]> {
    const [starts, ends] = await Promise.all([
      this.#offsets(ListOffsetTimestamps.EARLIEST),
      this.#offsets(ListOffsetTimestamps.LATEST),
    ])
    return this.#indexes().map((partition) => ({
      partition,
      start: starts.get(partition) ?? 0,
      end: ends.get(partition) ?? 0,
    }))
  }

  async progress(group: string): Promise<PartitionProgress[]> {
    return toProgress(await this.#standings(group))
  }

  subscribe(group: string, handler: PartitionHandler, read: ReadOptions): Promise<Subscription> {
    const { admin, options } = this.#parts
    const standings = () => this.#standings(group)
    return joinPlatformaticGroup({ admin, options, group, handler, read, standings })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all([this.#parts.admin.close(), this.#parts.producer.close()])
  }

  #indexes(): number[] {
    return [...Array(this.#parts.partitions).keys()]
  }

  async #offsets(timestamp: bigint): Promise<Map<number, number>> {
    const { admin, options } = this.#parts
    const partitions = this.#indexes().map((partitionIndex) => ({ partitionIndex, timestamp }))
    const [topic] = await admin.listOffsets({ topics: [{ name: options.topic, partitions }] })
    const offsets = topic?.partitions ?? []
    return new Map(offsets.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]))
  }

  async #standings(group: string): Promise<Map<number, Standing>> {
    const { admin, options } = this.#parts
    const topics = [{ name: options.topic, partitionIndexes: this.#indexes() }]
    const [answer] = await admin.listConsumerGroupOffsets({ groups: [{ groupId: group, topics }] })
    const standings = new Map<number, Standing>()
    for (const place of answer?.topics[0]?.partitions ?? []) {
      const standing = readStanding(Number(place.committedOffset), place.metadata ?? null)
      if (standing) standings.set(place.partitionIndex, standing)
    }
    return standings
  }
}

async function makeTopic(admin: Admin, options: KafkaLogOptions): Promise<void> {
  const { topic, partitions, replication } = options
  if ((await admin.listTopics()).includes(topic)) return
  const configs = Object.entries(topicSettings(options)).map(([name, value]) => ({ name, value }))
  try {
    await admin.createTopics({ topics: [topic], partitions, replicas: replication, configs })
  } catch (error) {
    // Another service was faster.
    if (!findErrorBy(error as Error, 'apiId', 'TOPIC_ALREADY_EXISTS')) throw error
  }
}
