import type { AcceptedEvent, JsonObject } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import type { SharedPart } from '@headwater/schemas/record-json'
import { type ResolvedTime, resolveTime } from '@headwater/schemas/time'
import { messageUuid } from './dialects/message-uuid.ts'
import { type Geo, NO_GEO, saidGeo } from './geo.ts'
import { saidParts } from './said.ts'
import { senderKind } from './sender.ts'
import { columnText, integer, MAX_URL_TEXT } from './text.ts'
import { NO_USER_AGENT, parseUserAgent, saidAgent } from './user-agent.ts'
import { uuidV7 } from './uuid.ts'
import { saidVisit, visitOf } from './visit.ts'

/** What every event of a request shares. */
export interface RequestContext {
  projectId: string
  receivedAt: number
  /** Null when the sender does not say, or says what cannot be. */
  sentAt: number | null
  /** Events of the past: neither the request's clock nor its place and agent say anything of them. */
  isHistorical: boolean
  userAgent: string
  /** Whose request it is; empty where nothing says it. */
  ip: string
  /** For the ids of visitors that keep none. */
  secret: string
  /** The page was fetched ahead of a visit that may never come. */
  isPrefetch: boolean
  request: SharedPart<Pick<EventRecord, 'project_id' | 'received_at' | 'sent_at'>>
  geo: SharedPart<Geo>
  keepIp: boolean
}

/** A record, with the JSON of the fields that it shares with others. */
export interface Enriched {
  record: EventRecord
  shared: string
}

/**
 * Makes an accepted event into the record that is stored. What the sender says in `$`-properties wins
 * over what the request shows. Never throws, whatever types the properties have.
 */
export function enrich(event: AcceptedEvent, sequence: unknown, context: RequestContext): Enriched {
  const { properties } = event
  const { receivedAt, sentAt } = context
  const time = timeOf(event, context)
  const lib = columnText(properties.$lib)
  // Whoever sends history is not whom it happened to, wherever its events are from.
  const sender = context.isHistorical ? 'server' : senderKind(lib, context.userAgent)
  const said = saidParts(properties)

  const hasPlace = sender !== 'server' && properties.$geoip_disable !== true
  const place = hasPlace ? context.geo : NO_GEO
  const geo = said.geo ? saidGeo(properties, place) : place
  const agentText =
    columnText(properties.$raw_user_agent, 1_000) || (sender === 'browser' ? context.userAgent : '')
  const userAgent = agentText ? parseUserAgent(agentText) : NO_USER_AGENT
  const agent = said.agent ? saidAgent(properties, userAgent.part) : userAgent.part
  const page = visitOf(
    columnText(properties.$current_url, MAX_URL_TEXT),
    columnText(properties.$referrer, MAX_URL_TEXT),
    columnText(properties.$referring_domain),
  )
  const visit = said.visit ? saidVisit(properties, page) : page

  const record: EventRecord = {
    uuid: event.uuid ?? insertUuid(event) ?? uuidV7(receivedAt),
    project_id: context.projectId,
    event: event.event,
    distinct_id: event.distinct_id,
    timestamp: Math.trunc(time.timestamp),
    received_at: receivedAt,
    sent_at: sentAt ?? 0,
    time_note: time.note,
    properties: stripped(properties, context.keepIp),
    person_set: event.set ?? {},
    person_set_once: event.set_once ?? {},
    session_id: columnText(properties.$session_id),
    sequence: integer(properties.$sequence) || integer(sequence),
    country: geo.fields.country,
    region: geo.fields.region,
    city: geo.fields.city,
    time_zone: geo.fields.time_zone,
    browser: agent.fields.browser,
    browser_version: agent.fields.browser_version,
    os: agent.fields.os,
    os_version: agent.fields.os_version,
    device_type: agent.fields.device_type,
    current_url: visit.fields.current_url,
    host: visit.fields.host,
    pathname: visit.fields.pathname,
    referrer: visit.fields.referrer,
    referring_domain: visit.fields.referring_domain,
    channel: visit.fields.channel,
    utm_source: visit.fields.utm_source,
    utm_medium: visit.fields.utm_medium,
    utm_campaign: visit.fields.utm_campaign,
    utm_term: visit.fields.utm_term,
    utm_content: visit.fields.utm_content,
    is_bot: userAgent.isBot || context.isPrefetch || properties.$browser_type === 'bot',
    lib,
    lib_version: columnText(properties.$lib_version),
  }
  return { record, shared: context.request.json + geo.json + agent.json + visit.json }
}

/** When an event happened, by the sender's word and what the request says of the sender's clock. */
export function timeOf(event: AcceptedEvent, context: RequestContext): ResolvedTime {
  const { timestamp, offset, properties } = event
  const { isHistorical, sentAt, receivedAt } = context
  const clock = isHistorical || properties.$ignore_sent_at === true ? null : sentAt
  return resolveTime({ timestamp, offset, sentAt: clock, receivedAt })
}

/** Older clients number their events by this property: by it a retry of theirs is one event. */
function insertUuid({ event, distinct_id, properties }: AcceptedEvent): string | null {
  const { $insert_id: id } = properties
  if (typeof id !== 'string' || id === '') return null
  return messageUuid(JSON.stringify([event, distinct_id, id]))
}

/** Takes out what is stored elsewhere in the record, and the address that is not stored at all. */
function stripped(properties: JsonObject, keepIp: boolean): JsonObject {
  if (!keepIp && properties.$ip !== undefined) delete properties.$ip
  if (properties.$set !== undefined) delete properties.$set
  if (properties.$set_once !== undefined) delete properties.$set_once
  if (typeof properties.token === 'string' && properties.token.startsWith('wk_')) {
    delete properties.token
  }
  return properties
}
