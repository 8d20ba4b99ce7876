import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AcceptedEvent, parseEvent } from '../event.ts'
import type { EventRecord } from '../record.ts'
import { RECORD_DEFAULTS } from '../record-json.ts'
import { type Place, PROPERTY_COLUMNS, toRowJson } from '../row.ts'
import { acceptedCases } from './fixtures.ts'

const FOLDER = join(import.meta.dirname, '../clickhouse')
/** Columns that the store fills by itself. */
const OWN_COLUMNS = ['inserted_at', 'person_id']
const PLACE: Place = { log_id: 'log', log_partition: 0, log_offset: 0, shard: 's', seq: 1, idx: 0 }
const NOW = Date.UTC(2026, 10, 23)

const RECORD: EventRecord = {
  ...RECORD_DEFAULTS,
  uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
  project_id: 'default',
  timestamp: NOW,
  received_at: NOW,
}

let session: Session
beforeAll(() => {
  session = new Session(mkdtempSync(join(tmpdir(), 'headwater-columns-')))
  for (const file of readdirSync(FOLDER).sort()) {
    session.query(readFileSync(join(FOLDER, file), 'utf8'))
  }
})
afterAll(() => session.close())

function select<Row>(sql: string): Row[] {
  const text = String(session.query(sql, 'JSONEachRow'))
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)
}

it('has a column for every field of a row, and no other', () => {
  const columns = select<{ name: string }>(
    "SELECT name FROM system.columns WHERE table = 'events' AND database = currentDatabase()",
  )
  const names = columns.map(({ name }) => name)
  expect(names.sort()).toEqual(
    [...Object.keys(RECORD), ...Object.keys(PLACE), ...OWN_COLUMNS].sort(),
  )
})

it('reads server-written properties from columns that exist', () => {
  for (const column of Object.values(PROPERTY_COLUMNS))
    expect(Object.keys(RECORD)).toContain(column)
})

it('stores every accepted fixture', () => {
  const cases = acceptedCases()
  const rows = cases.map(({ event }, log_offset) => {
    const accepted = parseEvent(structuredClone(event)) as AcceptedEvent
    const record = {
      ...RECORD,
      event: accepted.event,
      distinct_id: accepted.distinct_id,
      properties: accepted.properties,
    }
    return toRowJson(
      JSON.stringify({ ...record, uuid: RECORD.uuid.slice(0, -4) + String(1_000 + log_offset) }),
      {
        ...PLACE,
        log_offset,
      },
    )
  })
  session.query(
    `INSERT INTO events SETTINGS type_json_skip_duplicated_paths = 1, json_type_escape_dots_in_keys = 1 FORMAT JSONEachRow\n${rows.join('\n')}`,
  )
  const [row] = select<{ count: string }>('SELECT toString(count()) AS count FROM events')
  expect(Number(row?.count)).toBe(cases.length)
})
