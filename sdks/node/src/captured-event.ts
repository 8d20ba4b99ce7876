import {
  DROP_REASONS,
  type DropReason,
  type Event,
  isObject,
  type JsonObject,
  parseEvent,
} from '@headwater/schemas/event'
import { MAX_EVENT_BYTES } from '@headwater/schemas/limits'
import { plainJson, TooDeepError, UNREADABLE } from './plain-json.ts'
import type { QueueEntry } from './queue.ts'

/** Properties as an application has them: see the README for what becomes of values that JSON has not. */
export type Properties = Record<string, unknown>

/** An event as it goes to the server, with everything filled in. */
export type CapturedEvent = Event & { uuid: string; properties: JsonObject }

/** One event, as the application says it. */
export interface EventInput {
  /** The event's name. */
  event: string
  /** Who did it. */
  distinct_id: string | number | boolean
  properties?: Properties | undefined
  /** When it happened; text is RFC 3339, a number is milliseconds since 1970. @default now */
  timestamp?: Date | string | number | undefined
  /** Made when left out. The same uuid twice is one event. */
  uuid?: string | undefined
  /** The groups it belongs to, such as `{ company: 'acme' }`. */
  groups?: Record<string, string> | undefined
  /** Person properties to set, and to set when not yet set. */
  $set?: Properties | undefined
  $set_once?: Properties | undefined
}

export interface Refusal {
  uuid: string
  reason: DropReason
  message: string
}

declare const LIB_VERSION: string
const LIB = { $lib: 'node', $lib_version: LIB_VERSION }

/** Makes the event that is sent of what the application says, or tells why it can never be stored. */
export function makeEvent(
  input: EventInput,
  defaults: Properties | undefined,
  nowMs: number,
  makeUuid: (nowMs: number) => string,
): QueueEntry | Refusal {
  const { event, distinct_id, groups, $set, $set_once } = input
  const uuid = input.uuid || makeUuid(nowMs)
  const refuse = (reason: DropReason, message: string = DROP_REASONS[reason]) => ({
    uuid: String(uuid),
    reason,
    message,
  })
  const { properties } = input
  const verdict = canJudge ? parseEvent(outlineOf({ ...input, uuid })) : null
  if (typeof verdict === 'string') return refuse(verdict)

  const draft = {
    uuid,
    event,
    distinct_id,
    timestamp: wireTime(input.timestamp ?? new Date(nowMs)),
    properties: isObject(properties ?? {})
      ? merge(LIB, defaults, properties, groups && { $groups: groups })
      : properties,
    $set,
    $set_once,
  }
  try {
    const json = plainJson(draft)
    const bytes = utf8Bytes(json)
    if (bytes > MAX_EVENT_BYTES) return refuse('event_too_big', sayLargest(draft))
    return { uuid, json, bytes }
  } catch (error) {
    if (error instanceof TooDeepError) return refuse('too_deep')
    throw error
  }
}

// The contract's parser needs what Node 18 has not; there the server's answer tells.
const canJudge = 'toWellFormed' in String.prototype

// The parser sees no property but the one that it needs: they are the server's to judge.
function outlineOf({ event, distinct_id, uuid, properties, $set, $set_once }: EventInput): object {
  const few = isObject(properties)
    ? { distinct_id: attempt(() => properties.distinct_id) }
    : properties
  const shape = (fields: unknown) => (isObject(fields) ? {} : fields)
  const person = { $set: shape($set), $set_once: shape($set_once) }
  return { event, distinct_id, uuid, properties: few, ...person }
}

// A Date that is none has no ISO form. The server notes that it could not read the time.
function wireTime(time: Date | string | number): string | number {
  if (!(time instanceof Date)) return time
  return Number.isNaN(time.getTime()) ? String(time) : time.toISOString()
}

// Not by spreading: one getter that throws would cost the whole event.
function merge(...layers: (Properties | null | undefined)[]): Properties {
  const all = Object.create(null) as Properties
  for (const layer of layers) {
    if (layer instanceof Map) for (const [name, value] of layer) all[String(name)] = value
    else
      for (const name of Object.keys(layer ?? {}))
        all[name] = attempt(() => layer?.[name], UNREADABLE)
  }
  return all
}

function attempt(read: () => unknown, otherwise?: unknown): unknown {
  try {
    return read()
  } catch {
    return otherwise
  }
}

const encoder = new TextEncoder()
function utf8Bytes(text: string): number {
  return encoder.encode(text).length
}

function sayLargest({
  properties,
  $set,
  $set_once,
}: Pick<EventInput, 'properties' | '$set' | '$set_once'>): string {
  let largest = { name: '', bytes: 0 }
  for (const [place, fields] of Object.entries({ properties, $set, $set_once })) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      const bytes = utf8Bytes(plainJson(value) ?? '')
      if (bytes > largest.bytes) largest = { name: `${place}.${name}`, bytes }
    }
  }
  return `${DROP_REASONS.event_too_big} Most of it is "${largest.name}" with ${largest.bytes} bytes.`
}
