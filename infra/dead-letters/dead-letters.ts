// `npm run dead-letters -- list|show|replay …`: what the store refused, and how it gets in after all.
import { apiDeadLetters } from './client.ts'
import { runCommand } from './command.ts'
import { directDeadLetters } from './direct.ts'
import { EVERY_PROJECT, readOptions, USAGE, UsageError } from './options.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(argv: string[]): Promise<number> {
  if (argv.includes('--help')) {
    console.log(USAGE)
    return 0
  }
  try {
    const options = readOptions(argv)
    const client =
      options.project === EVERY_PROJECT ? await directDeadLetters(argv) : apiDeadLetters(options)
    try {
      const { text, exitCode } = await runCommand(options, client, process.stdout.columns)
      console.log(text)
      return exitCode
    } finally {
      await client.close()
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    if (!(error instanceof UsageError)) return 1
    console.error(`\n${USAGE}`)
    return 2
  }
}
