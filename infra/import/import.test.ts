import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { freePorts } from '../services/ports.ts'
import { startImport } from './import-process.ts'
import { eventually, type RealEdge, startRealEdge, stateIn } from './real-edge.ts'

// The importer as its own process, which is killed, stopped and left alone.

let real: RealEdge
beforeAll(async () => {
  real = await startRealEdge()
})
afterAll(() => real.remove())
beforeEach(() => {
  real.bridge.records.length = 0
})

it('brings every event in once, and says how many', async () => {
  const { path, uuids } = real.exported(5_000, 'once.jsonl.gz')
  const { code, output } = await real.start([path]).ended
  expect(output).toContain('once.jsonl.gz: 5,000 rows · 5,000 accepted · 0 dropped · 0 skipped')
  expect(output).toMatch(
    /Accepted 5,000 events of 5,000 rows; [\d.]+ s: [\d,]+ events\/s, 0 retries/,
  )
  expect(code).toBe(0)
  await real.arrived(uuids)
  expect(real.bridge.records).toHaveLength(uuids.length)
})

it('does nothing when it is called again, and sends the same uuids with --restart', async () => {
  const { path, uuids } = real.exported(300, 'again.jsonl')
  expect((await real.start([path]).ended).code).toBe(0)
  await real.arrived(uuids)
  const again = await real.start([path]).ended
  expect(again.output).toContain('An earlier run brought it in')
  expect(again.code).toBe(0)
  expect(real.bridge.records).toHaveLength(300)
  expect((await real.start([path, '--restart']).ended).code).toBe(0)
  await eventually(() => real.bridge.records.length === 600)
  expect(new Set(real.bridge.records.map(({ uuid }) => uuid))).toEqual(new Set(uuids))
})

it('takes up a file anew that is another one by now', async () => {
  const { path } = real.exported(200, 'grown.jsonl')
  await real.start([path]).ended
  const { uuids } = real.exported(250, 'grown.jsonl')
  expect((await real.start([path]).ended).output).toContain('grown.jsonl: 250 rows · 250 accepted')
  await real.arrived(uuids)
})

it('goes on where it was killed, and counts everything once', async () => {
  const { path, uuids } = real.exported(60_000, 'killed.jsonl')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  let kills = 0
  for (const part of [0.1, 0.4]) {
    const killed = real.start([path], dataDir)
    await eventually(() => {
      const { outcomes = 0, is_complete: isComplete } = stateIn(dataDir)?.files[0] ?? {}
      return outcomes > part * uuids.length || isComplete === true
    })
    killed.process.kill('SIGKILL')
    await killed.ended
    if (!stateIn(dataDir)?.files[0]?.is_complete) kills++
  }
  expect(kills).toBe(2)
  const { code, output } = await real.start([path], dataDir).ended
  expect(output).toMatch(/killed\.jsonl: 60,000 rows · 60,000 accepted · 0 dropped · 0 skipped/)
  expect(output).toMatch(/Accepted 60,000 events of 60,000 rows, [\d,]+ of them by earlier runs/)
  expect(code).toBe(0)
  await real.arrived(uuids)
  // Only what was not yet noted may have come twice, with its uuid.
  expect(real.bridge.records.length).toBeLessThan(uuids.length * 1.5)
})

it('stops at Ctrl-C with what was answered, and goes on', async () => {
  const { path, uuids } = real.exported(60_000, 'stopped.jsonl')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const stopped = real.start([path], dataDir)
  await eventually(() => (stateIn(dataDir)?.files[0]?.outcomes ?? 0) > 0)
  stopped.process.kill('SIGINT')
  const first = await stopped.ended
  expect(first.code).toBe(130)
  expect(first.output).toContain('not read to its end')
  expect(first.output).toContain('The same command goes on from here.')
  expect((await real.start([path], dataDir).ended).code).toBe(0)
  await real.arrived(uuids)
  expect(real.bridge.records).toHaveLength(uuids.length)
})

it('stops at once while it waits for an edge that is away', async () => {
  const { path } = real.exported(3_000, 'nobody.jsonl')
  const [closed] = await freePorts(1)
  const host = `http://127.0.0.1:${closed}`
  const waiting = startImport(['posthog', path, '--key', real.key, '--host', host], {
    DATA_DIR: real.folder,
  })
  await new Promise((resolve) => waiting.process.stdout?.once('data', resolve))
  const started = Date.now()
  waiting.process.kill('SIGINT')
  const { code, output } = await waiting.ended
  expect(output).toContain('does not answer: ECONNREFUSED')
  expect(output).toContain('Accepted 0 events')
  expect(code).toBe(130)
  expect(Date.now() - started).toBeLessThan(3_000)
})

it('waits while the edge is away, says so, and loses nothing', async () => {
  const { path, uuids } = real.exported(60_000, 'away.jsonl')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const waiting = real.start([path], dataDir)
  await eventually(() => (stateIn(dataDir)?.files[0]?.outcomes ?? 0) > 0)
  // The edge waits a second after that, so nothing of it is on its way to the bridge when it dies.
  real.bridge.isAway = true
  await sleep(500)
  real.edge.process.kill('SIGKILL')
  await sleep(1_000)
  real.bridge.isAway = false
  await real.restart()
  const { code, output } = await waiting.ended
  expect(output).toMatch(/waiting, again in [\d.]+ s: http:\/\/127.0.0.1:\d+ does not answer/)
  expect(output).toContain('60,000 accepted')
  expect(code).toBe(0)
  await real.arrived(uuids)
})
