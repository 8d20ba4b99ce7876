// `npm test [SUITE …]`: runs every suite, each in its own process, and closes with the failures and the counts.
// Those that wait for much of their time run two at a time; what they print still comes suite by suite.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaJars } from '../services/kafka-jars.ts'
import { describeMissing, missingTools } from '../services/tools.ts'
import { buildAll } from './build.ts'
import { ROOT } from './config.ts'
import { runSideBySide } from './side-by-side.ts'
import { readReport, type SuiteResult } from './test-report.ts'

/** In the order of the flow; each is a folder with a vitest.config.ts. */
const SUITES: Record<string, string> = {
  schemas: 'schemas',
  edge: 'edge',
  core: 'core',
  web: 'sdks/web',
  node: 'sdks/node',
  python: 'sdks/python',
  compliance: 'sdks/compliance',
  compat: 'sdks/compat',
  site: 'site',
  infra: 'infra',
  e2e: 'infra/e2e',
  faults: 'infra/faults',
  services: 'infra/services',
  drills: 'infra/drills',
}

/** They wait for brokers, timeouts and restarts: two need 1.4 cores. The longest first, so that they end together. */
const WAITING = ['drills', 'services', 'faults']

const LAST_WORDS_MS = 5_000

/** They start Kafka, ClickHouse, PostgreSQL and Redis, which need more of the system than npm brings. */
const ON_REAL_SERVICES = ['services', 'drills']

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const unknown = asked.filter((name) => !(name in SUITES))
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}; known: ${Object.keys(SUITES).join(', ')}`)
  process.exit(2)
}

const skipped = asked.length === 0 && process.env.CI !== 'true' ? whatCannotRun() : []
const wanted = Object.keys(SUITES).filter(
  (name) => !skipped.includes(name) && (asked.length === 0 || asked.includes(name)),
)
await buildAll()
let passed = 0
const failures: string[] = []
for (const name of wanted.filter((name) => !WAITING.includes(name))) await report(name, say)
// Both would fetch it. Where it cannot be had they say so.
if (ON_REAL_SERVICES.every((name) => wanted.includes(name))) await kafkaJars().catch(() => {})
await runSideBySide(
  WAITING.filter((name) => wanted.includes(name)),
  2,
  report,
  say,
)
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

function say(text: string): void {
  process.stdout.write(text)
}

async function report(name: string, print: (text: string) => void): Promise<void> {
  const started = Date.now()
  print(`\n── ${name} ──\n`)
  const result = await runSuite(SUITES[name] ?? '', print)
  passed += result.passed
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`))
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  print(`${name}: ${result.passed} passed, ${result.failures.length} failed (${seconds} s)\n`)
}

async function runSuite(folder: string, print: (text: string) => void): Promise<SuiteResult> {
  const work = mkdtempSync(join(tmpdir(), 'headwater-test-'))
  const report = join(work, 'report.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder, ...reporters], {
    cwd: ROOT,
    // It writes to us instead of the terminal, which could have shown colours.
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', print)
  }
  const closed = once(child, 'close')
  const [code] = (await once(child, 'exit')) as [number | null]
  // What it wrote last may still be on its way; a process that it left behind may hold the way open.
  await Promise.race([closed, sleep(LAST_WORDS_MS, null, { ref: false })])
  const result = readReport(report, code)
  rmSync(work, { recursive: true, force: true })
  return result
}
