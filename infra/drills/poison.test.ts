import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Deployment, startDeployment } from './deployment.ts'
import { askStore } from './stored.ts'

const BATCH = 10_000
const HELD_UP_MS = 5_000
/** On a machine that is slow: against what the same batch takes without poison. */
const HELD_UP_TIMES = 8

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
    const dead = await countOf('dead_letters')
    const plainMs = await passed(batchOf(`plain ${event}`))
    const heldUpMs = await passed(batchOf(event).with(6_543, poison))
    console.log(
      `one poison record in ${BATCH} held its partition up for ${heldUpMs} ms; without: ${plainMs} ms`,
    )
    expect(heldUpMs).toBeLessThan(Math.max(HELD_UP_MS, HELD_UP_TIMES * plainMs))
    expect(await countOf('events', `event = '${event}'`)).toBe(BATCH - 1)
    expect(await countOf('dead_letters')).toBe(dead + 1)
  },
)

const batchOf = (event: string) =>
  Array.from({ length: BATCH }, (_, i) => JSON.stringify(record({ n: i }, event)))

/** Resolves with the milliseconds after which a record was stored that came behind these. */
async function passed(values: string[]): Promise<number> {
  const last = randomUUID()
  await produce(values)
  const started = Date.now()
  await produce([JSON.stringify(record({}, last))])
  const after = () => countOf('events', `event = '${last}'`)
  await expect.poll(after, { timeout: 120_000, interval: 50 }).toBe(1)
  return Date.now() - started
}

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
