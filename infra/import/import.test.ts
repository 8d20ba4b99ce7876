import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { LocalBridge } from '../../edge/local/bridge-process.ts'
import { type EdgeProcess, startEdgeProcess } from '../../edge/local/edge-process.ts'
import { freePorts } from '../services/ports.ts'
import { type ImportProcess, startImport } from './import-process.ts'
import type { ImportState, Reject } from './state.ts'

// The importer as its own process, against the real edge and a bridge that remembers what reached it.

const SECRET = 'local-test-secret-of-32-characters-ok'
const HOUR_MS = 3_600_000

let folder: string
let bridge: LocalBridge
let edge: EdgeProcess
let port: number
let key: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
  key = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
  bridge = await LocalBridge.start()
  ;[port = 0] = await freePorts(1)
  edge = await startEdge()
})
afterAll(async () => {
  await stopEdge()
  bridge.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  bridge.records.length = 0
})

it('brings every event in once, and says how many', async () => {
  const { path, uuids } = exported(5_000, 'once.jsonl.gz')
  const { code, output } = await run([path])
  expect(output).toContain('once.jsonl.gz: 5,000 rows · 5,000 accepted · 0 dropped · 0 skipped')
  expect(output).toMatch(
    /Accepted 5,000 events of 5,000 rows; [\d.]+ s: [\d,]+ events\/s, 0 retries/,
  )
  expect(code).toBe(0)
  await arrived(uuids)
  expect(bridge.records).toHaveLength(uuids.length)
})

it('does nothing when it is called again, and sends the same uuids with --restart', async () => {
  const { path, uuids } = exported(300, 'again.jsonl')
  expect((await run([path])).code).toBe(0)
  await arrived(uuids)
  const again = await run([path])
  expect(again.output).toContain('An earlier run brought it in')
  expect(again.code).toBe(0)
  expect(bridge.records).toHaveLength(300)
  expect((await run([path, '--restart'])).code).toBe(0)
  await eventually(() => bridge.records.length === 600)
  expect(new Set(bridge.records.map(({ uuid }) => uuid))).toEqual(new Set(uuids))
})

it('takes up a file anew that is another one by now', async () => {
  const { path } = exported(200, 'grown.jsonl')
  await run([path])
  const { uuids } = exported(250, 'grown.jsonl')
  expect((await run([path])).output).toContain('grown.jsonl: 250 rows · 250 accepted')
  await arrived(uuids)
})

it('goes on where it was killed, and counts everything once', async () => {
  const { path, uuids } = exported(60_000, 'killed.jsonl')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  let kills = 0
  for (const part of [0.1, 0.4]) {
    const killed = start([path], dataDir)
    await eventually(() => {
      const { outcomes = 0, is_complete: isComplete } = stateIn(dataDir)?.files[0] ?? {}
      return outcomes > part * uuids.length || isComplete === true
    })
    killed.process.kill('SIGKILL')
    await killed.ended
    if (!stateIn(dataDir)?.files[0]?.is_complete) kills++
  }
  expect(kills).toBe(2)
  const { code, output } = await start([path], dataDir).ended
  expect(output).toMatch(/killed\.jsonl: 60,000 rows · 60,000 accepted · 0 dropped · 0 skipped/)
  expect(output).toMatch(/Accepted 60,000 events of 60,000 rows, [\d,]+ of them by earlier runs/)
  expect(code).toBe(0)
  await arrived(uuids)
  // Only what was not yet noted may have come twice, with its uuid.
  expect(bridge.records.length).toBeLessThan(uuids.length * 1.5)
})

it('stops at Ctrl-C with what was answered, and goes on', async () => {
  const { path, uuids } = exported(60_000, 'stopped.jsonl')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const stopped = start([path], dataDir)
  await eventually(() => (stateIn(dataDir)?.files[0]?.outcomes ?? 0) > 0)
  stopped.process.kill('SIGINT')
  const first = await stopped.ended
  expect(first.code).toBe(130)
  expect(first.output).toContain('not read to its end')
  expect(first.output).toContain('The same command goes on from here.')
  expect((await start([path], dataDir).ended).code).toBe(0)
  await arrived(uuids)
  expect(bridge.records).toHaveLength(uuids.length)
})

it('stops at once while it waits for an edge that is away', async () => {
  const { path } = exported(3_000, 'nobody.jsonl')
  const [closed] = await freePorts(1)
  const host = `http://127.0.0.1:${closed}`
  const waiting = startImport(['posthog', path, '--key', key, '--host', host], env(folder))
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
  const { path, uuids } = exported(60_000, 'away.jsonl')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const waiting = start([path], dataDir)
  await eventually(() => (stateIn(dataDir)?.files[0]?.outcomes ?? 0) > 0)
  // The edge waits a second after that, so nothing of it is on its way to the bridge when it dies.
  bridge.isAway = true
  await sleep(500)
  edge.process.kill('SIGKILL')
  await sleep(1_000)
  bridge.isAway = false
  edge = await startEdge()
  const { code, output } = await waiting.ended
  expect(output).toMatch(/waiting, again in [\d.]+ s: http:\/\/127.0.0.1:\d+ does not answer/)
  expect(output).toContain('60,000 accepted')
  expect(code).toBe(0)
  await arrived(uuids)
})

it('names every row that it dropped, keeps it, and keeps the others', async () => {
  const good = exported(3, 'part.jsonl')
  const lines = readFileSync(good.path, 'utf8').trimEnd().split('\n')
  const path = join(folder, 'hostile.jsonl')
  const bad = [
    '{"event":"a","distinct_id":"b"',
    '{"event":"a","distinct_id":"b"}',
    '{"event":"a","distinct_id":"b","timestamp":"1999-12-31T23:59:59Z"}',
    '{"event":"a","distinct_id":"b","timestamp":"2999-12-31T23:59:59Z"}',
    '{"event":"","distinct_id":"b","timestamp":"2024-03-10T22:30:00Z"}',
    '{"event":"a","timestamp":"2024-03-10T22:30:00Z"}',
  ]
  writeFileSync(path, [lines[0], ...bad, lines[1], lines[2]].join('\n'))
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const { code, output } = await start([path], dataDir).ended
  expect(code).toBe(1)
  expect(output).toContain('hostile.jsonl: 9 rows · 3 accepted · 6 dropped · 0 skipped')
  expect(output).toContain(`${path}:2  unreadable_row  It is not JSON`)
  expect(output).toContain(`${path}:6  missing_event  Field "event"`)
  const name = readdirSync(join(dataDir, 'imports')).find((file) => file.includes('rejects')) ?? ''
  const rejects = readFileSync(join(dataDir, 'imports', name), 'utf8')
    .trimEnd()
    .split('\n')
  expect(
    rejects.map((line) => JSON.parse(line) as Reject).map(({ line, reason }) => [line, reason]),
  ).toEqual([
    [2, 'unreadable_row'],
    [3, 'invalid_time'],
    [4, 'past'],
    [5, 'future'],
    [6, 'missing_event'],
    [7, 'missing_distinct_id'],
  ])
  expect(rejects.map((line) => (JSON.parse(line) as Reject).row)).toEqual(bad)
  await arrived(good.uuids)
})

it('reads only the range it is asked for, from a time on and before another', async () => {
  const { path, uuids } = exported(48, 'range.jsonl')
  const { code, output } = await run([
    path,
    '--since',
    '2024-03-01T10:00Z',
    '--until',
    '2024-03-02',
  ])
  expect(output).toContain('48 rows · 14 accepted · 0 dropped · 34 skipped')
  expect(output).toMatch(/10 {2}before --since[\s\S]*|24 {2}after --until/)
  expect(code).toBe(0)
  await arrived(uuids.slice(10, 24))
  expect(bridge.records).toHaveLength(14)
})

it('shows with --dry-run what it would do, and does nothing', async () => {
  const { path } = exported(40, 'dry.jsonl')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const { code, output } = await start([path, '--dry-run'], dataDir).ended
  expect(output).toContain('Would send 40 events of 40 rows. Nothing was sent.')
  expect(output).toContain('"$import_source": "posthog"')
  expect(code).toBe(0)
  expect(readdirSync(dataDir)).toEqual([])
  expect(bridge.records).toEqual([])
})

it('ends with the reason when the key is not one, or the command line is wrong', async () => {
  const { path } = exported(10, 'refused.jsonl')
  const refused = await run([path, '--key', 'wk_default_1_00000000000000000000000000000000'])
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('Accepted 0 events of 0 rows')
  expect(refused.output).toContain('refused the events with 401')
  const missing = await run([join(folder, 'nothing.jsonl')])
  expect([missing.code, missing.output]).toEqual([2, expect.stringMatching(/^no file .*nothing/)])
  const stranger = await startImport(['matomo', path], env(folder)).ended
  expect([stranger.code, stranger.output]).toEqual([
    2,
    expect.stringMatching(/^unknown source matomo/),
  ])
})

it('keeps a second run of the same import away while one runs', async () => {
  const { path, uuids } = exported(60_000, 'two.jsonl')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const first = start([path], dataDir)
  await eventually(() => stateIn(dataDir) !== null)
  const second = await start([path], dataDir).ended
  expect(second.output).toMatch(/^process \d+ runs this import/)
  expect(second.code).toBe(1)
  expect((await first.ended).code).toBe(0)
  await arrived(uuids)
})

it('makes no events up unless it is asked to, and says why', async () => {
  const zip = join(import.meta.dirname, 'fixtures/plausible.zip')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  const asked = (...more: string[]) =>
    startImport(['plausible', zip, '--key', key, '--host', edge.url, ...more], env(dataDir)).ended
  const refused = await asked()
  expect(refused.code).toBe(2)
  expect(refused.output).toContain('Plausible exports daily totals, not events')
  const { code, output } = await asked('--synthesize')
  expect(output).toContain('plausible.zip: 7 rows · 10 accepted · 0 dropped · 3 skipped')
  expect(output).toContain('imported_sources_20240310_20240311.csv: nothing of it can be said')
  expect(code).toBe(0)
})

it('takes no part of a Plausible export for the whole', async () => {
  const part = join(folder, 'imported_pages.csv')
  writeFileSync(part, 'date,hostname,page,visitors,pageviews\n2024-03-10,shop.example,/,2,4\n')
  const dataDir = mkdtempSync(join(folder, 'data-'))
  for (const [file, why] of [
    [part, 'give the whole zip that Plausible made'],
    [join(import.meta.dirname, 'fixtures/umami.zip'), 'it has no imported_visitors….csv'],
  ] as const) {
    const args = ['plausible', file, '--synthesize', '--key', key, '--host', edge.url]
    const { code, output } = await startImport(args, env(dataDir)).ended
    expect(output).toContain(why)
    expect(output).toContain('0 accepted · 1 dropped')
    expect(code).toBe(1)
  }
})

/** A PostHog export of so many events, one an hour, over and over the same thousand hours. */
function exported(count: number, name: string): { path: string; uuids: string[] } {
  const uuids: string[] = Array.from({ length: count }, () => randomUUID())
  const lines = uuids.map((uuid, i) =>
    JSON.stringify({
      uuid,
      event: 'page seen',
      distinct_id: `person-${i % 500}`,
      properties: { number: i, text: 'x'.repeat(100) },
      timestamp: new Date(Date.UTC(2024, 2, 1) + (i % 1_000) * HOUR_MS).toISOString(),
    }),
  )
  const path = join(folder, name)
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return { path, uuids }
}

function run(args: string[]) {
  return start(args, folder).ended
}

function start(args: string[], dataDir: string): ImportProcess {
  const given = args.includes('--key') ? [] : ['--key', key]
  return startImport(['posthog', ...args, ...given, '--host', edge.url], env(dataDir))
}

function env(dataDir: string): Record<string, string> {
  return { DATA_DIR: dataDir }
}

function stateIn(dataDir: string): ImportState | null {
  try {
    const imports = join(dataDir, 'imports')
    const name = readdirSync(imports).find((file) => file.endsWith('.json')) ?? ''
    return JSON.parse(readFileSync(join(imports, name), 'utf8')) as ImportState
  } catch {
    return null
  }
}

function startEdge(): Promise<EdgeProcess> {
  return startEdgeProcess({
    EDGE_PORT: String(port),
    DATA_DIR: join(folder, 'edge'),
    WRITE_KEY_SECRET: SECRET,
    BRIDGE_SECRET: SECRET,
    BRIDGE_URL: bridge.url,
    AUTH_URL: bridge.url,
    SEAL_MAX_AGE_MS: '50',
  })
}

async function stopEdge(): Promise<void> {
  if (edge.process.exitCode !== null) return
  const ended = new Promise((resolve) => edge.process.once('exit', resolve))
  edge.process.kill('SIGTERM')
  await ended
}

async function arrived(uuids: string[]): Promise<void> {
  await eventually(async () => {
    await (await fetch(`${edge.url}/_metrics`)).text()
    const known = new Set(bridge.records.map(({ uuid }) => uuid))
    return uuids.every((uuid) => known.has(uuid))
  })
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time')
    await sleep(20)
  }
}
