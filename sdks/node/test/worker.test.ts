import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Miniflare } from 'miniflare'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bundleWorker } from '../../../edge/local/bundle.ts'
import { COMPATIBILITY_DATE } from '../../../edge/miniflare.ts'
import { busy, CaptureServer, HANG, STORED_BUT_CUT } from '../../compliance/capture-server.ts'

const WAIT_UNTIL_TIMEOUT_MS = '4000'

let server: CaptureServer
let worker: Miniflare
let outDir: string
let port: number
beforeAll(async () => {
  // One address for all tests: it is the Worker's setting.
  const probe = await CaptureServer.start()
  port = probe.port
  await probe.close()
  outDir = await mkdtemp(join(tmpdir(), 'headwater-worker-'))
  const entry = join(import.meta.dirname, 'programs/worker.mjs')
  const { contents } = await bundleWorker(outDir, entry)
  worker = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    logRequests: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'app',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: ['nodejs_compat'],
          manifest: {
            mainModule: 'worker.js',
            modulesRoot: outDir,
            modules: { 'worker.js': { type: 'esm', contents } },
          },
          env: {
            CAPTURE_URL: { type: 'text', value: `http://127.0.0.1:${port}` },
            WAIT_UNTIL_TIMEOUT_MS: { type: 'text', value: WAIT_UNTIL_TIMEOUT_MS },
          },
        },
        dev: { rootPath: outDir },
      },
    ],
  })
  await worker.ready
})
afterAll(async () => {
  await worker.dispose()
  await rm(outDir, { recursive: true, force: true })
})
beforeEach(async () => {
  server = await CaptureServer.start(port)
})
afterEach(async () => {
  // Otherwise what is still under way would come to the next test's server.
  const queued = async () => (await ask<{ queued: number }>('/stats')).queued
  try {
    await vi.waitFor(async () => expect(await queued()).toBe(0), 6_000)
  } finally {
    await server.close()
  }
})

async function ask<Value>(path: string): Promise<Value> {
  const response = await worker.dispatchFetch(`http://app.example${path}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Value
}
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `event ${from + i}`)

describe('in a Worker', () => {
  it('answers at once, and sends what was captured as one batch under waitUntil', async () => {
    server.otherwise = () => ({ delayMs: 2_000 })
    const started = performance.now()
    const uuids = await ask<string[]>('/?events=a,b,c')
    expect(performance.now() - started).toBeLessThan(1_900)
    await vi.waitFor(() => expect([...server.stored.keys()]).toEqual(uuids), 8_000)
    expect(server.received).toHaveLength(1)
    // The clock of a Worker stands still while it computes.
    expect(uuids.toSorted()).toEqual(uuids)
    expect(server.received[0]?.body.batch[0]?.properties.$lib).toBe('node')
  })

  it('lets a request wait for its own events', async () => {
    const uuids = await ask<string[]>('/flush?events=a')
    expect([...server.stored.keys()]).toEqual(uuids)
  })

  it('delivers the events of 100 requests at once, each once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ask<string[]>(`/?events=${many(i * 3, 3)}`)),
    )
    const uuids = answers.flat().sort()
    await vi.waitFor(() => expect([...server.stored.keys()].sort()).toEqual(uuids), 10_000)
    expect([...server.stored.values()].every(({ copies }) => copies === 1)).toBe(true)
  })

  it('tries again after a failure, with the same bytes', async () => {
    server.script = [STORED_BUT_CUT]
    const uuids = await ask<string[]>('/?events=a,b')
    await vi.waitFor(() => expect(server.received).toHaveLength(2), 5_000)
    expect(server.received[1]?.items).toEqual(server.received[0]?.items)
    expect([...server.stored.keys()]).toEqual(uuids)
  })

  it('is not held up by a request whose events get no answer, and hands them to the next', async () => {
    server.script = [HANG]
    const lost = await ask<string[]>('/?events=hanging')
    await sleep(200)
    const [next] = await ask<string[]>('/?events=next')
    await vi.waitFor(() => expect([...server.stored.keys()]).toEqual([next]), 2_000)
    await sleep(Number(WAIT_UNTIL_TIMEOUT_MS))
    const later = await ask<string[]>('/?events=later')
    await vi.waitFor(
      () => expect([...server.stored.keys()]).toEqual([next, ...lost, ...later]),
      5_000,
    )
    const { queued, errors } = await ask<{ queued: number; errors: unknown[] }>('/stats')
    expect([queued, errors]).toEqual([0, []])
  })

  it('does with the option waitUntil what it does with a context', async () => {
    server.script = [busy(503)]
    const uuids = await ask<string[]>('/option?events=a,b')
    await vi.waitFor(() => expect([...server.stored.keys()]).toEqual(uuids), 5_000)
    const more = await Promise.all([
      ask<string[]>('/option?events=c'),
      ask<string[]>('/option?events=d'),
    ])
    await vi.waitFor(() => expect(server.names.toSorted()).toEqual(['a', 'b', 'c', 'd']), 5_000)
    for (const [uuid = ''] of more) expect(server.stored.has(uuid)).toBe(true)
  })
})
