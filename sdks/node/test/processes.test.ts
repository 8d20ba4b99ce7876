import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Behaviour, busy, CaptureServer, HANG } from '../../compliance/capture-server.ts'

let server: CaptureServer
beforeEach(async () => {
  server = await CaptureServer.start()
})
afterEach(async () => {
  // One that does not end by itself is a failure, and must not stay.
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await server.close()
})

interface Ended {
  code: number | null
  lines: unknown[]
  stderr: string
  ms: number
}

const started: ChildProcess[] = []
function start(program: string, ...args: string[]): ChildProcess {
  const path = join(import.meta.dirname, 'programs', program)
  const child = spawn(process.execPath, [path, ...args])
  started.push(child)
  return child
}

async function ended(child: ChildProcess, begun = performance.now()): Promise<Ended> {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      output[name] += chunk
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  const lines = output.stdout.split('\n').filter((line) => line.startsWith('{'))
  const ms = performance.now() - begun
  return { code, lines: lines.map((line) => JSON.parse(line)), stderr: output.stderr, ms }
}

it('ends by itself, and has sent what was waiting when there was nothing more to do', async () => {
  // Neither the number of events nor the interval would have sent them.
  const options = JSON.stringify({ flushAt: 1_000, flushIntervalMs: 3_600_000 })
  const { code, lines, stderr } = await ended(start('capture.mjs', server.url, '250', options))
  expect([code, stderr]).toEqual([0, ''])
  expect(lines).toEqual([{ captured: 250 }])
  expect(server.names).toEqual(Array.from({ length: 250 }, (_, i) => `event ${i}`))
})

it('ends at once when nothing waits, however many clients there are', async () => {
  const { code, stderr, ms } = await ended(start('idle.mjs', server.url))
  expect([code, stderr]).toEqual([0, ''])
  expect(server.names).toHaveLength(20)
  expect(ms).toBeLessThan(8_000)
})

it.each<[string, Behaviour | 'down']>([
  ['is down', 'down'],
  ['hangs', HANG],
  ['is busy', busy(503, '60')],
])(
  'ends within its time limit when the server %s, and says what was lost',
  async (_, behaviour) => {
    const { url } = server
    if (behaviour === 'down') await server.close()
    else server.otherwise = () => behaviour
    const options = JSON.stringify({ exitTimeoutMs: 1_500 })
    const { code, lines, ms } = await ended(start('capture.mjs', url, '3', options))
    expect(code).toBe(0)
    expect(lines).toEqual([{ captured: 3 }, { code: 'not_delivered', count: 3 }])
    expect(ms).toBeGreaterThan(1_500)
    expect(ms).toBeLessThan(10_000)
  },
)

it('delivers at its end what a server that was away for a moment did not take', async () => {
  server.script = [busy(503), busy(503)]
  const { code, lines } = await ended(start('capture.mjs', server.url, '3'))
  expect([code, lines]).toEqual([0, [{ captured: 3 }]])
  expect(server.names).toHaveLength(3)
})

it('does not wait at all when told so', async () => {
  server.otherwise = () => busy(503)
  const options = JSON.stringify({ exitTimeoutMs: 0, flushIntervalMs: 60_000 })
  const { code, ms } = await ended(start('capture.mjs', server.url, '3', options))
  expect(code).toBe(0)
  expect(ms).toBeLessThan(4_800)
  expect(server.received).toEqual([])
})

it('loses nothing on SIGTERM when the service shuts its client down', async () => {
  server.otherwise = () => ({ delayMs: 20 })
  const service = start('service.mjs', server.url)
  await once(service.stdout as NodeJS.ReadableStream, 'data')
  setTimeout(() => service.kill('SIGTERM'), 300)
  const { code, lines } = await ended(service)
  const [last] = lines as { captured: number; lost: number }[]
  expect(code).toBe(0)
  expect(last?.lost).toBe(0)
  expect(server.names).toEqual(Array.from({ length: last?.captured ?? 0 }, (_, i) => `event ${i}`))
  expect(last?.captured).toBeGreaterThan(50)
})
