import type { Logger } from '../shared/logger.ts'
import type { EventLog } from './log.ts'

export interface KafkaLogOptions {
  /** host:port of some brokers. */
  brokers: readonly string[]
  /** Made when it is missing. */
  topic: string
  /** Of a new topic; one that is there keeps its own number. */
  partitions: number
  /** Copies of a new topic. */
  replication: number
  /** How long a new topic keeps a record. */
  retentionMs: number
  /** A member that was not heard of for this long loses its partitions. */
  sessionTimeoutMs: number
  logger: Logger
}

export type KafkaClient = 'kafkajs' | 'platformatic'

/** Opens the log on Kafka, and makes its topic. Rejects while no broker answers. */
export async function openKafkaLog(
  client: KafkaClient,
  options: KafkaLogOptions,
): Promise<EventLog> {
  switch (client) {
    case 'kafkajs':
      return (await import('./kafkajs.ts')).openKafkaJsLog(options)
    case 'platformatic':
      return (await import('./platformatic.ts')).openPlatformaticLog(options)
  }
}

/** Largest batch of records that a topic takes; a batch of the edge for one partition is one. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

/** Settings of a new topic, by Kafka's names. */
export function topicSettings({ replication, retentionMs }: KafkaLogOptions) {
  return {
    // Two may be away before a write is refused only when nothing is lost by it.
    'min.insync.replicas': String(Math.max(1, replication - 1)),
    'retention.ms': String(retentionMs),
    'max.message.bytes': String(MAX_MESSAGE_BYTES),
    // The log's own clock: freshness and lag are told by it.
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': 'delete',
    'unclean.leader.election.enable': 'false',
  }
}

/** The log's identity. A topic that is made anew must have another name: its offsets begin again. */
export const kafkaLogId = (clusterId: string, topic: string): string => `${clusterId}/${topic}`

/** Several may be lost before the group misses a member. */
export const heartbeatMs = ({ sessionTimeoutMs }: KafkaLogOptions): number =>
  Math.ceil(sessionTimeoutMs / 5)

/** Bytes of one answer: what is fetched at once of one partition, compressed. */
export const FETCH_BYTES = 4 * 1024 * 1024
/** The broker answers as soon as it has so much, or when the linger is over. */
export const FETCH_MIN_BYTES = 512 * 1024
