// A record's JSON: written once, at the edge, and moved as bytes from there to the store. It is written by
// hand because it is the edge's largest cost: fields that many events share are written once for all.
import type { EventRecord } from './record.ts'
import { PROPERTY_COLUMNS } from './row.ts'

/** What a field holds when a record's JSON does not name it: its column's default. */
export const RECORD_DEFAULTS: EventRecord = {
  uuid: '',
  project_id: '',
  event: '',
  distinct_id: '',
  timestamp: 0,
  received_at: 0,
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
}

/** The fields that differ from event to event; every other one is shared by many. */
const OWN_FIELDS = [
  'uuid',
  'event',
  'distinct_id',
  'timestamp',
  'time_note',
  'properties',
  'person_set',
  'person_set_once',
  'session_id',
  'sequence',
  'is_bot',
  'lib',
  'lib_version',
] as const satisfies (keyof EventRecord)[]
export type SharedField = Exclude<keyof EventRecord, (typeof OWN_FIELDS)[number]>

const own: ReadonlySet<string> = new Set(OWN_FIELDS)
const SHARED_FIELDS = Object.keys(RECORD_DEFAULTS).filter((name) => !own.has(name)) as SharedField[]
const columns: ReadonlyMap<string, keyof EventRecord> = new Map(Object.entries(PROPERTY_COLUMNS))

/**
 * Writes a record. Left out is what its reader knows anyway: fields that hold their column's default
 * (empty, 0, false), and properties whose value a column holds unchanged. `shared` is the `sharedJson`
 * of all shared fields, for a caller that has it from an earlier record.
 */
export function recordJson(record: EventRecord, shared = sharedOf(record)): string {
  const { time_note, session_id, sequence, lib, lib_version } = record
  let json = `{"uuid":"${record.uuid}","event":${quote(record.event)}`
  json += `,"distinct_id":${quote(record.distinct_id)},"timestamp":${record.timestamp}`
  json += objectField('properties', propertiesJson(record))
  json += objectField('person_set', JSON.stringify(record.person_set))
  json += objectField('person_set_once', JSON.stringify(record.person_set_once))
  if (time_note !== '') json += `,"time_note":"${time_note}"`
  if (session_id !== '') json += `,"session_id":${quote(session_id)}`
  if (sequence !== 0) json += `,"sequence":${sequence}`
  if (record.is_bot) json += ',"is_bot":true'
  if (lib !== '') json += `,"lib":${quote(lib)}`
  if (lib_version !== '') json += `,"lib_version":${quote(lib_version)}`
  return `${json}${shared}}`
}

/** The JSON of some shared fields, to be joined with that of the others: `,"browser":"Chrome"`. */
export function sharedJson(fields: Partial<Pick<EventRecord, SharedField>>): string {
  let json = ''
  for (const [name, value] of Object.entries(fields)) {
    if (value === '' || value === 0) continue
    json += `,"${name}":${typeof value === 'string' ? quote(value) : value}`
  }
  return json
}

/** Shared fields beside their JSON, as a cache keeps them. */
export interface SharedPart<Fields> {
  readonly fields: Readonly<Fields>
  readonly json: string
}

export function sharedPart<Fields extends Partial<Pick<EventRecord, SharedField>>>(
  fields: Fields,
): SharedPart<Fields> {
  return { fields, json: sharedJson(fields) }
}

function sharedOf(record: EventRecord): string {
  return SHARED_FIELDS.map((name) => sharedJson({ [name]: record[name] })).join('')
}

function objectField(name: string, json: string): string {
  return json === '{}' ? '' : `,"${name}":${json}`
}

function propertiesJson(record: EventRecord): string {
  const { properties } = record
  let json = ''
  for (const name of Object.keys(properties)) {
    const value = properties[name]
    const { column, member } = nameFacts(name)
    if (column !== undefined && value && record[column] === value) continue
    const text = typeof value === 'string' ? quote(value) : scalarJson(value)
    json += json === '' ? `{${member}${text}` : `,${member}${text}`
  }
  return json === '' ? '{}' : `${json}}`
}

function scalarJson(value: unknown): string {
  // What `inspectProperties` let through is finite: JSON writes it as JavaScript does.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

/** What is known of a property by its name. */
interface NameFacts {
  column: keyof EventRecord | undefined
  /** The name as an object's JSON has it: `"plan":`. */
  member: string
}

const MAX_NAMES = 2_000
const names = new Map<string, NameFacts>()

function nameFacts(name: string): NameFacts {
  const known = names.get(name)
  if (known) return known
  const facts = { column: columns.get(name), member: `${quote(name)}:` }
  // Long names are made by machines and seldom come again; they must not fill the memory.
  if (names.size < MAX_NAMES && name.length <= 64) names.set(name, facts)
  return facts
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

/** A text as JSON. Most texts need no escape, and finding that out is cheaper than JSON.stringify. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** Reads a record's JSON back, with the fields that were left out. Throws when it is no JSON. */
export function decodeRecord(json: string): EventRecord {
  return { ...RECORD_DEFAULTS, ...(JSON.parse(json) as Partial<EventRecord>) }
}
