import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { SECRETS } from '../../../core/core-process.ts'
import { LocalBridge } from '../../../edge/local/bridge-process.ts'
import { type EdgeProcess, startEdgeProcess } from '../../../edge/local/edge-process.ts'
import { freePorts } from '../../../infra/services/ports.ts'
import { FaultProxy } from './fault-proxy.ts'
import { type Program, type RunningProgram, startProgram } from './program.ts'

// What the other files script is here the edge's own answer: its buffer is full, since the core is away.

const COUNT = 40
const FULL_FOR_MS = 2_000
const python = inject('python')

/** Each with its own way of being refused, and with the patience that two seconds take. */
const CLIENTS: Record<string, { program: Program; options: object; status: number }> = {
  'posthog-node': {
    program: { file: 'posthog-node.ts' },
    options: { flushAt: 5, maxBatchSize: 5, fetchRetryCount: 40, fetchRetryDelay: 200 },
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

let bridge: LocalBridge
let dataDir: string
let edge: EdgeProcess
beforeAll(async () => {
  bridge = await LocalBridge.start()
  bridge.isAway = true
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-compat-overload-'))
  const [port = 0] = await freePorts(1)
  edge = await startEdgeProcess({
    ...SECRETS,
    EDGE_PORT: String(port),
    DATA_DIR: dataDir,
    BRIDGE_URL: bridge.url,
    AUTH_URL: bridge.url,
    SHARDS: '1',
    BACKLOG_MAX_BYTES: '100000',
    BACKOFF_MAX_MS: '250',
  })
})
afterAll(() => {
  edge.process.kill('SIGTERM')
  bridge.close()
  rmSync(dataDir, { recursive: true, force: true })
})

it('is survived by every kind of client: the edge refuses them in their words, and gets each event once', async () => {
  const writeKey = await signWriteKey(SECRETS.WRITE_KEY_SECRET, { project_id: 'shop', epoch: 1 })
  const before = await fillUp(writeKey)
  const running: { name: string; status: number; proxy: FaultProxy; program: RunningProgram }[] = []
  for (const [name, { program, options, status }] of Object.entries(CLIENTS)) {
    const proxy = await FaultProxy.start(edge.url)
    const task = { count: COUNT, options: options as Record<string, unknown> }
    running.push({ name, status, proxy, program: startProgram(program, { writeKey, proxy }, task) })
  }
  await Promise.all(running.map(({ program }) => program.captured))
  await sleep(FULL_FOR_MS)
  bridge.isAway = false
  const outputs = await Promise.all(running.map(({ program }) => program.end()))
  for (const [i, { name, status, proxy }] of running.entries()) {
    expect(new Set(proxy.seen.map((seen) => seen.status)), name).toEqual(new Set([status, 200]))
    await proxy.close()
    expect(outputs[i]?.code, name).toBe(0)
  }
  const uuids = () => new Set(bridge.records.map(({ uuid }) => uuid))
  await expect.poll(() => uuids().size).toBe(before + running.length * COUNT)
})

/** Sends events until there is no room for the smallest one; resolves with how many were held. */
async function fillUp(writeKey: string): Promise<number> {
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
