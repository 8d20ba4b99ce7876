// `npm run kafka-partitions -- …`: gives the log another number of partitions. Within a topic that would
// send a person's events to another partition, past those that still wait in the old one, and past the
// fence that knows a shard's repeats there. So the log goes on in a new topic, a new epoch: the old one is
// sealed, read to its end, and only then left. docs/RUNBOOKS.md says what to do around it.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CONSUMER_GROUP } from '../../core/consumer/start.ts'
import type { Config } from '../../core/shared/config.ts'
import { readOperatorConfig, runCommand, UsageError } from './config.ts'
import { type PartitionStanding, Topics } from './topic.ts'

export const USAGE = `Usage: npm run kafka-partitions -- OPTION …
  --check             how far the consumers are in each partition; changes nothing
  --partitions N      seals the topic, waits until it is read to its end, makes the next one
  --reopen            lets the topic take events again: the way back, before bridges have turned
Options
  --topic NAME        name of the next topic (KAFKA_TOPIC with .2, .3 and so on)
  --timeout S         gives up waiting for the consumers after so many seconds (600)
  --env FILE          a file of variables, as infra/env/full.env
KAFKA_BROKERS and KAFKA_TOPIC say where the log is now.`

const POLL_MS = 1_000
/** Longer than brokers need to hear of a setting, and than a request can have been under way. */
const SEALING_MS = 3_000
const MOST_PARTITIONS = 256

export interface Options {
  command: 'check' | 'reopen' | { partitions: number; next: string; timeoutMs: number }
  config: Config
}

/** Reads the command line and the environment. Throws an error that names what is wrong. */
export function readOptions(argv: readonly string[], env = process.env): Options {
  const { values } = parse(argv)
  const config = readOperatorConfig(argv, env)
  const { check, reopen, partitions } = values
  if ([check, reopen, partitions !== undefined].filter(Boolean).length !== 1) {
    throw new UsageError('one of --check, --partitions and --reopen is needed')
  }
  if (check || reopen) return { command: check ? 'check' : 'reopen', config }
  const count = whole('--partitions', partitions ?? '', MOST_PARTITIONS)
  const next = values.topic ?? nextTopic(config.KAFKA_TOPIC)
  if (!/^[a-zA-Z0-9._-]{1,200}$/.test(next)) throw new UsageError(`invalid --topic: ${next}`)
  if (next === config.KAFKA_TOPIC) throw new UsageError('the next topic needs another name')
  const timeoutMs = whole('--timeout', values.timeout, 86_400) * 1000
  return { command: { partitions: count, next, timeoutMs }, config }
}

/** `headwater.events` → `headwater.events.2` → `headwater.events.3`. */
export function nextTopic(topic: string): string {
  const [, base = topic, epoch = '1'] = /^(.+)\.(\d+)$/.exec(topic) ?? []
  return `${base}.${Number(epoch) + 1}`
}

/** Does what the command line says. Rejects with an Error in words for the operator. */
export async function run({ command, config }: Options, say: (line: string) => void) {
  const topic = config.KAFKA_TOPIC
  const topics = new Topics(config)
  try {
    await topics.require(topic)
    if (command === 'check') return await check(topics, topic, say)
    if (command === 'reopen') {
      await topics.reopen(topic)
      return say(`${topic} takes events again.`)
    }
    await requireUnused(topics, command.next, command.partitions)
    await topics.seal(topic)
    say(`${topic} is sealed: it takes no events any more, edges keep them.`)
    await sleep(SEALING_MS)
    if (!(await topics.isSealed(topic))) throw new Error(`${topic} could not be sealed`)
    const old = await untilRead(topics, topic, command.timeoutMs, say)
    await topics.make(command.next, command.partitions)
    say(lastWords(topic, command.next, old, command.partitions))
  } finally {
    await topics.close()
  }
}

async function check(topics: Topics, topic: string, say: (line: string) => void): Promise<void> {
  const sealed = (await topics.isSealed(topic)) ? ', sealed' : ''
  const standings = await topics.standings(topic, CONSUMER_GROUP)
  say(`${topic}: ${standings.length} partitions, ${behind(standings)} records to read${sealed}`)
  for (const { partition, records, behind } of standings) {
    say(`  ${String(partition).padStart(3)}  ${records} records, ${behind} to read`)
  }
}

async function requireUnused(topics: Topics, next: string, partitions: number): Promise<void> {
  if (!(await topics.exists(next))) return
  const standings = await topics.standings(next, CONSUMER_GROUP)
  const isEmpty = standings.every(({ records }) => records === 0)
  // As an earlier run has made it.
  if (isEmpty && standings.length === partitions) return
  throw new Error(`topic ${next} is there already; name another one with --topic`)
}

// Its ends do not move any more: once they are reached, everything is in the store.
async function untilRead(
  topics: Topics,
  topic: string,
  timeoutMs: number,
  say: (line: string) => void,
): Promise<PartitionStanding[]> {
  const deadline = Date.now() + timeoutMs
  for (let last = -1; ; await sleep(POLL_MS)) {
    const standings = await topics.standings(topic, CONSUMER_GROUP)
    const left = behind(standings)
    if (left === 0) return standings
    if (left !== last) say(`${left} records to read …`)
    last = left
    if (Date.now() > deadline) {
      throw new Error(
        `${left} records are still to be read: are the consumers running, on ${topic}? ` +
          'Run this again, or let the topic take events again with --reopen',
      )
    }
  }
}

const behind = (standings: readonly PartitionStanding[]): number =>
  standings.reduce((sum, standing) => sum + standing.behind, 0)

const lastWords = (
  topic: string,
  next: string,
  old: readonly PartitionStanding[],
  partitions: number,
) => `${topic} is read to its end (${old.length} partitions). ${next} is there (${partitions} partitions).

Set KAFKA_TOPIC=${next} for consumers, query and bridges, and start them again in this order.
Events go on when the bridges have turned. To see how far the consumers are:

  KAFKA_TOPIC=${next} npm run kafka-partitions -- --check`

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        check: { type: 'boolean', default: false },
        reopen: { type: 'boolean', default: false },
        partitions: { type: 'string' },
        topic: { type: 'string' },
        timeout: { type: 'string', default: '600' },
        env: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function whole(option: string, text: string, max: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= max) return number
  throw new UsageError(`invalid ${option}: must be a whole number from 1 to ${max}`)
}

if (import.meta.main) {
  await runCommand(USAGE, () =>
    run(readOptions(process.argv.slice(2)), (line) => console.log(line)),
  )
}
