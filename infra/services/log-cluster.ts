import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type KafkaClient, openKafkaLog } from '../../core/log/kafka.ts'
import type { EventLog } from '../../core/log/log.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type KafkaCluster, startKafkaCluster } from './kafka.ts'

/** A Kafka of its own for the tests of a file, or of a `describe`. */
export function useKafka(brokers: 1 | 3 = 1): () => KafkaCluster {
  let folder: string
  let kafka: KafkaCluster
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headwater-kafka-'))
    kafka = await startKafkaCluster({ folder, brokers })
  })
  afterAll(async () => {
    await kafka.stop()
    rmSync(folder, { recursive: true })
  })
  return () => kafka
}

interface Topic {
  client: KafkaClient
  topic: string
  /** @default 4 */
  partitions?: number
}

export function openLog(
  { addresses, brokers }: KafkaCluster,
  { client, topic, partitions = 4 }: Topic,
): Promise<EventLog> {
  return openKafkaLog(client, {
    brokers: addresses.split(','),
    topic,
    partitions,
    replication: brokers.length,
    retentionMs: 3_600_000,
    sessionTimeoutMs: 6_000,
    logger: silentLogger,
  })
}
