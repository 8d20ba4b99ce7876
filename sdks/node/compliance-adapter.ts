// The SDK behind the commands of sdks/compliance/README.md: a JSON line each on stdin, answered on stdout.
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CaptureError, Client } from './src/index.ts'

type Sdk = typeof import('./src/index.ts')

interface Command {
  id: number
  do: string
  write_key: string
  host: string
  options?: {
    flush_at?: number
    flush_interval_ms?: number
    max_queue_events?: number
    request_timeout_ms?: number
  }
  event: string
  distinct_id: string
  properties?: Record<string, unknown>
  timestamp?: string
  uuid?: string
  groups?: Record<string, string>
  set?: Record<string, unknown>
  set_once?: Record<string, unknown>
  anonymous_id?: string
  alias: string
  group_type: string
  group_key: string
  timeout_ms?: number
}

const { createClient } = (await import(join(import.meta.dirname, 'dist/index.mjs'))) as Sdk
const errors: CaptureError[] = []
let client: Client

const COMMANDS: Record<string, (command: Command) => unknown> = {
  init({ write_key, host, options = {} }) {
    client = createClient(write_key, {
      host,
      onError: (error) => errors.push(error),
      ...given({
        flushAt: options.flush_at,
        flushIntervalMs: options.flush_interval_ms,
        maxQueueEvents: options.max_queue_events,
        requestTimeoutMs: options.request_timeout_ms,
      }),
    })
  },
  capture: ({ event, distinct_id, properties, timestamp, uuid, groups, set, set_once }) =>
    client.capture({
      ...{ event, distinct_id, properties, timestamp, uuid, groups },
      ...given({ $set: set, $set_once: set_once }),
    }),
  identify: ({ distinct_id, anonymous_id, set, set_once }) =>
    client.identify({ distinct_id, anonymous_id, $set: set, $set_once: set_once }),
  alias: ({ distinct_id, alias }) => client.alias({ distinct_id, alias }),
  group_identify: ({ group_type, group_key, set, distinct_id }) =>
    client.groupIdentify({ group_type, group_key, $set: set, distinct_id }),
  set({ distinct_id, set, set_once }) {
    const uuids = []
    if (set) uuids.push(client.set(distinct_id, set))
    if (set_once) uuids.push(client.setOnce(distinct_id, set_once))
    return uuids.at(-1)
  },
  flush: () => client.flush(),
  errors: () => errors,
  stats: () => ({ queued: client.stats().queued }),
  shutdown: ({ timeout_ms }) => client.shutdown(timeout_ms),
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
say({ ready: true, sdk: 'node', stateful: false, persistent: false })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command
  try {
    const run = COMMANDS[command.do]
    if (!run) throw new Error(`unknown command ${command.do}`)
    const value = await run(command)
    say({ id: command.id, ok: true, value })
  } catch (error) {
    say({ id: command.id, ok: false, error: String(error) })
  }
  if (command.do === 'shutdown') break
}
// Nobody calls process.exit(): that nothing else keeps the process is a promise of the SDK.
process.stdin.destroy()
