import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import { describeEventLog } from '../../core/log/log.contract.ts'
import { partitionOf } from '../../core/log/murmur2.ts'
import { openLog, useKafka } from './log-cluster.ts'

const kafka = useKafka()
let topics = 0

describeEventLog('kafkajs', () =>
  openLog(kafka(), { client: 'kafkajs', topic: `contract.${topics++}` }),
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
