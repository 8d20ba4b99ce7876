import type { Config } from '../shared/config.ts'
import type { Logger } from '../shared/logger.ts'
import { openKafkaLog } from './kafka.ts'
import type { EventLog } from './log.ts'

const HOUR_MS = 3_600_000

/** The log of a service that runs alone. Rejects while Kafka does not answer. */
export function openConfiguredLog(config: Config, logger: Logger): Promise<EventLog> {
  if (config.KAFKA_BROKERS.length === 0) {
    throw new Error('KAFKA_BROKERS is not set: a service that runs alone needs Kafka')
  }
  return open(config, logger, config.KAFKA_TOPIC, config.LOG_PARTITIONS)
}

/** What dead letters are copied to, for whoever wants to be told of them. Rejects while Kafka does not answer. */
export function openDeadLetterLog(config: Config, logger: Logger): Promise<EventLog> {
  return open(config, logger, `${config.KAFKA_TOPIC}.dead-letters`, 1)
}

function open(
  config: Config,
  logger: Logger,
  topic: string,
  partitions: number,
): Promise<EventLog> {
  return openKafkaLog(config.KAFKA_CLIENT, {
    brokers: config.KAFKA_BROKERS,
    topic,
    partitions,
    replication: config.KAFKA_REPLICATION,
    retentionMs: config.LOG_RETENTION_HOURS * HOUR_MS,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    logger,
  })
}
