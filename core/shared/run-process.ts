import { type Config, readConfig } from './config.ts'
import { jsonLogger } from './logger.ts'
import type { Running } from './running.ts'

/** Less than the 10 s after which a supervisor kills. */
const DRAIN_LIMIT_MS = 9_000

/**
 * The life of a service's process: reads the configuration, starts, prints one JSON line on stdout when
 * it serves, and drains when it is told to end or its parent is gone. Logs go to stderr; what keeps it
 * from starting is one line there, and exit code 1.
 */
export async function runProcess(start: (config: Config) => Promise<Running>): Promise<void> {
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

export function fail(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
