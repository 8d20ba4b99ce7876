import { MAX_DISTINCT_ID_LENGTH, MAX_EVENT_NAME_LENGTH } from './limits.ts'
import { inspectProperties, type PropertyLimitBreach } from './properties.ts'

/** The version of the event contract; `test/version.test.ts` pins the schema's hash beside it. */
export const EVENT_VERSION = 1

export type Json = string | number | boolean | null | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

/** One thing a person did at one time, as an SDK sends it. */
export interface Event {
  /** RFC 9562 UUID made by the SDK; the key for deduplication. Made at the edge when absent. */
  uuid?: string
  /** The event's name, 1 to 200 characters. */
  event: string
  /** The sender's id for who did it, 1 to 200 characters. */
  distinct_id: string
  /** When it happened by the sender's clock: RFC 3339, or milliseconds since 1970. Default: received_at. */
  timestamp?: string | number
  properties?: JsonObject
  /** Person properties to set, and to set when not yet set. */
  $set?: JsonObject
  $set_once?: JsonObject
}

/** An event that passed every check. `timestamp` is still the sender's word: see `time.ts`. */
export interface AcceptedEvent {
  uuid: string | null
  event: string
  distinct_id: string
  timestamp: string | number | null
  /** Milliseconds between the event and the sending of it, from old array-shaped clients. */
  offset: number | null
  properties: JsonObject
  set: JsonObject | null
  set_once: JsonObject | null
}

/** Why one event of a request was dropped: the closed set, with the sentence its sender reads. */
export const DROP_REASONS = {
  not_an_object: 'Each event must be a JSON object.',
  missing_event: 'Field "event" (the event name) is missing or empty.',
  invalid_event: 'Field "event" must be a string.',
  event_too_long: `Field "event" is longer than ${MAX_EVENT_NAME_LENGTH} characters.`,
  missing_distinct_id: 'Field "distinct_id" is missing or empty.',
  invalid_distinct_id: 'Field "distinct_id" must be a string, a number or a boolean.',
  distinct_id_too_long: `Field "distinct_id" is longer than ${MAX_DISTINCT_ID_LENGTH} characters.`,
  invalid_uuid: 'Field "uuid" is not a UUID.',
  invalid_properties: 'Field "properties" must be a JSON object.',
  invalid_set: 'Fields "$set" and "$set_once" must be JSON objects.',
  too_deep: 'Field "properties" is nested too deeply.',
  too_many_keys: 'Field "properties" has too many keys.',
  event_too_big: 'The event is larger than 1 MiB.',
} as const
export type DropReason = keyof typeof DROP_REASONS

export interface DroppedEvent {
  /** Place of the event in the request, from 0. */
  index: number
  uuid: string | null
  reason: DropReason
  message: string
}

export interface ParsedEvents {
  /** `index` is the event's place in the request, so that a later drop can still name it. */
  accepted: { index: number; event: AcceptedEvent }[]
  dropped: DroppedEvent[]
}

/** Checks every event of a request on its own; never throws, whatever the input is. */
export function parseEvents(items: readonly unknown[]): ParsedEvents {
  const parsed: ParsedEvents = { accepted: [], dropped: [] }
  items.forEach((item, index) => {
    const result = parseEvent(item)
    if (typeof result === 'string') parsed.dropped.push(drop(index, item, result))
    else parsed.accepted.push({ index, event: result })
  })
  return parsed
}

/** Names one dropped event the way the capture answer and the ingestion warnings show it. */
export function drop(index: number, item: unknown, reason: DropReason): DroppedEvent {
  const uuid = isObject(item) && typeof item.uuid === 'string' ? item.uuid.slice(0, 64) : null
  return { index, uuid, reason, message: DROP_REASONS[reason] }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const BLANK = /^[\s\p{Cc}]*$/u

// An id of white space and control characters only names nobody.
function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  // A visible ASCII character, as nearly always, decides without the pattern.
  return !(first > 0x20 && first < 0x7f) && BLANK.test(text)
}

/** Checks one event. Returns it in accepted form, or the reason it is dropped. */
export function parseEvent(item: unknown): AcceptedEvent | DropReason {
  if (!isObject(item)) return 'not_an_object'
  const properties = item.properties ?? {}
  if (!isObject(properties)) return 'invalid_properties'

  const name = item.event ?? null
  if (name === null || name === '') return 'missing_event'
  if (typeof name !== 'string') return 'invalid_event'
  if (isBlank(name)) return 'missing_event'
  if (name.length > MAX_EVENT_NAME_LENGTH) return 'event_too_long'

  const distinctId = parseDistinctId(
    item.distinct_id ?? item.$distinct_id ?? ownValue(properties, 'distinct_id') ?? null,
  )
  if (typeof distinctId !== 'string') return distinctId.drop

  const uuid = item.uuid ?? null
  if (uuid !== null && uuid !== '' && !isUuid(uuid)) {
    return 'invalid_uuid'
  }

  const set = joined(item.$set, ownValue(properties, '$set'))
  const setOnce = joined(item.$set_once, ownValue(properties, '$set_once'))
  if (set !== null && !isObject(set)) return 'invalid_set'
  if (setOnce !== null && !isObject(setOnce)) return 'invalid_set'

  const breach: PropertyLimitBreach | null = inspectProperties([properties, set, setOnce])
  if (breach) return breach

  return {
    uuid: uuid ? uuid.toLowerCase() : null,
    event: name.toWellFormed(),
    distinct_id: distinctId,
    timestamp: parseRawTime(item.timestamp),
    offset: typeof item.offset === 'number' && Number.isFinite(item.offset) ? item.offset : null,
    properties: properties as JsonObject,
    set: set as JsonObject | null,
    set_once: setOnce as JsonObject | null,
  }
}

function parseDistinctId(value: unknown): string | { drop: DropReason } {
  if (value === null || value === '') return { drop: 'missing_distinct_id' }
  if (typeof value === 'object') return { drop: 'invalid_distinct_id' }
  // NUL cannot be typed, searched or shown: the replacement character can.
  const text = String(value).replaceAll('\0', '\uFFFD')
  if (isBlank(text)) return { drop: 'missing_distinct_id' }
  if (text.length > MAX_DISTINCT_ID_LENGTH) return { drop: 'distinct_id_too_long' }
  return text.toWellFormed()
}

/** What is set beside the properties and within them, of which the first wins. */
function joined(beside: unknown, within: unknown): unknown {
  if (isObject(beside) && isObject(within)) return { ...within, ...beside }
  return beside ?? within ?? null
}

function parseRawTime(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

// `properties.constructor` and the like must not find what Object.prototype offers.
function ownValue(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Whether it is the text of a UUID, of whatever version. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
