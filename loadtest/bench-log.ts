// `npm run bench:log`: both clients of Kafka beside each other, in turns on one broker: records per
// second appended and read, and what they cost. Options: --rounds N --records N --inflight N
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { KafkaClient } from '../core/log/kafka.ts'
import { startKafkaCluster } from '../infra/services/kafka.ts'
import type { ClientPlan, Turn, TurnResult } from './bench-log-client.ts'
import { quantile } from './sample.ts'

const CLIENTS = ['kafkajs', 'platformatic'] as const satisfies KafkaClient[]
const PARTITIONS = 4

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    records: { type: 'string', default: '60000' },
    inflight: { type: 'string', default: '4' },
  },
})
const [rounds, records, inFlight] = [values.rounds, values.records, values.inflight].map(
  Number,
) as [number, number, number]

const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-log-'))
const kafka = await startKafkaCluster({ folder })
const processes = new Map<KafkaClient, ChildProcess>()
try {
  for (const client of CLIENTS) processes.set(client, await startClient(client))
  const append: Turn = { do: 'append', records, inFlight }
  report('append', await compare(() => append))
  // Each reads all that both appended, less what the first call brings.
  const half = records * rounds
  report('read', await compare((client, round) => readTurn(`${client}-${round}`, half)))
} finally {
  for (const child of processes.values()) child.kill()
  await kafka.stop()
  rmSync(folder, { recursive: true })
}

function readTurn(group: string, records: number): Turn {
  return { do: 'read', group, records }
}

type Results = Map<KafkaClient, TurnResult[]>

/** In turns, because a machine's speed changes by the minute; the first round warms up. */
async function compare(turn: (client: KafkaClient, round: number) => Turn): Promise<Results> {
  const results: Results = new Map(CLIENTS.map((client) => [client, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const client of CLIENTS) {
      const result = await take(client, turn(client, round))
      if (round > 0) results.get(client)?.push(result)
    }
  }
  return results
}

async function startClient(client: KafkaClient): Promise<ChildProcess> {
  const plan: ClientPlan = {
    client,
    brokers: kafka.addresses,
    topic: 'bench',
    partitions: PARTITIONS,
  }
  const script = join(import.meta.dirname, 'bench-log-client.ts')
  const child = fork(script, [JSON.stringify(plan)])
  await once(child, 'message')
  return child
}

async function take(client: KafkaClient, turn: Turn): Promise<TurnResult> {
  const child = processes.get(client)
  if (!child) throw new Error(`${client} does not run`)
  child.send(turn)
  const [result] = await once(child, 'message')
  return result as TurnResult
}

function report(what: string, results: Results): void {
  for (const [client, turns] of results) {
    const rates = turns.map(({ perSecond }) => perSecond)
    const rss = Math.max(...turns.map(({ rssBytes }) => rssBytes))
    console.log(
      `${what}, ${client}: ${Math.round(quantile(rates, 0.5))} records/s ` +
        `(${Math.round(Math.min(...rates))} to ${Math.round(Math.max(...rates))}), ` +
        `${quantile(
          turns.map(({ cpuMs }) => cpuMs),
          0.5,
        ).toFixed(0)} ms CPU per 10,000, ` +
        `${(rss / 1024 ** 2).toFixed(0)} MB RSS`,
    )
  }
}
