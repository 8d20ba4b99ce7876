import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { startImport } from './import-process.ts'
import { type Outcome, outcomesOf } from './outcome.ts'
import type { Row, Source } from './source.ts'
import { SOURCES } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whatever any of the sources looks for. */
const NAMES = [
  ...['event', 'properties', 'timestamp', 'distinct_id', 'uuid', 'results', 'data', 'time', 'set'],
  ...[
    'event_type',
    'event_time',
    'user_id',
    'device_id',
    'user_properties',
    'groups',
    'event_name',
  ],
  ...[
    'group_properties',
    'session_id',
    'event_params',
    'event_timestamp',
    'device',
    'geo',
    'items',
  ],
  ...['user_pseudo_id', 'traffic_source', 'ecommerce', '$distinct_ids', '$user_id', '$device_id'],
  ...['created_at', 'url_path', 'hostname', 'date', 'pageviews', 'visitors', '__proto__', 'key'],
]
const VALUES = [
  '$identify',
  '$merge',
  '$groupidentify',
  'page_view',
  '1',
  '2024-03-10',
  '{"a":1}',
  'NULL',
]
const anything = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...VALUES),
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 8 }),
}))

describe.each(Object.entries(SOURCES))('%s', (sourceName, source) => {
  it('makes something that can be counted of every JSON object', () => {
    fc.assert(
      fc.property(anything.object, (value) => {
        const outcomes = outcomesFor(sourceName, source, value)
        expect(outcomes.filter(({ isRow }) => isRow)).toHaveLength(1)
        for (const one of outcomes) if (one.kind === 'event') JSON.parse(one.json)
      }),
      { numRuns: 500 },
    )
  })

  it('drops a row that is nested too deeply to be sent, and goes on', () => {
    const deep = JSON.parse(`${'{"properties":'.repeat(50_000)}1${'}'.repeat(50_000)}`)
    const row = { event: 'a', distinct_id: 'b', timestamp: 1_710_109_800_000, ...deep }
    for (const { kind } of outcomesFor(sourceName, source, row)) expect(kind).not.toBe('event')
  })
})

it('reads 150 MB, packed into little, in a heap of 64 MB', async () => {
  const row = (i: number) =>
    JSON.stringify({
      uuid: `018e2a40-5b1c-7000-8000-${String(i).padStart(12, '0')}`,
      event: 'page seen',
      distinct_id: `person-${i}`,
      properties: { text: `${i}`.repeat(400) },
      timestamp: '2024-03-10T22:30:00Z',
    })
  const part = gzipSync(Array.from({ length: 10_000 }, (_, i) => `${row(i)}\n`).join(''))
  const path = join(folder, 'big.jsonl.gz')
  writeFileSync(path, Buffer.concat(Array.from({ length: 8 }, () => part)))
  const env = { DATA_DIR: folder, NODE_OPTIONS: '--max-old-space-size=64' }
  const { code, output } = await startImport(['posthog', path, '--dry-run'], env).ended
  expect(output).toContain('Would send 80,000 events of 80,000 rows.')
  expect(code).toBe(0)
})

function outcomesFor(
  sourceName: string,
  source: Source,
  value: Record<string, unknown>,
): Outcome[] {
  const mapper = source.mapper({ timeZone: 'Europe/Berlin', columns: {} })
  const row: Row = { member: 'imported_pages.csv', line: 1, value }
  return [...outcomesOf([row], { sourceName, mapper, since: null, until: null, now: Date.now() })]
}
