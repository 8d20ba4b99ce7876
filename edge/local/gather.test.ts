import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningEdge, startEdge } from '../miniflare.ts'

let edge: RunningEdge
let dataDir: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-edge-test-'))
  const entry = join(import.meta.dirname, '../test/slow-groups.ts')
  edge = await startEdge({ dataDir, bindings: {}, entry })
})
afterAll(async () => {
  await edge.close()
  rmSync(dataDir, { recursive: true, force: true })
})

it('goes on for the others when the client whose request leads the group hangs up', async () => {
  const leader = await ask()
  await sleep(100)
  // They gather behind the first group; the first of them is to lead the second one.
  const next = await ask()
  await sleep(20)
  const followers = [1, 2, 3].map(() => fetch(edge.url).then((response) => response.text()))
  await sleep(100)
  leader.resetAndDestroy()
  next.resetAndDestroy()
  const started = Date.now()
  expect(await Promise.all(followers)).toEqual(['held', 'held', 'held'])
  expect(Date.now() - started).toBeLessThan(5_000)
  // Nobody had to try again: one group of the leader's, one of all that gathered.
  expect(await (await fetch(`${edge.url}/groups`)).text()).toBe('2')
})

it('serves the next request as if nothing had happened', async () => {
  expect(await (await fetch(edge.url)).text()).toBe('held')
})

async function ask(): Promise<Socket> {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  return socket
}
