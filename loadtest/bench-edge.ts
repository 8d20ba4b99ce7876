// `npm run bench:edge`: durable acknowledgements per second at the edge, single and 20 events per
// request, beside the floors of the same run. Options: --seconds N --rounds N --shards N --share BOOL
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { signWriteKey } from '@headwater/schemas/write-key'
import { type RunningEdge, startEdge } from '../edge/miniflare.ts'
import type { ClientPlan, ClientResult } from './bench-edge-client.ts'

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
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '2' },
    shards: { type: 'string', default: '1' },
    share: { type: 'string', default: 'true' },
  },
})
const seconds = Number(values.seconds)
const writeKey = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
const bridge = await startBridge()

try {
  const single = await compare(1, 64, ['edge', 'object floor', 'parse floor'])
  const batched = await compare(BATCH, 32, ['edge', 'parse floor'])
  report('single, acknowledgements/s', single, 'object floor', 1.2)
  report(`${BATCH} per request, events/s`, batched, 'parse floor', 0.5)
  await atHalf(1, 64, (single.get('edge') ?? 0) / 2)
  await atHalf(BATCH, 32, (batched.get('edge') ?? 0) / BATCH / 2)
} finally {
  bridge.process.kill()
}

/** Events per second of each subject, the best of the rounds, which take turns. */
async function compare(batch: number, connections: number, subjects: Subject[]) {
  const best = new Map<Subject, number>()
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const subject of subjects) {
      const result = await load(subject, { batch, connections, rate: null })
      const rate = result.events / result.seconds
      best.set(subject, Math.max(best.get(subject) ?? 0, rate))
      console.log(
        `  ${subject}, ${batch} per request: ${rate.toFixed(0)} events/s, p50 ${result.p50} ms, ` +
          `p99 ${result.p99} ms, failed ${result.failed}, workerd at ${percent(result.workerdCpu)}, ` +
          `generator at ${percent(result.cpu)}`,
      )
    }
  }
  return best
}

function report(what: string, rates: Map<Subject, number>, floor: Subject, target: number): void {
  const edge = rates.get('edge') ?? 0
  const ratio = edge / (rates.get(floor) ?? 1)
  console.log(`${what}: ${edge.toFixed(0)}, ${ratio.toFixed(2)} × ${floor} (target ${target})`)
}

async function atHalf(batch: number, connections: number, rate: number): Promise<void> {
  const { p50, p99, failed, requests, seconds } = await load('edge', { batch, connections, rate })
  console.log(
    `at half of that, ${batch} per request: ${((requests * batch) / seconds).toFixed(0)} events/s, ` +
      `p50 ${p50} ms, p99 ${p99} ms, failed ${failed} (target p99 < 250 ms)`,
  )
}

interface Measured extends ClientResult {
  /** Share of one core that workerd used: well below 1 it was kept from running by others. */
  workerdCpu: number
}

async function load(
  subject: Subject,
  shape: Pick<ClientPlan, 'batch' | 'connections' | 'rate'>,
): Promise<Measured> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-bench-'))
  await fetch(`${bridge.url}/received`, { method: 'DELETE' })
  const entry = SUBJECTS[subject]
  const edge: RunningEdge = await startEdge({
    dataDir,
    bindings: bindings(),
    ...(entry && { entry }),
  })
  try {
    const port = Number(new URL(edge.url).port)
    const before = cpuSeconds(edge)
    const started = performance.now()
    const result = await runClient({ ...shape, port, writeKey, seconds })
    const wall = (performance.now() - started) / 1000
    const workerdCpu = (cpuSeconds(edge) - before) / wall
    if (subject === 'edge') await checkReceived(result)
    return { ...result, workerdCpu }
  } finally {
    await edge.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
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
