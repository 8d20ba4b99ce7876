import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openKafkaLog } from '../../core/log/kafka.ts'
import { describeEventLog } from '../../core/log/log.contract.ts'
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

describeEventLog('platformatic', () =>
  openKafkaLog('platformatic', {
    brokers: [kafka.addresses],
    topic: `contract.${topics++}`,
    partitions: 4,
    replication: 1,
    retentionMs: 3_600_000,
    sessionTimeoutMs: 6_000,
    logger: silentLogger,
  }),
)
