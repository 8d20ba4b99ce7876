import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../local/config.ts'

const POM = join(import.meta.dirname, 'kafka/pom.xml')
const CACHE = join(ROOT, 'node_modules/.cache/headwater')

/** The folder of Kafka's jars, fetched by Maven when it is not there. */
export async function kafkaJars(log: (line: string) => void = console.log): Promise<string> {
  const version = /<kafka\.version>(.+)</.exec(readFileSync(POM, 'utf8'))?.[1]
  const folder = join(CACHE, `kafka-${version}`)
  if (existsSync(folder)) return folder
  log(`Fetching Kafka ${version} with Maven (54 MB) …`)
  await mkdir(CACHE, { recursive: true })
  // Renamed into place: what an interrupted download left must not be taken for the whole.
  const partial = `${folder}.${process.pid}`
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`]
  await promisify(execFile)('mvn', ['-q', '-B', '-f', POM, ...goal])
  await rename(partial, folder).catch(async (error) => {
    await rm(partial, { recursive: true, force: true })
    // Another process was quicker.
    if (!existsSync(folder)) throw error
  })
  return folder
}
