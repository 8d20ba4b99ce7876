// `npm run import -- SOURCE FILE …`: brings another product's exports in through the capture API. The
// exit codes are in options.ts.
import { readOptions, USAGE, UsageError } from './options.ts'
import { isWhole, report } from './report.ts'
import { runImport } from './run.ts'

const EXIT = { whole: 0, failed: 1, usage: 2, stopped: 130 } as const

if (process.argv.includes('--help')) {
  console.log(USAGE)
  process.exit(0)
}
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof UsageError) console.error(`\n${USAGE}`)
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed
}

async function main(argv: string[]): Promise<number> {
  const options = await readOptions(argv)
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  process.on('SIGINT', () => {
    // A second Ctrl-C ends it at once, which loses nothing either.
    if (stop.signal.aborted) process.exit(EXIT.stopped)
    stop.abort()
  })
  const started = Date.now()
  const run = await runImport(options, {
    stop: stop.signal,
    isTerminal: process.stdout.isTTY === true,
    write: (text) => process.stdout.write(text),
  })
  for (const json of run.firstEvents) console.log(JSON.stringify(JSON.parse(json), null, 2))
  const seconds = (Date.now() - started) / 1000
  console.log(report({ ...run, seconds, isDryRun: options.dryRun }))
  if (run.refusal) {
    console.error(run.refusal)
    return EXIT.failed
  }
  if (run.isStopped) {
    console.log('Stopped. The same command goes on from here.')
    return EXIT.stopped
  }
  if (run.wasDone) {
    console.log('An earlier run brought it in; --restart sends it again, with the same uuids.')
  }
  return isWhole(run.files) ? EXIT.whole : EXIT.failed
}
