import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { SECRETS } from '../../../core/core-process.ts'
import { LocalBridge } from '../../../edge/local/bridge-process.ts'
import { type EdgeProcess, endEdge, startEdgeProcess } from '../../../edge/local/edge-process.ts'
import { freePorts } from '../../../infra/services/ports.ts'
import { type Fault, FaultProxy } from './fault-proxy.ts'
import { type Program, type RunningProgram, startProgram } from './program.ts'

// What the other files script is here the edge's own doing: its buffer is full, or it is killed.

const COUNT = 40
const FULL_FOR_MS = 2_000
/** So slow is the way to an edge that is to be killed in between. */
const SLOW: Fault = { lateMs: 300 }
const python = inject('python')

/** Each with its own way of being refused, and with the patience that a restart takes. */
const CLIENTS: Record<string, { program: Program; options: object; status: number }> = {
  'posthog-node': {
    program: { file: 'posthog-node.ts' },
    options: { flushAt: 5, maxBatchSize: 5, fetchRetryCount: 60, fetchRetryDelay: 300 },
    status: 503,
  },
  'posthog-node in capture mode v1': {
    program: { file: 'posthog-node.ts', env: { POSTHOG_CAPTURE_MODE: 'v1' } },
    options: { flushAt: 5, maxBatchSize: 5, fetchRetryCount: 8, fetchRetryDelay: 100 },
    status: 503,
  },
  'segment-node': {
    program: { file: 'segment-node.ts' },
    options: { flushAt: 5, flushInterval: 200 },
    status: 429,
  },
  ...(python && {
    'posthog-python': {
      program: { file: 'posthog_python.py', command: python },
      options: { flush_at: 5, flush_interval: 0.2, max_retries: 5 },
      status: 503,
    },
    'rudder-sdk-python': {
      program: { file: 'rudderstack_python.py', command: python },
      options: { upload_size: 5, upload_interval: 0.2 },
      status: 429,
    },
  }),
}

interface Client {
  name: string
  /** Of the edge's own refusal. */
  status: number
  proxy: FaultProxy
  running: RunningProgram | undefined
}

let bridge: LocalBridge
let dataDir: string
let port: number
let writeKey: string
let edge: EdgeProcess
beforeAll(async () => {
  bridge = await LocalBridge.start()
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-compat-outage-'))
  port = (await freePorts(1))[0] ?? 0
  writeKey = await signWriteKey(SECRETS.WRITE_KEY_SECRET, { project_id: 'shop', epoch: 1 })
  edge = await startEdgeProcess(environment())
})
afterAll(async () => {
  await endEdge(edge)
  bridge.close()
  rmSync(dataDir, { recursive: true, force: true })
})

let clients: Client[]
let before: number
beforeEach(async () => {
  before = uuidsAtBridge().size
  clients = await Promise.all(
    Object.entries(CLIENTS).map(async ([name, { status }]) => {
      return { name, status, proxy: await FaultProxy.start(edge.url), running: undefined }
    }),
  )
})
afterEach(async () => {
  await Promise.all(clients.map(({ proxy }) => proxy.close()))
})

it('refuses clients in their own words while its buffer is full, and each delivers its events once', async () => {
  bridge.isAway = true
  const held = await fillUp()
  await startAll()
  await sleep(FULL_FOR_MS)
  bridge.isAway = false
  await endAll()
  for (const { name, status, proxy } of clients) {
    expect(new Set(proxy.seen.map((seen) => seen.status)), name).toEqual(new Set([status, 200]))
  }
  await expect.poll(() => uuidsAtBridge().size).toBe(before + held + clients.length * COUNT)
})

it('is killed between the batches of clients and comes back, and each delivers its events once', async () => {
  for (const { proxy } of clients) proxy.script = Array.from({ length: COUNT }, () => SLOW)
  await startAll()
  process.kill(edge.workerdPid, 'SIGKILL')
  await once(edge.process, 'exit')
  await sleep(500)
  edge = await startEdgeProcess(environment())
  await endAll()
  expect(clients.filter(({ proxy }) => wasAskedFor(proxy, null)).length).toBeGreaterThan(0)
  await expect.poll(() => uuidsAtBridge().size).toBe(before + clients.length * COUNT)
})

function environment(): Record<string, string> {
  return {
    ...SECRETS,
    EDGE_PORT: String(port),
    DATA_DIR: dataDir,
    BRIDGE_URL: bridge.url,
    AUTH_URL: bridge.url,
    SHARDS: '1',
    BACKLOG_MAX_BYTES: '100000',
    BACKOFF_MAX_MS: '250',
  }
}

const uuidsAtBridge = () => new Set(bridge.records.map(({ uuid }) => uuid))
const wasAskedFor = ({ seen }: FaultProxy, status: number | null) =>
  seen.some((request) => request.status === status)

/** Resolves when all have captured everything. */
async function startAll(): Promise<void> {
  for (const client of clients) {
    const { program, options } = CLIENTS[client.name] ?? {}
    if (!program) throw new Error(`no program of ${client.name}`)
    const task = { count: COUNT, options: options as Record<string, unknown> }
    client.running = startProgram(program, { writeKey, proxy: client.proxy }, task)
  }
  await Promise.all(clients.map(({ running }) => running?.captured))
}

async function endAll(): Promise<void> {
  const ended = await Promise.all(clients.map(({ running }) => running?.end()))
  for (const [i, { name }] of clients.entries()) expect(ended[i]?.code, name).toBe(0)
}

/** Sends events until there is no room for the smallest one; resolves with how many were held. */
async function fillUp(): Promise<number> {
  let held = 0
  for (const bytes of [5_000, 500, 1]) {
    for (;;) {
      const properties = { filling: randomBytes(bytes).toString('hex') }
      const event = { api_key: writeKey, event: 'filling', distinct_id: 'us', properties }
      const init = { method: 'POST', body: JSON.stringify(event) }
      const { status } = await fetch(`${edge.url}/capture`, init)
      if (status !== 200) break
      held++
    }
  }
  return held
}
