// One client of Kafka, in a process of its own: does the turns that bench-log.ts tells it, and
// tells what each took.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { type KafkaClient, openKafkaLog } from '../core/log/kafka.ts'
import type { LogRecord, PartitionHandler } from '../core/log/log.ts'
import { jsonLogger } from '../core/shared/logger.ts'
import { seededRandom } from '../infra/random.ts'

export interface ClientPlan {
  client: KafkaClient
  brokers: string
  topic: string
  partitions: number
}

export type Turn =
  | { do: 'append'; records: number; inFlight: number }
  | { do: 'read'; group: string; records: number }

export interface TurnResult {
  perSecond: number
  /** Processor time of this process for ten thousand records, ms. */
  cpuMs: number
  rssBytes: number
}

const BATCH = 1_000
const READ = { maxRecords: 20_000, lingerMs: 50 }
const RECORD_BYTES = 600

const plan = JSON.parse(process.argv[2] ?? '{}') as ClientPlan
const log = await openKafkaLog(plan.client, {
  ...plan,
  brokers: [plan.brokers],
  replication: 1,
  retentionMs: 3_600_000,
  sessionTimeoutMs: 15_000,
  logger: jsonLogger(plan.client, 'error'),
})
const batches = Array.from({ length: 20 }, (_, seq) => makeBatch(seq))

process.on('message', async (turn: Turn) => {
  const result = turn.do === 'append' ? await append(turn) : await read(turn)
  process.send?.(result)
})
process.send?.('ready')

async function append({ records, inFlight }: Turn & { do: 'append' }): Promise<TurnResult> {
  let left = records / BATCH
  const stop = measure()
  const writer = async () => {
    while (left-- > 0) await log.append(batches[left % batches.length] ?? [])
  }
  await Promise.all(Array.from({ length: inFlight }, writer))
  return stop(records)
}

/** From the first call, so that joining the group does not count. */
async function read({ group, records }: Turn & { do: 'read' }): Promise<TurnResult> {
  let count = 0
  let stop: ReturnType<typeof measure> | null = null
  const all = Promise.withResolvers<TurnResult>()
  const handler: PartitionHandler = {
    assigned: async (_, committed) => committed ?? 0,
    async handle(_, given) {
      if (stop) count += given.length
      stop ??= measure()
      if (count >= records) all.resolve(stop(count))
    },
    revoked: async () => {},
  }
  const subscription = await log.subscribe(group, handler, READ)
  const result = await all.promise
  await subscription.close()
  return result
}

function measure(): (records: number) => TurnResult {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
  return (records) => {
    const seconds = (performance.now() - startedAt) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    const cpuMs = ((user + system) / 1_000 / records) * 10_000
    return { perSecond: records / seconds, cpuMs, rssBytes: residentBytes() }
  }
}

function residentBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
}

/** Events as the edge writes them: each another person, of one kind. */
function makeBatch(seq: number): LogRecord[] {
  const random = seededRandom(seq + 1)
  return Array.from({ length: BATCH }, (_, idx) => {
    const uuid = random.uuid()
    const event = {
      uuid,
      event: random.pick(['$pageview', '$autocapture', 'signup', 'checkout']),
      distinct_id: random.uuid(),
      timestamp: new Date(1.79e12 + random.int(0, 1e9)).toISOString(),
      properties: {
        $current_url: `https://example.com/${random.pick(['', 'pricing', 'docs', 'blog'])}`,
        $session_id: random.uuid(),
        $screen_width: random.int(320, 2560),
        plan: random.pick(['free', 'team', 'enterprise']),
        price: random.int(0, 100_000) / 100,
      },
    }
    const text = JSON.stringify(event)
    const value = `${text.slice(0, -1)},"user_agent":"${'Mozilla/5.0 '.repeat(60)}`
    return {
      key: `default:${event.distinct_id}`,
      value: `${value.slice(0, RECORD_BYTES - 2)}"}`,
      uuid,
      shard: 'weur:default:0@0',
      seq,
      idx,
    }
  })
}
