import { randomUUID } from 'node:crypto'
import type { EventRow } from '@headwater/schemas/row'

/** An event's row for tests: plain, valid, with what the test cares about in its place. */
export function sampleRow(facts: Partial<EventRow> = {}): EventRow {
  return { ...PLAIN, uuid: randomUUID(), ...facts }
}

export const sampleRows = (facts: readonly Partial<EventRow>[]): string[] =>
  facts.map((fact) => JSON.stringify(sampleRow(fact)))

const NOON = Date.UTC(2026, 5, 15, 12)

const PLAIN: Omit<EventRow, 'uuid'> = {
  project_id: 'default',
  event: '$pageview',
  distinct_id: 'ann',
  timestamp: NOON,
  received_at: NOON,
  sent_at: 0,
  time_note: '',
  properties: {},
  person_set: {},
  person_set_once: {},
  session_id: '',
  sequence: 0,
  country: '',
  region: '',
  city: '',
  time_zone: '',
  browser: '',
  browser_version: '',
  os: '',
  os_version: '',
  device_type: '',
  current_url: '',
  host: '',
  pathname: '',
  referrer: '',
  referring_domain: '',
  channel: '',
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_term: '',
  utm_content: '',
  is_bot: false,
  lib: '',
  lib_version: '',
  log_id: 'log',
  log_partition: 0,
  log_offset: 0,
  shard: 'local:0@0000000000000000',
  seq: 1,
  idx: 0,
}
