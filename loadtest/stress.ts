// `npm run stress-capture [-- --spike]` and `npm run stress-query`: k6 against a Headwater that runs on this
// machine, for a bounded time; then it is asked whether everything that was accepted is stored, once.
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { signWriteKey } from '@headwater/schemas/write-key'
import { stressConfig } from './config.ts'

const USAGE = `Usage: npm run stress-capture [-- OPTION …], npm run stress-query [-- OPTION …]
  --rate N         requests per second (capture 100, spike 50, query 10; at most 5000)
  --seconds S      for so long (20; at most 600)
  --batch N        events per request of capture (20; at most 1000)
  --spike          capture: ten times the rate for a third of the time
  --project P      whose questions (default)
CAPTURE_URL, QUERY_URL (http://127.0.0.1:8000 and :8001) must be addresses of this machine.
WRITE_KEY, or DATA_DIR of the launcher that runs (.data), from which the key is made.
QUERY_CREDENTIAL where the query API wants one.`

const INSTALL = `k6 is not here. One of:
  go install go.k6.io/k6@latest     then it is found in ~/go/bin, or set K6=/path/to/k6
  brew install k6
  https://grafana.com/docs/k6/latest/set-up/install-k6/`

const RATES = { 'capture.js': 100, 'spike.js': 50, 'query.js': 10 }
const STORED_TIMEOUT_MS = 60_000
const POLL_MS = 500

class UsageError extends Error {}

try {
  process.exitCode = await stress(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof UsageError) console.error(`\n${USAGE}`)
  process.exitCode = 2
}

async function stress(argv: string[]): Promise<number> {
  const { script, rate, seconds, batch, project } = readOptions(argv)
  const config = stressConfig()
  for (const url of [config.captureUrl, config.queryUrl]) requireLoopback(url)
  const k6 = findK6(config)
  if (!k6) throw new Error(INSTALL)
  const event = `stress ${new Date().toISOString()}`
  const folder = mkdtempSync(join(tmpdir(), 'headwater-stress-'))
  const summary = join(folder, 'summary.json')
  const env = {
    CAPTURE_URL: config.captureUrl,
    QUERY_URL: config.queryUrl,
    QUERY_CREDENTIAL: config.queryCredential,
    WRITE_KEY: script === 'query.js' ? '' : await writeKeyOf(config),
    PROJECT: project,
    EVENT: event,
    RATE: String(rate),
    SECONDS: String(seconds),
    BATCH: String(batch),
  }
  const code = await runK6(k6, script, summary, env)
  const accepted = script === 'query.js' ? 0 : acceptedIn(summary)
  rmSync(folder, { recursive: true, force: true })
  if (script === 'query.js') return code
  const stored = await untilStored(config, event, accepted)
  const verdict = stored === accepted ? 'all of them, once' : 'NOT what was accepted'
  console.log(`\n${accepted} events accepted, ${stored} stored: ${verdict}`)
  return stored === accepted ? code : 1
}

function readOptions(argv: string[]) {
  const { values, positionals } = parse(argv)
  const [what] = positionals
  if (what !== 'capture' && what !== 'query') throw new UsageError('capture or query?')
  const script = what === 'query' ? 'query.js' : values.spike ? 'spike.js' : 'capture.js'
  return {
    script,
    rate: whole('--rate', values.rate ?? String(RATES[script]), 5_000),
    seconds: whole('--seconds', values.seconds, 600),
    batch: whole('--batch', values.batch, 1_000),
    project: values.project,
  } as const
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        rate: { type: 'string' },
        seconds: { type: 'string', default: '20' },
        batch: { type: 'string', default: '20' },
        project: { type: 'string', default: 'default' },
        spike: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function whole(option: string, text: string, max: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= max) return number
  throw new UsageError(`invalid ${option}: must be a whole number from 1 to ${max}`)
}

// A load test of somebody else's address is an attack.
function requireLoopback(url: string): void {
  const { hostname } = new URL(url)
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return
  throw new UsageError(`${url} is not an address of this machine`)
}

function findK6({ k6, path }: ReturnType<typeof stressConfig>): string | null {
  const folders = [...path.split(delimiter), join(homedir(), 'go/bin')]
  const places = k6 ? [k6] : folders.map((folder) => join(folder, 'k6'))
  return places.find(isProgram) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function writeKeyOf({ writeKey, dataDir }: ReturnType<typeof stressConfig>) {
  if (writeKey) return writeKey
  const file = resolve(import.meta.dirname, '..', dataDir, 'secrets.json')
  if (!existsSync(file)) throw new UsageError(`no WRITE_KEY, and no launcher has run in ${dataDir}`)
  const { WRITE_KEY_SECRET } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  return signWriteKey(WRITE_KEY_SECRET ?? '', { project_id: 'default', epoch: 1 })
}

function runK6(
  k6: string,
  script: string,
  summary: string,
  env: Record<string, string>,
): Promise<number> {
  const file = join(import.meta.dirname, script)
  const args = ['run', '--quiet', '--no-usage-report', '--summary-export', summary, file]
  const child = spawn(k6, args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => done(code ?? 1))
  })
}

function acceptedIn(summary: string): number {
  if (!existsSync(summary)) throw new Error('k6 left no summary')
  const { metrics } = JSON.parse(readFileSync(summary, 'utf8')) as {
    metrics: { accepted_events?: { count: number } }
  }
  return metrics.accepted_events?.count ?? 0
}

async function untilStored(
  { queryUrl, queryCredential }: ReturnType<typeof stressConfig>,
  event: string,
  accepted: number,
): Promise<number> {
  const headers = queryCredential ? { authorization: `Bearer ${queryCredential}` } : {}
  const params = new URLSearchParams({ project: 'default', event, date_from: '-1d' })
  const deadline = Date.now() + STORED_TIMEOUT_MS
  for (let stored = 0; ; await sleep(POLL_MS)) {
    const response = await fetch(`${queryUrl}/api/trends?${params}`, { headers })
    const { series } = (await response.json()) as { series?: { total: number }[] }
    stored = series?.[0]?.total ?? 0
    if (stored >= accepted || Date.now() > deadline) return stored
  }
}
