import {
  Admin,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka'
import { type KafkaLogOptions, openKafkaLog, topicSettings } from '../../core/log/kafka.ts'
import type { EventLog } from '../../core/log/log.ts'
import type { Config } from '../../core/shared/config.ts'
import { silentLogger } from '../../core/shared/logger.ts'

const TIMEOUT_MS = 10_000
const HOUR_MS = 3_600_000
const MAX_MESSAGE = 'max.message.bytes'
/** No batch of records is so small: the topic takes none. */
const SEALED = '1'

export interface PartitionStanding {
  partition: number
  /** Records that it has taken and not yet removed. */
  records: number
  /** How many of them the group has not handled. */
  behind: number
}

/** What an operator does with the log's topics. */
export class Topics {
  readonly #options: KafkaLogOptions
  readonly #admin: Admin

  constructor(config: Config) {
    this.#options = {
      brokers: config.KAFKA_BROKERS,
      topic: config.KAFKA_TOPIC,
      partitions: config.LOG_PARTITIONS,
      replication: config.KAFKA_REPLICATION,
      retentionMs: config.LOG_RETENTION_HOURS * HOUR_MS,
      sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
      logger: silentLogger,
    }
    this.#admin = new Admin({
      clientId: 'headwater-operator',
      bootstrapBrokers: config.KAFKA_BROKERS,
      connectTimeout: TIMEOUT_MS,
      timeout: TIMEOUT_MS,
      retries: 3,
    })
  }

  async exists(topic: string): Promise<boolean> {
    const topics = await this.#admin.listTopics().catch((error: unknown) => {
      throw new Error(`no answer from Kafka at ${this.#options.brokers.join(',')}`, {
        cause: error,
      })
    })
    return topics.includes(topic)
  }

  /** Rejects when there is no such topic: to open a log would make it. */
  async require(topic: string): Promise<void> {
    if (!(await this.exists(topic))) throw new Error(`there is no topic ${topic} (KAFKA_TOPIC)`)
  }

  /** Opens the log of a topic that exists. */
  open(topic: string): Promise<EventLog> {
    return openKafkaLog('platformatic', { ...this.#options, topic })
  }

  /** Where a group stands in a topic that exists. */
  async standings(topic: string, group: string): Promise<PartitionStanding[]> {
    const log = await this.open(topic)
    try {
      // Before the ends: what is handled meanwhile makes it look further behind, never nearer.
      const progress = await log.progress(group)
      const next = new Map(progress.map((reading) => [reading.partition, reading.next]))
      return (await log.partitions()).map(({ partition, start, end }) => ({
        partition,
        records: end - start,
        behind: Math.max(0, end - Math.max(next.get(partition) ?? start, start)),
      }))
    } finally {
      await log.close()
    }
  }

  /** Makes the topic when it is missing. */
  async make(topic: string, partitions: number): Promise<void> {
    const log = await openKafkaLog('platformatic', { ...this.#options, topic, partitions })
    await log.close()
  }

  async isSealed(topic: string): Promise<boolean> {
    const [described] = await this.#admin.describeConfigs({
      resources: [{ ...resource(topic), configurationKeys: [MAX_MESSAGE] }],
    })
    return described?.configs[0]?.value === SEALED
  }

  /**
   * From now on no append to the topic succeeds: bridges answer 503, and edges keep their events. What is
   * there can be read as before.
   */
  async seal(topic: string): Promise<void> {
    const config = { name: MAX_MESSAGE, configOperation: IncrementalAlterConfigOperationTypes.SET }
    await this.#alter(topic, { ...config, value: SEALED })
  }

  /** Takes appends again, as at first. */
  async reopen(topic: string): Promise<void> {
    const value = topicSettings(this.#options)[MAX_MESSAGE]
    const config = { name: MAX_MESSAGE, configOperation: IncrementalAlterConfigOperationTypes.SET }
    await this.#alter(topic, { ...config, value })
  }

  /** Tells a group without members that it has handled everything before these offsets, and no more. */
  async moveGroup(topic: string, group: string, offsets: ReadonlyMap<number, number>) {
    const partitionOffsets = [...offsets].map(([partition, offset]) => ({
      partition,
      offset: BigInt(offset),
    }))
    await this.#admin.alterConsumerGroupOffsets({
      groupId: group,
      topics: [{ name: topic, partitionOffsets }],
    })
  }

  close(): Promise<void> {
    return this.#admin.close()
  }

  async #alter(topic: string, config: { name: string; configOperation: 0; value: string }) {
    await this.#admin.incrementalAlterConfigs({
      resources: [{ ...resource(topic), configs: [config] }],
    })
  }
}

const resource = (topic: string) => ({
  resourceType: ConfigResourceTypes.TOPIC,
  resourceName: topic,
})
