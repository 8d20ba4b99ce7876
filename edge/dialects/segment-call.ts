import { isObject } from '@headwater/schemas/event'
import { messageUuid } from './message-uuid.ts'
import { readContext } from './segment-context.ts'

type Fields = Record<string, unknown>

/** What a call becomes: the event's name, what it is about, and which of the call's fields said so. */
interface Reading {
  event: unknown
  properties?: Fields
  set?: unknown
  distinctId?: unknown
  read: readonly string[]
}

/** The group type of a group call that does not name one itself, by the trait `groupType`. */
const DEFAULT_GROUP_TYPE = 'group'

const READINGS = { track, page, screen, identify, group, alias }
export type CallType = keyof typeof READINGS
export const CALL_TYPES = Object.keys(READINGS) as CallType[]

/** Fields that any call may have and that are read below; the last ones are about the sending only. */
const COMMON = [
  ...['type', 'userId', 'anonymousId', 'properties', 'context', 'integrations'],
  ...['messageId', 'timestamp', 'originalTimestamp'],
  ...['writeKey', 'sentAt', '_metadata', 'historical_migration'],
]

/**
 * Makes a call of Segment's spec into an event of our contract, unchecked: what is wrong with the call is
 * then wrong with the event. What has no place elsewhere is kept in the property `$segment`.
 */
export function eventOfCall(call: unknown): unknown {
  if (!isObject(call)) return call
  const { type } = call
  // A name that is no text is dropped as such, which the dialect tells in its own words.
  if (!isCallType(type)) return { event: [type], distinct_id: idOf(call), uuid: uuidOf(call) }
  const reading = READINGS[type](call)
  const { found, rest } = readContext(isObject(call.context) ? call.context : {})
  if (type === 'identify' && isObject(rest.traits)) delete rest.traits
  const properties = call.properties ?? {}
  return {
    uuid: uuidOf(call),
    event: reading.event,
    distinct_id: reading.distinctId ?? idOf(call),
    timestamp: call.timestamp ?? call.originalTimestamp,
    properties: isObject(properties)
      ? {
          ...found,
          ...reading.properties,
          ...properties,
          ...identifiersOf(call, type),
          ...keptOf(call, reading.read, rest),
        }
      : properties,
    $set: reading.set,
  }
}

const isCallType = (type: unknown): type is CallType =>
  typeof type === 'string' && Object.hasOwn(READINGS, type)

function track({ event }: Fields): Reading {
  return { event, read: ['event'] }
}

function page(call: Fields): Reading {
  const properties = isObject(call.properties) ? call.properties : {}
  const { url: $current_url, referrer: $referrer, title: $title } = properties
  const said = present({ $current_url, $referrer, $title, ...named(call) })
  return { event: '$pageview', properties: said, read: ['name', 'category'] }
}

function screen(call: Fields): Reading {
  const said = present({ $screen_name: call.name, ...named(call) })
  return { event: '$screen', properties: said, read: ['name', 'category'] }
}

/** RudderStack's clients have the traits in the context; a group's traits are elsewhere for all. */
function identify(call: Fields): Reading {
  const context = isObject(call.context) ? call.context : {}
  const traits = call.traits ?? {}
  const known = isObject(context.traits) ? context.traits : {}
  const set = isObject(traits) ? { ...known, ...traits } : traits
  const read = ['traits']
  if (!isSaid(call.userId)) return { event: '$set', set, read }
  const properties = present({ $anon_distinct_id: call.anonymousId })
  return { event: '$identify', properties, set, read }
}

function group({ groupId, traits }: Fields): Reading {
  const said = isObject(traits) ? traits : {}
  const type = isText(said.groupType) ? said.groupType : DEFAULT_GROUP_TYPE
  const properties = present({ $group_type: type, $group_key: groupId, $group_set: traits })
  if (isSaid(groupId)) properties.$groups = { [type]: groupId }
  return { event: '$groupidentify', properties, read: ['groupId', 'traits'] }
}

function alias({ userId, previousId }: Fields): Reading {
  const properties = present({ alias: previousId })
  return { event: '$create_alias', properties, distinctId: userId, read: ['previousId'] }
}

function named({ name, category }: Fields): Fields {
  return { name, category }
}

function idOf({ userId, anonymousId }: Fields): unknown {
  return isSaid(userId) ? userId : anonymousId
}

/** Ids of the call that the event's own two cannot hold. */
function identifiersOf(call: Fields, type: CallType): Fields {
  const { userId, anonymousId, messageId } = call
  const found: Fields = {}
  if (type !== 'identify' && isSaid(userId) && isSaid(anonymousId)) {
    found.$anonymous_id = anonymousId
  }
  if (isSaid(messageId) && String(messageId).toLowerCase() !== uuidOf(call)) {
    found.$message_id = messageId
  }
  return found
}

function uuidOf({ messageId }: Fields): string | null {
  return isText(messageId) || typeof messageId === 'number' ? messageUuid(String(messageId)) : null
}

/** What no property says, under the call's own names; nothing when there is nothing. */
function keptOf(call: Fields, read: readonly string[], context: Fields): Fields {
  const kept: Fields = {}
  for (const name of Object.keys(call)) {
    if (isSaid(call[name]) && !COMMON.includes(name) && !read.includes(name)) {
      kept[name] = call[name]
    }
  }
  const { integrations, timestamp, originalTimestamp } = call
  if (isSaid(timestamp) && isSaid(originalTimestamp) && timestamp !== originalTimestamp) {
    kept.originalTimestamp = originalTimestamp
  }
  if (isObject(integrations) && Object.keys(integrations).length > 0) {
    kept.integrations = integrations
  }
  if (call.context != null && !isObject(call.context)) kept.context = call.context
  else if (Object.keys(context).length > 0) kept.context = context
  return Object.keys(kept).length > 0 ? { $segment: kept } : {}
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSaid(value)))
}

/** Empty and blank texts are how clients say nothing. */
function isSaid(value: unknown): boolean {
  return value != null && (typeof value !== 'string' || value.trim() !== '')
}

const isText = (value: unknown): value is string => typeof value === 'string' && isSaid(value)
