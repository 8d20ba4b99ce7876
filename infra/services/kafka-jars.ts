import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ROOT } from '../local/config.ts'
import { run } from './run.ts'

const POM = join(import.meta.dirname, 'kafka/pom.xml')
const VERSION = /<kafka\.version>(.+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? ''

/** Where the jars are, or will be. */
export function kafkaFolder(): string {
  return join(ROOT, `node_modules/.cache/headwater/kafka-${VERSION}`)
}

/** The folder of Kafka's jars, fetched by Maven when it is not there. */
export async function kafkaJars(log: (line: string) => void = console.log): Promise<string> {
  const folder = kafkaFolder()
  if (existsSync(folder)) return folder
  log(`Fetching Kafka ${VERSION} with Maven (54 MB) …`)
  await mkdir(dirname(folder), { recursive: true })
  // Renamed into place: what an interrupted download left must not be taken for the whole.
  const partial = `${folder}.${process.pid}`
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`]
  await run(['mvn', '-q', '-B', '-f', POM, ...goal])
  await rename(partial, folder).catch(async (error) => {
    await rm(partial, { recursive: true, force: true })
    // Another process was quicker.
    if (!existsSync(folder)) throw error
  })
  return folder
}
