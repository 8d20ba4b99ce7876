// `node core/main.ts all|auth|bridge|consumer|query`: one command for the embedded core, one per
// service otherwise. Prints one JSON line on stdout when everything serves; logs go to stderr.
import { type Config, readConfig } from './shared/config.ts'
import { jsonLogger } from './shared/logger.ts'
import type { Running } from './shared/running.ts'

/** Less than the 10 s after which a supervisor kills. */
const DRAIN_LIMIT_MS = 9_000

/** A command's code is loaded when it is asked for: auth alone needs no store. */
const COMMANDS: Record<string, (config: Config) => Promise<Running>> = {
  all: async (config) => (await import('./embedded.ts')).startEmbedded(config),
  auth: async (config) => (await import('./auth/alone.ts')).startAuthAlone(config),
  bridge: () => missing('bridge', 'the Kafka adapter of core/log/log.ts'),
  consumer: () => missing('consumer', 'the Kafka adapter of core/log/log.ts'),
  query: () => missing('query', 'the ClickHouse server adapter of core/store/store.ts'),
}

await run(process.argv[2])

async function run(command = ''): Promise<void> {
  const start = COMMANDS[command]
  if (!start) return fail(`usage: node core/main.ts ${Object.keys(COMMANDS).join('|')}`)
  try {
    const config = readConfig()
    const logger = jsonLogger('core', config.LOG_LEVEL)
    process.on('uncaughtException', (error) => fail(`core ended: ${error.stack ?? error}`))
    process.on('unhandledRejection', (reason) => {
      fail(`core ended: ${reason instanceof Error ? reason.stack : reason}`)
    })
    let stopping = false
    const starting = start(config)
    const stop = (why: string) => {
      if (stopping) return
      stopping = true
      logger.log('info', 'stopping', { why })
      void drain(starting).then(() => process.exit(0))
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))
    // The launcher is gone, even when it was killed: nobody would stop us.
    process.on('disconnect', () => stop('the parent is gone'))
    const { urls } = await starting
    if (!stopping) process.stdout.write(`${JSON.stringify({ ready: true, urls })}\n`)
  } catch (error) {
    fail(`core did not start: ${error instanceof Error ? error.message : error}`)
  }
}

// What is not finished in time is safe: acknowledged records are on the log, and are read again.
async function drain(starting: Promise<Running>): Promise<void> {
  const closing = starting
    .then((running) => running.close())
    .catch((error: unknown) => {
      process.stderr.write(`closing failed: ${error instanceof Error ? error.message : error}\n`)
    })
  const limit = new Promise((resolve) => setTimeout(resolve, DRAIN_LIMIT_MS))
  await Promise.race([closing, limit])
}

function missing(command: string, adapter: string): Promise<never> {
  const why = `"${command}" alone needs ${adapter}, which does not exist yet`
  return Promise.reject(new Error(`${why}; run "all" instead`))
}

function fail(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
