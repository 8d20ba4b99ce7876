import { channelOf } from './channel.ts'
import { columnText, MAX_URL_TEXT } from './text.ts'
import { parsePageUrl } from './url.ts'

/** What a page's address and its referrer say, in the words of the record's columns. */
export interface Visit {
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
}

const MAX_CACHED = 2_000

// Most events of an isolate come from few pages; reading an address costs more than all the rest.
const visits = new Map<string, Visit>()

/** Reads a visit; `$direct` is how posthog-js says that there is no referrer. */
export function visitOf(currentUrl: string, referrer: string, referringDomain: string): Visit {
  const key = `${currentUrl}\n${referrer}\n${referringDomain}`
  const known = visits.get(key)
  if (known) return known
  const visit = readVisit(
    currentUrl,
    referrer === '$direct' ? '' : referrer,
    referringDomain === '$direct' ? '' : referringDomain,
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
