import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Deployment, startDeployment } from './deployment.ts'
import { askStore } from './stored.ts'

const BATCH = 10_000
const HELD_UP_MS = 5_000

let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ partitions: 1 })
})
afterAll(() => deployment.stop())

it.each([
  ['not JSON', 'nonsense'],
  [
    'refused by the store',
    JSON.stringify(record({ n: 0 })).replace('"n":0', `"n":${'9'.repeat(40)}`),
  ],
])(
  'makes a dead letter of a record that is %s, and stores the 9,999 beside it',
  async (_, poison) => {
    const event = `beside ${randomUUID()}`
    const values = Array.from({ length: BATCH }, (_, i) =>
      i === 6_543 ? poison : JSON.stringify(record({ n: i }, event)),
    )
    const dead = await countOf('dead_letters')
    await produce(values)
    const started = Date.now()
    // What comes after it is stored only when the partition goes on.
    await produce([JSON.stringify(record({}, `after ${event}`))])
    const after = () => countOf('events', `event = 'after ${event}'`)
    await expect.poll(after, { timeout: 30_000, interval: 50 }).toBe(1)
    const heldUpMs = Date.now() - started
    console.log(`one poison record in ${BATCH} held its partition up for ${heldUpMs} ms`)
    expect(heldUpMs).toBeLessThan(HELD_UP_MS)
    expect(await countOf('events', `event = '${event}'`)).toBe(BATCH - 1)
    expect(await countOf('dead_letters')).toBe(dead + 1)
  },
)

function record(properties: Record<string, unknown>, event = 'poison') {
  return {
    uuid: randomUUID(),
    project_id: 'default',
    event,
    distinct_id: 'ann',
    timestamp: Date.now(),
    received_at: Date.now(),
    properties,
  }
}

// As anyone with access to Kafka could: past capture and bridge, without our headers.
async function produce(values: string[]): Promise<void> {
  const { kafka, env } = deployment
  const client = new kafkajs.Kafka({
    brokers: [kafka.addresses],
    logLevel: kafkajs.logLevel.NOTHING,
  })
  const producer = client.producer()
  await producer.connect()
  const messages = values.map((value) => ({ key: 'default:ann', value }))
  await producer.send({ topic: env.KAFKA_TOPIC ?? 'headwater.events', acks: -1, messages })
  await producer.disconnect()
}

async function countOf(table: string, where = '1'): Promise<number> {
  const [row] = await askStore<{ n: string }>(
    deployment.clickhouse.url,
    `SELECT count() AS n FROM ${table} WHERE ${where}`,
  )
  return Number(row?.n)
}
