// `npm run bench:edge`: durable acknowledgements per second at the edge, single and 20 events per
// request, beside the floors of the same run. Options: --seconds N --rounds N --shards N --share BOOL
// --connections N
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { signWriteKey } from '@headwater/schemas/write-key'
import { type RunningEdge, startEdge } from '../edge/miniflare.ts'
import { buildAll } from '../infra/local/build.ts'
import type { ClientPlan, ClientResult } from './bench-edge-client.ts'
import { quantile } from './sample.ts'

const SECRET = 'bench-secret-of-at-least-32-characters'
const BATCH = 20
/** The bridge gets this long to receive what was acknowledged. */
const DRAIN_MS = 30_000
const SUBJECTS = {
  edge: undefined,
  'parse floor': join(import.meta.dirname, 'bench-edge-floors/parse.mjs'),
  'object floor': join(import.meta.dirname, 'bench-edge-floors/object.mjs'),
} as const
type Subject = keyof typeof SUBJECTS

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '9' },
    shards: { type: 'string', default: '1' },
    share: { type: 'string', default: 'true' },
    connections: { type: 'string', default: '64' },
  },
})
const seconds = Number(values.seconds)
/** Requests of 20 come over 32. */
const singleConnections = Number(values.connections)
// The Worker bundles the SDK's build, which a fresh clone does not have yet.
await buildAll()
const writeKey = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
const bridge = await startBridge()

try {
  const single = await compare(1, singleConnections, ['edge', 'object floor', 'parse floor'])
  const batched = await compare(BATCH, 32, ['edge', 'parse floor'])
  reportSingle(single)
  reportBatched(batched)
  await atHalf(1, singleConnections, median(single, 'edge') / 2)
  await atHalf(BATCH, 32, median(batched, 'edge') / BATCH / 2)
} finally {
  bridge.process.kill()
}

/** Events per second of each subject, one entry per round. */
type Rates = Map<Subject, number[]>

/**
 * All subjects run at once and are loaded in turns of a few seconds: a machine's speed changes by the
 * minute, so only what is measured side by side can be compared.
 */
async function compare(batch: number, connections: number, subjects: Subject[]): Promise<Rates> {
  const running = new Map<Subject, Running>()
  const rates: Rates = new Map(subjects.map((subject) => [subject, []]))
  try {
    for (const subject of subjects) running.set(subject, await start(subject))
    // The first round heats the code, which takes longer than the client's own warm-up.
    for (let round = 0; round <= Number(values.rounds); round++) {
      for (const [subject, at] of running) {
        const result = await load(subject, at, { batch, connections, rate: null })
        if (round === 0) continue
        const rate = result.events / result.seconds
        rates.get(subject)?.push(rate)
        console.log(
          `  ${subject}, ${batch} per request: ${rate.toFixed(0)} events/s, p50 ${result.p50} ms, ` +
            `p99 ${result.p99} ms, failed ${result.failed}, workerd at ${percent(result.workerdCpu)}, ` +
            `generator at ${percent(result.cpu)}`,
        )
      }
    }
  } finally {
    for (const { stop } of running.values()) await stop()
  }
  return rates
}

function reportSingle(rates: Rates): void {
  console.log(
    `single: ${median(rates, 'edge').toFixed(0)} acknowledgements/s, ` +
      `${ratios(rates, 'object floor')} × object floor (target 1.2)`,
  )
}

/** The target is 45,000 events/s or half of the parse floor, whichever is lower on the machine. */
function reportBatched(rates: Rates): void {
  const target = Math.min(45_000, median(rates, 'parse floor') / 2)
  console.log(
    `${BATCH} per request: ${median(rates, 'edge').toFixed(0)} events/s ` +
      `(target ${target.toFixed(0)}), ${ratios(rates, 'parse floor')} × parse floor`,
  )
}

/** The median of the rounds' ratios, and their range. */
function ratios(rates: Rates, floor: Subject): string {
  const floors = rates.get(floor) ?? []
  const all = (rates.get('edge') ?? []).map((rate, round) => rate / (floors[round] ?? Number.NaN))
  const [low, high] = [Math.min(...all), Math.max(...all)]
  return `${quantile(all, 0.5).toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
}

function median(rates: Rates, subject: Subject): number {
  return quantile(rates.get(subject) ?? [], 0.5)
}

async function atHalf(batch: number, connections: number, rate: number): Promise<void> {
  const running = await start('edge')
  try {
    const shape = { batch, connections, rate }
    const { p50, p99, failed, requests, seconds } = await load('edge', running, shape)
    console.log(
      `at half of that, ${batch} per request: ${((requests * batch) / seconds).toFixed(0)} events/s, ` +
        `p50 ${p50} ms, p99 ${p99} ms, failed ${failed} (target p99 < 250 ms)`,
    )
  } finally {
    await running.stop()
  }
}

interface Running {
  edge: RunningEdge
  stop: () => Promise<void>
}

async function start(subject: Subject): Promise<Running> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-bench-'))
  const entry = SUBJECTS[subject]
  const edge = await startEdge({ dataDir, bindings: bindings(), ...(entry && { entry }) })
  const stop = async () => {
    await edge.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { edge, stop }
}

interface Measured extends ClientResult {
  /** Share of one core that workerd used: well below 1 it was kept from running by others. */
  workerdCpu: number
}

async function load(
  subject: Subject,
  { edge }: Running,
  shape: Pick<ClientPlan, 'batch' | 'connections' | 'rate'>,
): Promise<Measured> {
  await fetch(`${bridge.url}/received`, { method: 'DELETE' })
  const port = Number(new URL(edge.url).port)
  const before = cpuSeconds(edge)
  const started = performance.now()
  const result = await runClient({ ...shape, port, writeKey, seconds })
  const wall = (performance.now() - started) / 1000
  const workerdCpu = (cpuSeconds(edge) - before) / wall
  if (subject === 'edge') await checkReceived(result)
  return { ...result, workerdCpu }
}

/** An edge that acknowledged what its bridge never received has measured nothing. */
async function checkReceived({ acknowledged, failed }: ClientResult): Promise<void> {
  const deadline = performance.now() + DRAIN_MS
  let received = -1
  while (received < acknowledged && performance.now() < deadline) {
    const response = await fetch(`${bridge.url}/received`)
    received = ((await response.json()) as { received: number }).received
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  // A request that failed may have been stored before its answer was lost.
  if (received < acknowledged || (failed === 0 && received > acknowledged)) {
    throw new Error(`the edge acknowledged ${acknowledged} events, its bridge received ${received}`)
  }
}

// Ticks of 10 ms, on Linux only.
function cpuSeconds({ workerdPid }: RunningEdge): number {
  const path = `/proc/${workerdPid}/stat`
  if (!existsSync(path)) return 0
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

function bindings(): Record<string, string> {
  return {
    WRITE_KEY_SECRET: SECRET,
    BRIDGE_SECRET: SECRET,
    BRIDGE_URL: bridge.url,
    AUTH_URL: bridge.url,
    SHARDS: values.shards,
    SHARE_CALLS: values.share,
  }
}

async function runClient(plan: ClientPlan): Promise<ClientResult> {
  const child = spawnPart('bench-edge-client.ts', JSON.stringify(plan))
  return JSON.parse(await firstLine(child)) as ClientResult
}

async function startBridge(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawnPart('bench-edge-bridge.ts')
  return { process: child, url: `http://127.0.0.1:${await firstLine(child)}` }
}

function spawnPart(file: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`a part of the bench ended with ${code}`)))
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve)
  })
}
