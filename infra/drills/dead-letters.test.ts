import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Letter,
  LetterList,
  LetterSummary,
  ReplayResult,
} from '@headwater/schemas/dead-letter'
import kafkajs, { type Kafka } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PartitionHandler } from '../../core/log/log.ts'
import { openDeadLetterLog } from '../../core/log/open.ts'
import { readConfig } from '../../core/shared/config.ts'
import { silentLogger } from '../../core/shared/logger.ts'
import { ROOT } from '../local/config.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { askStore } from './stored.ts'

const TOPIC = 'headwater.events'
const WAIT = { timeout: 60_000, interval: 200 }

let deployment: Deployment
let kafka: Kafka
/** What the topic of dead letters got, as it comes. */
const copies: { key: string; id: string; record: string; error: string }[] = []
let closeTopic = async () => {}
beforeAll(async () => {
  deployment = await startDeployment({ partitions: 2 })
  const brokers = [deployment.kafka.addresses]
  kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  closeTopic = await readCopies()
})
afterAll(async () => {
  await closeTopic()
  await deployment.stop()
})

it('keeps poison in the table, tells the topic of dead letters, and lists and shows it', async () => {
  const poison = poisonRecord()
  await produce('default:ann', poison.text, goodRecord('behind the poison'))
  await expect.poll(() => stored('behind the poison'), WAIT).toBe(1)
  const letter = await letterOf(poison.uuid)
  await expect.poll(() => copies.map(({ id }) => id), WAIT).toEqual([letter.id])
  expect(copies[0]).toMatchObject({ key: 'default:ann', record: poison.text, error: letter.error })

  const table = (await run(['list'])).text
  expect(table).toContain(letter.id)
  expect(table).toContain('a signup')
  const shown = (await run(['show', letter.id])).text
  expect(shown).toContain(poison.text)
  expect(shown).toContain('Cannot parse')
  expect(await run(['list', '--project', 'nobody'])).toMatchObject({ code: 1 })
  expect(await run(['show', '00000000-0-0'])).toMatchObject({ code: 1 })
})

it('makes a new letter of one that is replayed as it is, and goes on', async () => {
  const poison = poisonRecord()
  await produce('default:ann', poison.text)
  const { id } = await letterOf(poison.uuid)
  expect(await run(['replay', id])).toMatchObject({ code: 0 })
  await produce('default:ann', goodRecord('behind the replay'))
  await expect.poll(() => stored('behind the replay'), WAIT).toBe(1)
  const outcome = async () => (await show(id)).replays.map((replay) => replay.outcome)
  await expect.poll(outcome, WAIT).toEqual(['dead'])
  const [replay] = (await show(id)).replays
  expect(replay?.letter).not.toBe(id)
  expect(await countLetters(poison.uuid)).toBe(2)
  await expect.poll(() => copies.map((copy) => copy.id), WAIT).toContain(replay?.letter)
})

it('stores a corrected letter exactly once, however often it is replayed', async () => {
  const poison = poisonRecord()
  await produce('default:ann', poison.text)
  const { id } = await letterOf(poison.uuid)
  const file = join(deployment.folder, 'record.json')
  await run(['show', id, '--record', file])
  expect(readFileSync(file, 'utf8')).toBe(poison.text)
  writeFileSync(file, poison.corrected)
  expect(await run(['replay', id, '--record', file])).toMatchObject({ code: 0 })
  await expect.poll(() => storedUuid(poison.uuid), WAIT).toBe(1)
  expect((await show(id)).replays).toMatchObject([{ outcome: 'stored', corrected: true }])

  const again = await run(['replay', id, '--record', file])
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining('replayed before') })
  deployment.kill('consumer-1')
  const forced = await run(['replay', id, '--record', file, '--force'])
  expect(forced).toMatchObject({ code: 1, text: expect.stringContaining('in the store') })
  expect(await storedAfterAll(poison.uuid)).toBe(1)
})

it('stores a letter once that is forced while its first replay is on its way', async () => {
  const poison = poisonRecord()
  await produce('default:ann', poison.text)
  const { id } = await letterOf(poison.uuid)
  await deployment.remove('consumer-1')
  for (let i = 0; i < 3; i++) {
    const order = { ids: [id], record: poison.corrected, force: true }
    expect(await replay(order)).toMatchObject({ replayed: 1 })
  }
  const consumer = await deployment.addConsumer()
  await expect.poll(() => storedUuid(poison.uuid), WAIT).toBe(1)
  deployment.kill(consumer)
  expect(await storedAfterAll(poison.uuid)).toBe(1)
})

it('replays all letters of a project that never were, once', async () => {
  const poisons = Array.from({ length: 5 }, () => poisonRecord('all'))
  await produce('default:bob', ...poisons.map(({ text }) => text))
  for (const { uuid } of poisons) await letterOf(uuid)
  expect((await run(['replay', '--all'])).code).toBe(0)
  for (const { uuid } of poisons) await expect.poll(() => countLetters(uuid), WAIT).toBe(2)
})

it('brings a record of no project to one, past the query API', async () => {
  const { uuid, corrected } = poisonRecord()
  await produce('nobody', `nonsense ${uuid}`)
  const nameless = async () => {
    const { letters } = await answer<LetterList>(['list', '--project', '*'])
    return letters.filter(({ project }) => project === '')
  }
  await expect.poll(async () => (await nameless()).length, WAIT).toBe(1)
  const id = (await nameless())[0]?.id ?? ''
  expect(await run(['show', id])).toMatchObject({ code: 1 })
  const file = join(deployment.folder, 'corrected.json')
  writeFileSync(file, corrected)
  const order = ['replay', id, '--project', '*', '--record', file]
  expect(await run(order)).toMatchObject({ code: 0 })
  await expect.poll(() => storedUuid(uuid), WAIT).toBe(1)
  expect(await run([...order, '--force'])).toMatchObject({ code: 1 })
  expect(await storedAfterAll(uuid)).toBe(1)
})

function poisonRecord(event = 'a signup') {
  const uuid = randomUUID()
  const corrected = goodRecord(event, uuid)
  return { uuid, corrected, text: corrected.replace('"n":1', `"n":${'9'.repeat(40)}`) }
}

function goodRecord(event: string, uuid: string = randomUUID()): string {
  const times = { timestamp: Date.now(), received_at: Date.now() }
  const person = { project_id: 'default', event, distinct_id: 'ann' }
  return JSON.stringify({ uuid, ...person, ...times, properties: { n: 1 } })
}

// As anyone with access to Kafka could: past capture and bridge, without our headers.
async function produce(key: string, ...values: string[]): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: TOPIC, acks: -1, messages: values.map((value) => ({ key, value })) })
  await producer.disconnect()
}

async function readCopies(): Promise<() => Promise<void>> {
  const log = await openDeadLetterLog(readConfig(deployment.env), silentLogger)
  const handler: PartitionHandler = {
    assigned: async () => 0,
    async handle(_, records) {
      for (const { key, value } of records) copies.push({ key, ...JSON.parse(value) })
    },
    revoked: async () => {},
  }
  const subscription = await log.subscribe('drill', handler, { maxRecords: 100, lingerMs: 100 })
  return async () => {
    await subscription.close()
    await log.close()
  }
}

interface Ended {
  code: number
  text: string
}

/** The command as the operator runs it; past the query API it is told where the services are. */
function run(argv: string[]): Promise<Ended> {
  const script = join(ROOT, 'infra/dead-letters/dead-letters.ts')
  const env = { ...deployment.env, QUERY_URL: deployment.url('query') }
  const options = { cwd: ROOT, env, maxBuffer: 10_000_000 }
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...argv], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, text: stdout || stderr })
    })
  })
}

async function answer<Body>(argv: string[]): Promise<Body> {
  const { code, text } = await run([...argv, '--json'])
  if (code !== 0) throw new Error(text)
  return JSON.parse(text) as Body
}

const show = (id: string) => answer<Letter>(['show', id])

async function replay(order: object): Promise<ReplayResult> {
  const response = await fetch(`${deployment.url('query')}/api/dead-letters/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ project: 'default', ...order }),
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as ReplayResult
}

/** The first letter of an event, when there is one. */
async function letterOf(uuid: string): Promise<LetterSummary> {
  const find = async () => {
    const url = `${deployment.url('query')}/api/dead-letters?project=default&limit=200`
    const { letters } = (await (await fetch(url)).json()) as LetterList
    return letters.findLast((letter) => letter.uuid === uuid)
  }
  await expect.poll(find, WAIT).toBeDefined()
  return (await find()) as LetterSummary
}

async function count(table: string, where: string): Promise<number> {
  const sql = `SELECT count() AS n FROM ${table} WHERE ${where}`
  const [row] = await askStore<{ n: string }>(deployment.clickhouse.url, sql)
  return Number(row?.n)
}
const stored = (event: string) => count('events', `event = '${event}'`)
const storedUuid = (uuid: string) => count('events', `uuid = '${uuid}'`)
const countLetters = (uuid: string) => count('dead_letters', `position(record, '${uuid}') > 0`)

/** How often it is stored when everything that is on the log now was judged. */
async function storedAfterAll(uuid: string): Promise<number> {
  const event = `the last of ${uuid}`
  // One for each partition.
  await produce('default:ann', goodRecord(event))
  await produce('default:bob', goodRecord(event))
  await expect.poll(() => stored(event), WAIT).toBe(2)
  return storedUuid(uuid)
}
