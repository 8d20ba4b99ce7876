import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from '../miniflare.ts'
import { LocalBridge } from './bridge-process.ts'
import { type EdgeProcess, isRunning, startEdgeProcess } from './edge-process.ts'

const SECRET = 'local-test-secret-of-32-characters-ok'
const PORT = String(20_000 + (process.pid % 20_000))

let bridge: LocalBridge
let euBridge: LocalBridge
let dataDir: string
let writeKey: string
let euWriteKey: string
let edge: EdgeProcess

beforeAll(async () => {
  writeKey = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
  euWriteKey = await signWriteKey(SECRET, { project_id: 'eu.shop', epoch: 1 })
  bridge = await LocalBridge.start()
  euBridge = await LocalBridge.start()
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-edge-test-'))
})
afterAll(() => {
  bridge.close()
  euBridge.close()
  rmSync(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  edge = await startEdgeProcess(environment())
})
afterEach(async () => {
  edge.process.kill('SIGTERM')
  await ended(edge)
})

describe('the process', () => {
  it('ends cleanly on SIGTERM, with its workerd', async () => {
    edge.process.kill('SIGTERM')
    expect(await ended(edge)).toBe(0)
    await gone(edge.workerdPid)
  })

  it('ends when whoever started it is gone', async () => {
    edge.process.disconnect()
    expect(await ended(edge)).toBe(0)
    await gone(edge.workerdPid)
  })

  it('leaves no workerd behind when it is killed, so that the next one can start', async () => {
    edge.process.kill('SIGKILL')
    await gone(edge.workerdPid)
    edge = await startEdgeProcess(environment())
    expect((await fetch(`${edge.url}/_health`)).status).toBe(200)
  })

  it('ends when workerd is killed, and loses nothing that it acknowledged', async () => {
    bridge.isAway = true
    const uuids: string[] = Array.from({ length: 50 }, () => randomUUID())
    for (const uuid of uuids) expect(await send([uuid])).toBe(200)
    process.kill(edge.workerdPid, 'SIGKILL')
    expect(await ended(edge)).toBe(1)
    bridge.isAway = false
    edge = await startEdgeProcess(environment())
    // Nothing is sent: the alarm, or the first look at the metrics, wakes the shard.
    await arrived(uuids)
    expect(bridge.records.filter(({ uuid }) => uuids.includes(uuid))).toHaveLength(50)
  })

  it('refuses to start with a jurisdiction that workerd cannot keep, by its region', async () => {
    const { ALLOW_NO_JURISDICTION: _, ...rest } = environment()
    await expect(startEdgeProcess({ ...rest, EDGE_PORT: '0' })).rejects.toThrow('in: eu')
  })

  it('refuses to start without a secret, by its name', async () => {
    const { WRITE_KEY_SECRET: _, ...rest } = environment()
    await expect(startEdgeProcess({ ...rest, EDGE_PORT: '0' })).rejects.toThrow('WRITE_KEY_SECRET')
  })
})

describe('requests that are worked on together', () => {
  it('are answered although the one that began it hung up', async () => {
    await send([randomUUID()])
    for (let round = 0; round < 20; round++) {
      const uuids = Array.from({ length: 30 }, () => randomUUID())
      // Every third client hangs up as soon as its request is on the wire; the first one too.
      const answers = await Promise.all(
        uuids.map((uuid, i) => (i % 3 === 0 ? hangUp(uuid) : send([uuid]))),
      )
      const kept = uuids.filter((_, i) => i % 3 !== 0)
      expect(answers.filter((status) => status === 200)).toHaveLength(kept.length)
      if (round % 5 === 0) await arrived(kept)
    }
  }, 60_000)
})

describe('the events of two regions', () => {
  it('reach each its own bridge, together with others and after workerd was killed', async () => {
    bridge.isAway = true
    euBridge.isAway = true
    const uuids: string[] = Array.from({ length: 60 }, () => randomUUID())
    const isEu = (uuid: string) => uuids.indexOf(uuid) % 2 === 0
    const answers = uuids.map((uuid) => send([uuid], isEu(uuid) ? euWriteKey : writeKey))
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
    process.kill(edge.workerdPid, 'SIGKILL')
    await ended(edge)
    bridge.isAway = false
    euBridge.isAway = false
    edge = await startEdgeProcess(environment())
    await arrived(uuids.filter(isEu), euBridge)
    await arrived(uuids.filter((uuid) => !isEu(uuid)))
    expect(bridge.records.filter(({ uuid }) => isEu(uuid) && uuids.includes(uuid))).toEqual([])
    expect(new Set(euBridge.records.map(({ shard }) => shard.split('@')[0]))).toEqual(
      new Set(['eu:0']),
    )
    expect(euBridge.records.filter(({ uuid }) => !isEu(uuid))).toEqual([])
  })
})

describe('an edge whose code has become hot', () => {
  // Compiled code may lose whose request a promise belongs to; it takes some thousand requests to compile.
  it('answers each request in its own context', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 })
    const statuses = new Map<number, number>()
    const client = async () => {
      for (let i = 0; i < 300; i++) {
        const { status } = await post(Buffer.from(bodyOf([randomUUID()])), agent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 64 }, client))
    agent.destroy()
    expect([...statuses]).toEqual([[200, 64 * 300]])
  }, 30_000)
})

describe('a hostile body', () => {
  it('of 21 MB is refused with 413, and the connection is used again', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const big = await post(Buffer.alloc(21 * 1024 * 1024, 0x20), agent)
    expect(big.status).toBe(413)
    const next = await post(Buffer.from(bodyOf([randomUUID()])), agent)
    expect(next.status).toBe(200)
    expect(next.socket).toBe(big.socket)
    agent.destroy()
  })

  it('that unpacks to gigabytes ends early, with memory flat', async () => {
    const block = gzipSync(Buffer.alloc(1024 * 1024 * 1024, 0x20), { level: 9 })
    await post(block)
    const before = residentBytes()
    const started = Date.now()
    expect((await post(block)).status).toBe(413)
    expect(Date.now() - started).toBeLessThan(2_000)
    expect(residentBytes() - before).toBeLessThan(64 * 1024 * 1024)
  })
})

it('names the same compatibility date and flags as wrangler.toml', () => {
  const toml = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  expect(toml).toContain(`compatibility_date = "${COMPATIBILITY_DATE}"`)
  expect(toml).toContain(`compatibility_flags = ${JSON.stringify(COMPATIBILITY_FLAGS)}`)
})

function environment(): Record<string, string> {
  return {
    EDGE_PORT: PORT,
    DATA_DIR: dataDir,
    WRITE_KEY_SECRET: SECRET,
    BRIDGE_SECRET: SECRET,
    BRIDGE_URL: bridge.url,
    AUTH_URL: bridge.url,
    SEAL_MAX_AGE_MS: '50',
    REGIONS: JSON.stringify({ eu: { bridge_url: euBridge.url, jurisdiction: 'eu' } }),
    ALLOW_NO_JURISDICTION: 'true',
  }
}

function bodyOf(uuids: string[], api_key = writeKey): string {
  const batch = uuids.map((uuid) => ({ uuid, event: 'a', distinct_id: uuid }))
  return JSON.stringify({ api_key, batch })
}

async function send(uuids: string[], key = writeKey): Promise<number> {
  const response = await fetch(`${edge.url}/batch`, { method: 'POST', body: bodyOf(uuids, key) })
  await response.text()
  return response.status
}

async function hangUp(uuid: string): Promise<number> {
  const body = bodyOf([uuid])
  const socket = connect(Number(PORT), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const head = `POST /batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n`
  await new Promise<void>((resolve) => socket.write(head + body, () => resolve()))
  await sleep(Math.random() * 3)
  socket.resetAndDestroy()
  return 0
}

function post(body: Buffer, agent?: Agent): Promise<{ status: number; socket: unknown }> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', ...(agent && { agent }) }
    const sent = request(`${edge.url}/batch`, options, (response) => {
      const { socket } = response
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, socket }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

async function arrived(uuids: string[], at = bridge): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    const known = new Set(at.records.map(({ uuid }) => uuid))
    if (uuids.every((uuid) => known.has(uuid))) return
    await (await fetch(`${edge.url}/_metrics`)).text()
    await sleep(50)
  }
  throw new Error('not everything that was acknowledged reached the bridge')
}

function ended({ process: child }: EdgeProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('exit', resolve))
}

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 100 && isRunning(pid); i++) await sleep(50)
  expect(isRunning(pid)).toBe(false)
}

function residentBytes(): number {
  const status = readFileSync(`/proc/${edge.workerdPid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
