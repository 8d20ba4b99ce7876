import { createHash } from 'node:crypto'
import {
  MAX_DISTINCT_ID_LENGTH,
  MAX_EVENT_BYTES,
  MAX_EVENT_NAME_LENGTH,
  MAX_TIME_AHEAD_MS,
  MIN_TIMESTAMP_MS,
} from '@headwater/schemas/limits'
import { isProjectId } from '@headwater/schemas/project-id'
import { RECORD_DEFAULTS } from '@headwater/schemas/record-json'
import { QueryRefusal } from './errors.ts'

// What a letter's record says, and what may be sent in its place.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const isUuid = (text: unknown): text is string => typeof text === 'string' && UUID.test(text)

type RecordFacts = Record<'project_id' | 'uuid' | 'event' | 'distinct_id', string | null>

/** What can be told of a record, or of the beginning of one: also of a text that is no JSON. */
export function readFacts(text: string): RecordFacts {
  const parsed = parseObject(text)
  const read = (name: string): string | null => {
    const value = parsed ? parsed[name] : memberIn(text, name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    project_id: read('project_id'),
    uuid: read('uuid'),
    event: read('event'),
    distinct_id: read('distinct_id'),
  }
}

/** The uuid of the event that a letter was to become; null when neither record nor header has one. */
export function uuidOf(letter: { record: string; uuid: string }): string | null {
  const { uuid } = readFacts(letter.record)
  const found = [uuid, letter.uuid].find(isUuid)
  return found?.toLowerCase() ?? null
}

/** The uuid of a letter that has none: always the same, so that its replays are one event. */
export function madeUuid(letterId: string): string {
  const hex = createHash('sha256').update(`dead letter ${letterId}`).digest('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

export interface CorrectedRecord {
  value: string
  uuid: string
  project: string
  distinct_id: string
}

export interface CorrectionRules {
  /** Null: whichever the record names. */
  project: string | null
  /** The record's, whatever it says; when it may choose, the one it gets without a choice. */
  uuid: { fixed: string } | { fallback: string }
  nowMs: number
}

/**
 * Checks a corrected record, and writes it anew: one object, every name once, numbers as they were
 * written. Throws a QueryRefusal that names the field.
 */
export function correctRecord(text: string, rules: CorrectionRules): CorrectedRecord {
  if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
    throw refusal('record', `is larger than ${MAX_EVENT_BYTES} bytes`)
  }
  const record = parseObject(text, keepNumbers)
  if (!record) throw refusal('record', 'must be a JSON object')
  const uuid = 'fixed' in rules.uuid ? rules.uuid.fixed : rules.uuid.fallback
  const complete: Record<string, unknown> = { uuid, ...record }
  for (const [name, value] of Object.entries(complete)) checkType(name, value)
  checkOwner(complete, rules)
  checkName(complete, 'event', MAX_EVENT_NAME_LENGTH)
  checkName(complete, 'distinct_id', MAX_DISTINCT_ID_LENGTH)
  checkTime(complete, 'timestamp', rules.nowMs)
  checkTime(complete, 'received_at', rules.nowMs)
  return {
    value: JSON.stringify(complete),
    uuid: String(complete.uuid).toLowerCase(),
    project: String(complete.project_id),
    distinct_id: String(complete.distinct_id),
  }
}

function checkOwner({ uuid, project_id }: Record<string, unknown>, rules: CorrectionRules): void {
  if (rules.project !== null && project_id !== rules.project) {
    throw refusal('record.project_id', `must be ${rules.project}`)
  }
  if (rules.project === null && !isProjectId(String(project_id ?? ''))) {
    throw refusal('record.project_id', 'must be the id of a project')
  }
  if (!isUuid(uuid)) throw refusal('record.uuid', 'must be a UUID')
  if ('fixed' in rules.uuid && uuid.toLowerCase() !== rules.uuid.fixed) {
    throw refusal('record.uuid', `must stay ${rules.uuid.fixed}: copies are recognised by it`)
  }
}

function checkType(name: string, value: unknown): void {
  if (!Object.hasOwn(RECORD_DEFAULTS, name)) {
    throw refusal(`record.${name}`, 'is not a field of a record')
  }
  const expected = kindOf(RECORD_DEFAULTS[name as keyof typeof RECORD_DEFAULTS])
  if (kindOf(value) !== expected) throw refusal(`record.${name}`, `must be ${expected}`)
}

function checkName(record: Record<string, unknown>, name: string, maxLength: number): void {
  const { length } = String(record[name] ?? '')
  if (length === 0) throw refusal(`record.${name}`, 'is required')
  if (length > maxLength) throw refusal(`record.${name}`, `is longer than ${maxLength} characters`)
}

function checkTime(record: Record<string, unknown>, name: string, nowMs: number): void {
  if (record[name] === undefined) throw refusal(`record.${name}`, 'is required')
  const time = Number(String(JSON.stringify(record[name])))
  const isTime = Number.isSafeInteger(time) && time >= MIN_TIMESTAMP_MS
  if (isTime && time <= nowMs + MAX_TIME_AHEAD_MS) return
  throw refusal(
    `record.${name}`,
    'must be milliseconds since 1970, since 2000 and not ahead of now',
  )
}

const kindOf = (value: unknown): string => {
  if (isRawNumber(value) || typeof value === 'number') return 'a number'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'object' && value && !Array.isArray(value)
    ? 'an object'
    : 'something else'
}

const refusal = (field: string, reason: string): QueryRefusal =>
  new QueryRefusal('invalid_query', `${field} ${reason}`, { field })

// Standard since ES2026, and not in TypeScript's library yet.
const { rawJSON, isRawJSON: isRawNumber } = JSON as unknown as {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}
type Reviver = (key: string, value: unknown, context?: { source: string }) => unknown

/** A number beyond 2^53 would come out as another one. */
const keepNumbers: Reviver = (_, value, context) =>
  typeof value === 'number' && context ? rawJSON(context.source) : value

function parseObject(text: string, reviver?: Reviver): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text, reviver)
    return kindOf(value) === 'an object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

// The edge writes these members first, before anything of the sender's.
function memberIn(text: string, name: string): unknown {
  const [, quoted = '""'] = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(text) ?? []
  try {
    return JSON.parse(quoted)
  } catch {
    return null
  }
}
