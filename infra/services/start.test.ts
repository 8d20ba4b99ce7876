import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { freePorts } from './ports.ts'
import { processesIn } from './processes-in.ts'

const NAMES = ['KAFKA', 'CLICKHOUSE', 'CLICKHOUSE_TCP', 'POSTGRES', 'REDIS']
const STOP_MS = 15_000
const GONE = { timeout: 20_000 }

const folder = mkdtempSync(join(tmpdir(), 'headwater-infra-'))
let env: Record<string, string>
let launcher: ChildProcess

beforeAll(async () => {
  const ports = await freePorts(NAMES.length)
  env = Object.fromEntries(NAMES.map((name, index) => [`${name}_PORT`, String(ports[index])]))
})

afterAll(async () => {
  launcher?.kill('SIGKILL')
  await vi.waitUntil(() => processesIn(folder).length === 0, GONE)
  rmSync(folder, { recursive: true, force: true })
})

it('starts all services and prints how to reach them', async () => {
  const screen = await launch()
  expect(screen).toContain(`KAFKA_BROKERS=127.0.0.1:${env.KAFKA_PORT}`)
  expect(screen).toContain(`CLICKHOUSE_URL=http://127.0.0.1:${env.CLICKHOUSE_PORT}`)
  expect(screen).toContain(`REDIS_URL=redis://127.0.0.1:${env.REDIS_PORT}`)
  expect(screen).toContain(`DATABASE_URL=postgres://headwater@127.0.0.1:${env.POSTGRES_PORT}/`)
  expect((await fetch(`http://127.0.0.1:${env.CLICKHOUSE_PORT}/ping`)).status).toBe(200)
})

it('takes all services with it when it is killed', async () => {
  expect(processesIn(folder).length).toBeGreaterThanOrEqual(4)
  launcher.kill('SIGKILL')
  await vi.waitUntil(() => processesIn(folder).length === 0, GONE)
})

it('starts again on the same folder and stops in order within 15 s', async () => {
  await launch()
  const started = Date.now()
  launcher.kill('SIGTERM')
  expect(await exitCode()).toBe(0)
  expect(Date.now() - started).toBeLessThan(STOP_MS)
  expect(processesIn(folder)).toEqual([])
})

it('names the variable of a port that is taken', async () => {
  const server = createServer().listen(Number(env.REDIS_PORT), '127.0.0.1')
  await expect(launch()).rejects.toThrow(/is taken; stop what uses it or set REDIS_PORT/)
  server.close()
  expect(await exitCode()).toBe(1)
})

it('stops the others and says so when a service ends', async () => {
  await launch()
  const [redis] = processesIn(join(folder, 'services/redis'))
  process.kill(redis ?? 0, 'SIGKILL')
  expect(await exitCode()).toBe(1)
  expect(processesIn(folder)).toEqual([])
})

/** Resolves with all it printed when it is ready; rejects with the same when it ends before. */
function launch(): Promise<string> {
  launcher = spawn(process.execPath, [join(import.meta.dirname, 'start.ts')], {
    env: { ...process.env, ...env, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  return new Promise((resolve, reject) => {
    launcher.once('exit', () => reject(new Error(output)))
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk
        if (output.includes('Stop with Ctrl-C')) resolve(output)
      })
    }
  })
}

async function exitCode(): Promise<number | null> {
  await vi.waitUntil(() => launcher.exitCode !== null || launcher.signalCode !== null, GONE)
  return launcher.exitCode
}
