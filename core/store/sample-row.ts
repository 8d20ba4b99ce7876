import { randomUUID } from 'node:crypto'
import { RECORD_DEFAULTS } from '@headwater/schemas/record-json'
import type { EventRow } from '@headwater/schemas/row'

/** An event's row for tests: plain, valid, with what the test cares about in its place. */
export function sampleRow(facts: Partial<EventRow> = {}): EventRow {
  return { ...PLAIN, uuid: randomUUID(), ...facts }
}

export const sampleRows = (facts: readonly Partial<EventRow>[]): string[] =>
  facts.map((fact) => JSON.stringify(sampleRow(fact)))

const NOON = Date.UTC(2026, 5, 15, 12)

const PLAIN: EventRow = {
  ...RECORD_DEFAULTS,
  project_id: 'default',
  event: '$pageview',
  distinct_id: 'ann',
  timestamp: NOON,
  received_at: NOON,
  log_id: 'log',
  log_partition: 0,
  log_offset: 0,
  shard: 'local:0@0000000000000000',
  seq: 1,
  idx: 0,
}
