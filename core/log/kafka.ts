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

/** An append is refused after this: less than what the edge waits for the bridge. */
const APPEND_TIMEOUT_MS = 12_000
/** How long the broker may wait for the copies, and a client for the broker. */
export const PRODUCE_TIMEOUT_MS = 8_000

/**
 * Refuses when the client took too long. It may still append the records by itself: then the edge's
 * next try makes copies of them, which the consumer drops like any other.
 */
export async function inTime(appended: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<never>()
  const tooLate = () => timer.reject(new Error(`not appended in ${APPEND_TIMEOUT_MS} ms`))
  const timeout = setTimeout(tooLate, APPEND_TIMEOUT_MS)
  await Promise.race([appended, timer.promise]).finally(() => clearTimeout(timeout))
}

/** Several may be lost before the group misses a member. */
export const heartbeatMs = ({ sessionTimeoutMs }: KafkaLogOptions): number =>
  Math.ceil(sessionTimeoutMs / 5)

/**
 * Bytes of one answer for one partition, compressed: some ten thousand events. Much more, and a client
 * that unpacks a backlog is not heard of for so long that the group goes on without it, again and again.
 */
export const FETCH_BYTES = 1024 * 1024
/** Bytes that a member holds of all its partitions, but at least one batch of each. */
export const FETCH_BYTES_OF_ALL = 4 * FETCH_BYTES
/** The broker answers as soon as it has so much, or when the linger is over. */
export const FETCH_MIN_BYTES = 512 * 1024
