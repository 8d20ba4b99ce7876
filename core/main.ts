// `node core/main.ts all|auth|bridge|consumer|query`: one command for the embedded core, one per
// service otherwise.
import type { Config } from './shared/config.ts'
import { fail, runProcess } from './shared/run-process.ts'
import type { Running } from './shared/running.ts'

/** A command's code is loaded when it is asked for: auth alone needs no store. */
const COMMANDS: Record<string, (config: Config) => Promise<Running>> = {
  all: async (config) => (await import('./embedded.ts')).startEmbedded(config),
  auth: async (config) => (await import('./auth/alone.ts')).startAuthAlone(config),
  bridge: async (config) => (await import('./bridge/alone.ts')).startBridgeAlone(config),
  consumer: async (config) => (await import('./consumer/alone.ts')).startConsumerAlone(config),
  query: async (config) => (await import('./query/alone.ts')).startQueryAlone(config),
}

const start = COMMANDS[process.argv[2] ?? '']
if (!start) fail(`usage: node core/main.ts ${Object.keys(COMMANDS).join('|')}`)
await runProcess(start)
