import type { AcceptedEvent, JsonObject } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import { resolveTime } from '@headwater/schemas/time'
import { senderKind } from './sender.ts'
import { columnText, integer, MAX_URL_TEXT } from './text.ts'
import { NO_USER_AGENT, parseUserAgent } from './user-agent.ts'
import { uuidV7 } from './uuid.ts'
import { visitOf } from './visit.ts'

/** What every event of a request shares. */
export interface RequestContext {
  projectId: string
  receivedAt: number
  /** Null when the sender does not say, or says what cannot be. */
  sentAt: number | null
  userAgent: string
  /** The page was fetched ahead of a visit that may never come. */
  isPrefetch: boolean
  geo: { country: string; region: string; city: string; timeZone: string }
  keepIp: boolean
}

/**
 * Makes an accepted event into the record that is stored. What the sender says in `$`-properties wins
 * over what the request shows. Never throws, whatever types the properties have.
 */
export function enrich(
  event: AcceptedEvent,
  sequence: unknown,
  context: RequestContext,
): EventRecord {
  const { properties } = event
  const { receivedAt, sentAt } = context
  const time = resolveTime({ timestamp: event.timestamp, offset: event.offset, sentAt, receivedAt })
  const sender = senderKind(columnText(properties.$lib), context.userAgent)
  const geo = sender === 'server' || properties.$geoip_disable === true ? null : context.geo
  const agentText =
    columnText(properties.$raw_user_agent, 1_000) || (sender === 'browser' ? context.userAgent : '')
  const agent = agentText ? parseUserAgent(agentText) : NO_USER_AGENT
  const visit = visitOf(
    columnText(properties.$current_url, MAX_URL_TEXT),
    columnText(properties.$referrer, MAX_URL_TEXT),
    columnText(properties.$referring_domain),
  )
  return {
    uuid: event.uuid ?? uuidV7(receivedAt),
    project_id: context.projectId,
    event: event.event.toWellFormed(),
    distinct_id: event.distinct_id.toWellFormed(),
    timestamp: Math.trunc(time.timestamp),
    received_at: receivedAt,
    sent_at: sentAt ?? 0,
    time_note: time.note,
    properties: stripped(properties, context.keepIp),
    person_set: event.set ?? {},
    person_set_once: event.set_once ?? {},
    session_id: columnText(properties.$session_id),
    sequence: integer(properties.$sequence) || integer(sequence),
    country:
      columnText(properties.$geoip_country_code) ||
      columnText(properties.$country) ||
      (geo?.country ?? ''),
    region:
      columnText(properties.$region) ||
      columnText(properties.$geoip_subdivision_1_name) ||
      (geo?.region ?? ''),
    city:
      columnText(properties.$city) || columnText(properties.$geoip_city_name) || (geo?.city ?? ''),
    time_zone:
      columnText(properties.$time_zone) ||
      columnText(properties.$timezone) ||
      columnText(properties.$geoip_time_zone) ||
      (geo?.timeZone ?? ''),
    browser: columnText(properties.$browser) || agent.browser,
    browser_version: columnText(properties.$browser_version) || agent.browser_version,
    os: columnText(properties.$os) || agent.os,
    os_version: columnText(properties.$os_version) || agent.os_version,
    device_type: columnText(properties.$device_type) || agent.device_type,
    current_url: visit.current_url,
    host: visit.host || columnText(properties.$host),
    pathname: visit.pathname || columnText(properties.$pathname, MAX_URL_TEXT),
    referrer: visit.referrer,
    referring_domain: visit.referring_domain,
    channel: columnText(properties.$channel) || visit.channel,
    utm_source: columnText(properties.utm_source) || visit.utm_source,
    utm_medium: columnText(properties.utm_medium) || visit.utm_medium,
    utm_campaign: columnText(properties.utm_campaign) || visit.utm_campaign,
    utm_term: columnText(properties.utm_term) || visit.utm_term,
    utm_content: columnText(properties.utm_content) || visit.utm_content,
    is_bot: agent.is_bot || context.isPrefetch || properties.$browser_type === 'bot',
    lib: columnText(properties.$lib),
    lib_version: columnText(properties.$lib_version),
  }
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
