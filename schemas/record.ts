import type { JsonObject } from './event.ts'
import { quote, recordJson } from './record-json.ts'
import type { TimeNote } from './time.ts'

/**
 * One accepted event as it rides from the edge to the store. Its JSON is written once, at the edge,
 * and its fields are exactly the columns of the events table, so that the bridge and the consumer
 * move bytes. Times are milliseconds since 1970; the consumer's insert reads them as DateTime64(3).
 */
export interface EventRecord {
  uuid: string
  project_id: string
  event: string
  distinct_id: string
  timestamp: number
  received_at: number
  /** When the sender says it sent the request; 0 when it does not say. */
  sent_at: number
  time_note: TimeNote
  properties: JsonObject
  person_set: JsonObject
  person_set_once: JsonObject
  session_id: string
  /** The SDK's number of the event within its session; orders events of equal timestamp. */
  sequence: number
  country: string
  region: string
  city: string
  time_zone: string
  browser: string
  browser_version: string
  os: string
  os_version: string
  device_type: string
  current_url: string
  host: string
  pathname: string
  referrer: string
  referring_domain: string
  channel: string
  utm_source: string
  utm_medium: string
  utm_campaign: string
  utm_term: string
  utm_content: string
  is_bot: boolean
  lib: string
  lib_version: string
}

/** Keeps one sender's events in order, and two projects' senders of the same name apart. */
export function partitionKey(projectId: string, distinctId: string): string {
  return `${projectId}:${distinctId}`
}

/** One record inside a batch: what the bridge must know without reading the record's JSON. */
export interface Frame {
  key: string
  uuid: string
  /** The record's JSON, untouched. */
  json: string
}

/**
 * A batch is frames joined by newlines: `"<key as JSON>" TAB <uuid> TAB <record as JSON>`.
 * JSON escapes tabs and newlines, so the raw ones can only be the separators.
 */
export function encodeFrame(record: EventRecord, shared?: string): string {
  const key = quote(partitionKey(record.project_id, record.distinct_id))
  return `${key}\t${record.uuid}\t${recordJson(record, shared)}\n`
}

/** Splits a batch into its frames. Throws `invalid batch: …` with the line when one is not a frame. */
export function decodeFrames(batch: string): Frame[] {
  const frames: Frame[] = []
  let start = 0
  while (start < batch.length) {
    let end = batch.indexOf('\n', start)
    if (end === -1) end = batch.length
    const keyEnd = batch.indexOf('\t', start)
    const uuidEnd = keyEnd === -1 ? -1 : batch.indexOf('\t', keyEnd + 1)
    if (uuidEnd === -1 || uuidEnd > end) {
      throw new Error(`invalid batch: line ${frames.length + 1} is not key, uuid, record`)
    }
    frames.push({
      key: parseKey(batch.slice(start, keyEnd), frames.length + 1),
      uuid: batch.slice(keyEnd + 1, uuidEnd),
      json: batch.slice(uuidEnd + 1, end),
    })
    start = end + 1
  }
  return frames
}

function parseKey(text: string, line: number): string {
  try {
    const key: unknown = JSON.parse(text)
    if (typeof key === 'string') return key
  } catch {
    // Reported below, with the line.
  }
  throw new Error(`invalid batch: the key of line ${line} is not a JSON string`)
}
