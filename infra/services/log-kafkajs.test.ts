import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openKafkaLog } from '../../core/log/kafka.ts'
import { describeEventLog } from '../../core/log/log.contract.ts'
import { partitionOf } from '../../core/log/murmur2.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { type KafkaCluster, startKafkaCluster } from './kafka.ts'

let folder: string
let kafka: KafkaCluster
let topics = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-kafka-'))
  kafka = await startKafkaCluster({ folder })
})
afterAll(async () => {
  await kafka.stop()
  rmSync(folder, { recursive: true })
})

describeEventLog('kafkajs', () =>
  openKafkaLog('kafkajs', {
    brokers: [kafka.addresses],
    topic: `contract.${topics++}`,
    partitions: 4,
    replication: 1,
    retentionMs: 3_600_000,
    sessionTimeoutMs: 6_000,
    logger: silentLogger,
  }),
)

it('puts a key where the default partitioner of Kafka would', () => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [1],
    isr: [1],
  }))
  for (let i = 0; i < 1_000; i++) {
    const key = `default:person-${i}-é😀`
    const message = { key, value: '' }
    expect(partitionOf(key, 7)).toBe(partitioner({ topic: 't', partitionMetadata, message }))
  }
})
