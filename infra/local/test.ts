// `npm test [SUITE …]`: runs every suite, each in its own process, and closes with the failures and the counts.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeMissing, missingTools } from '../services/tools.ts'
import { buildAll } from './build.ts'
import { ROOT } from './config.ts'
import { readReport, type SuiteResult } from './test-report.ts'

/** In the order of the flow; each is a folder with a vitest.config.ts. */
const SUITES: Record<string, string> = {
  schemas: 'schemas',
  edge: 'edge',
  core: 'core',
  web: 'sdks/web',
  site: 'site',
  infra: 'infra',
  e2e: 'infra/e2e',
  faults: 'infra/faults',
  services: 'infra/services',
  drills: 'infra/drills',
}

/** They start Kafka, ClickHouse, PostgreSQL and Redis, which need more of the system than npm brings. */
const ON_REAL_SERVICES = ['services', 'drills']

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const unknown = asked.filter((name) => !(name in SUITES))
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}; known: ${Object.keys(SUITES).join(', ')}`)
  process.exit(2)
}

const skipped = asked.length === 0 && process.env.CI !== 'true' ? whatCannotRun() : []
await buildAll()
let passed = 0
const failures: string[] = []
for (const [name, folder] of Object.entries(SUITES)) {
  if (skipped.includes(name) || (asked.length > 0 && !asked.includes(name))) continue
  const started = Date.now()
  console.log(`\n── ${name} ──`)
  const result = await runSuite(folder)
  passed += result.passed
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`))
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  console.log(`${name}: ${result.passed} passed, ${result.failures.length} failed (${seconds} s)`)
}
if (skipped.length > 0)
  console.log(`\nNot run: ${skipped.join(', ')}. ${describeMissing(missingForServices())}`)
// Once more at the end, for whoever keeps only the end of a long run.
for (const failure of failures) console.log(`\nFAILED ${failure}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exit(failures.length === 0 && passed > 0 ? 0 : 1)

// Whoever asks for them by name is told what is missing; so are the checks that decide.
function whatCannotRun(): string[] {
  return missingForServices().length > 0 ? ON_REAL_SERVICES : []
}

function missingForServices(): ReturnType<typeof missingTools> {
  return missingTools(['every service', 'Kafka', 'ClickHouse', 'PostgreSQL', 'Redis'])
}

async function runSuite(folder: string): Promise<SuiteResult> {
  const work = mkdtempSync(join(tmpdir(), 'headwater-test-'))
  const report = join(work, 'report.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder, ...reporters], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const result = readReport(report, code)
  rmSync(work, { recursive: true, force: true })
  return result
}
