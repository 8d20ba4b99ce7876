import type { JsonObject } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import { type SharedPart, sharedPart } from '@headwater/schemas/record-json'
import { channelOf } from './channel.ts'
import { columnText, MAX_URL_TEXT } from './text.ts'
import { parsePageUrl } from './url.ts'

/** What a page's address and its referrer say. */
export type Visit = Pick<
  EventRecord,
  | 'current_url'
  | 'host'
  | 'pathname'
  | 'referrer'
  | 'referring_domain'
  | 'channel'
  | 'utm_source'
  | 'utm_medium'
  | 'utm_campaign'
  | 'utm_term'
  | 'utm_content'
>

const MAX_CACHED = 2_000

// Most events of an isolate come from few pages; reading an address costs more than all the rest.
const visits = new Map<string, SharedPart<Visit>>()

/** Reads a visit; `$direct` is how posthog-js says that there is no referrer. */
export function visitOf(
  currentUrl: string,
  referrer: string,
  referringDomain: string,
): SharedPart<Visit> {
  const key = `${currentUrl}\n${referrer}\n${referringDomain}`
  const known = visits.get(key)
  if (known) return known
  const visit = sharedPart(
    readVisit(
      currentUrl,
      referrer === '$direct' ? '' : referrer,
      referringDomain === '$direct' ? '' : referringDomain,
    ),
  )
  if (visits.size >= MAX_CACHED) visits.clear()
  visits.set(key, visit)
  return visit
}

function readVisit(currentUrl: string, referrer: string, saidDomain: string): Visit {
  const page = parsePageUrl(currentUrl)
  const referringDomain = saidDomain || columnText(parsePageUrl(referrer).host)
  const { campaign } = page
  return {
    current_url: currentUrl,
    host: columnText(page.host),
    pathname: columnText(page.pathname, MAX_URL_TEXT),
    referrer,
    referring_domain: referringDomain,
    channel: channelOf({ page, referringDomain }),
    utm_source: columnText(campaign.utm_source),
    utm_medium: columnText(campaign.utm_medium),
    utm_campaign: columnText(campaign.utm_campaign),
    utm_term: columnText(campaign.utm_term),
    utm_content: columnText(campaign.utm_content),
  }
}

/** A visit of which the sender says something itself; an app has screens, but no address. */
export function saidVisit(
  properties: JsonObject,
  { fields }: SharedPart<Visit>,
): SharedPart<Visit> {
  return sharedPart({
    ...fields,
    host: fields.host || columnText(properties.$host),
    pathname: fields.pathname || columnText(properties.$pathname, MAX_URL_TEXT),
    channel: columnText(properties.$channel) || fields.channel,
    utm_source: columnText(properties.utm_source) || fields.utm_source,
    utm_medium: columnText(properties.utm_medium) || fields.utm_medium,
    utm_campaign: columnText(properties.utm_campaign) || fields.utm_campaign,
    utm_term: columnText(properties.utm_term) || fields.utm_term,
    utm_content: columnText(properties.utm_content) || fields.utm_content,
  })
}
