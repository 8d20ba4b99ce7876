import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Deployment, startDeployment } from './deployment.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const TOPIC = 'headwater.events'

const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ brokers: 3 })
})
afterAll(() => deployment.stop())

it('keeps three copies of which two are needed', async () => {
  const topic = await describeTopic()
  for (const { replicas } of topic.partitions) expect(replicas).toHaveLength(3)
})

it('stores all once when the leader of a partition is killed under load', async () => {
  await underLoad(deployment, ledger, 'leader killed', async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(2_000)
      const { partitions } = await describeTopic()
      const leader = deployment.kafka.brokers.find(({ nodeId }) => nodeId === partitions[0]?.leader)
      if (!leader) throw new Error('partition 0 has no leader')
      await leader.kill()
      await sleep(6_000)
      await leader.start()
    }
    await sleep(2_000)
  })
})

async function describeTopic() {
  const brokers = deployment.kafka.addresses.split(',')
  const client = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
    const [topic] = topics
    if (!topic) throw new Error('no topic')
    return topic
  } finally {
    await admin.disconnect()
  }
}
