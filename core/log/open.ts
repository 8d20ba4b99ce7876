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
  return openKafkaLog(config.KAFKA_CLIENT, {
    brokers: config.KAFKA_BROKERS,
    topic: config.KAFKA_TOPIC,
    partitions: config.LOG_PARTITIONS,
    replication: config.KAFKA_REPLICATION,
    retentionMs: config.LOG_RETENTION_HOURS * HOUR_MS,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    logger,
  })
}
