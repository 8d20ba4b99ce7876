import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startImport } from './import-process.ts'
import { eventually, type RealEdge, startRealEdge, stateIn } from './real-edge.ts'
import type { Reject } from './state.ts'

// What the importer says of what it did, and of what it would not do.

let real: RealEdge
beforeAll(async () => {
  real = await startRealEdge()
})
afterAll(() => real.remove())
beforeEach(() => {
  real.bridge.records.length = 0
})

it('names every row that it dropped, keeps it, and keeps the others', async () => {
  const good = real.exported(3, 'part.jsonl')
  const lines = readFileSync(good.path, 'utf8').trimEnd().split('\n')
  const path = join(real.folder, 'hostile.jsonl')
  const bad = [
    '{"event":"a","distinct_id":"b"',
    '{"event":"a","distinct_id":"b"}',
    '{"event":"a","distinct_id":"b","timestamp":"1999-12-31T23:59:59Z"}',
    '{"event":"a","distinct_id":"b","timestamp":"2999-12-31T23:59:59Z"}',
    '{"event":"","distinct_id":"b","timestamp":"2024-03-10T22:30:00Z"}',
    '{"event":"a","timestamp":"2024-03-10T22:30:00Z"}',
  ]
  writeFileSync(path, [lines[0], ...bad, lines[1], lines[2]].join('\n'))
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const { code, output } = await real.start([path], dataDir).ended
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
  await real.arrived(good.uuids)
})

it('reads only the range it is asked for, from a time on and before another', async () => {
  const { path, uuids } = real.exported(48, 'range.jsonl')
  const { code, output } = await real.start([
    path,
    '--since',
    '2024-03-01T10:00Z',
    '--until',
    '2024-03-02',
  ]).ended
  expect(output).toContain('48 rows · 14 accepted · 0 dropped · 34 skipped')
  expect(output).toMatch(/10 {2}before --since[\s\S]*|24 {2}after --until/)
  expect(code).toBe(0)
  await real.arrived(uuids.slice(10, 24))
  expect(real.bridge.records).toHaveLength(14)
})

it('shows with --dry-run what it would do, and does nothing', async () => {
  const { path } = real.exported(40, 'dry.jsonl')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const { code, output } = await real.start([path, '--dry-run'], dataDir).ended
  expect(output).toContain('Would send 40 events of 40 rows. Nothing was sent.')
  expect(output).toContain('"$import_source": "posthog"')
  expect(code).toBe(0)
  expect(readdirSync(dataDir)).toEqual([])
  expect(real.bridge.records).toEqual([])
})

it('ends with the reason when the key is not one, or the command line is wrong', async () => {
  const { path } = real.exported(10, 'refused.jsonl')
  const refused = await real.start([path, '--key', 'wk_default_1_00000000000000000000000000000000'])
    .ended
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('Accepted 0 events of 0 rows')
  expect(refused.output).toContain('refused the events with 401')
  const missing = await real.start([join(real.folder, 'nothing.jsonl')]).ended
  expect([missing.code, missing.output]).toEqual([2, expect.stringMatching(/^no file .*nothing/)])
  const stranger = await startImport(['matomo', path], { DATA_DIR: real.folder }).ended
  expect([stranger.code, stranger.output]).toEqual([
    2,
    expect.stringMatching(/^unknown source matomo/),
  ])
})

it('keeps a second run of the same import away while one runs', async () => {
  const { path, uuids } = real.exported(60_000, 'two.jsonl')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const first = real.start([path], dataDir)
  await eventually(() => stateIn(dataDir) !== null)
  const second = await real.start([path], dataDir).ended
  expect(second.output).toMatch(/^process \d+ runs this import/)
  expect(second.code).toBe(1)
  expect((await first.ended).code).toBe(0)
  await real.arrived(uuids)
})

it('makes no events up unless it is asked to, and says why', async () => {
  const zip = join(import.meta.dirname, 'fixtures/plausible.zip')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  const asked = (...more: string[]) =>
    startImport(['plausible', zip, '--key', real.key, '--host', real.edge.url, ...more], {
      DATA_DIR: dataDir,
    }).ended
  const refused = await asked()
  expect(refused.code).toBe(2)
  expect(refused.output).toContain('Plausible exports daily totals, not events')
  const { code, output } = await asked('--synthesize')
  expect(output).toContain('plausible.zip: 7 rows · 10 accepted · 0 dropped · 3 skipped')
  expect(output).toContain('imported_sources_20240310_20240311.csv: nothing of it can be said')
  expect(code).toBe(0)
})

it('takes no part of a Plausible export for the whole', async () => {
  const part = join(real.folder, 'imported_pages.csv')
  writeFileSync(part, 'date,hostname,page,visitors,pageviews\n2024-03-10,shop.example,/,2,4\n')
  const dataDir = mkdtempSync(join(real.folder, 'data-'))
  for (const [file, why] of [
    [part, 'give the whole zip that Plausible made'],
    [join(import.meta.dirname, 'fixtures/umami.zip'), 'it has no imported_visitors….csv'],
  ] as const) {
    const args = ['plausible', file, '--synthesize', '--key', real.key, '--host', real.edge.url]
    const { code, output } = await startImport(args, { DATA_DIR: dataDir }).ended
    expect(output).toContain(why)
    expect(output).toContain('0 accepted · 1 dropped')
    expect(code).toBe(1)
  }
})
