import type { JsonObject } from '@headwater/schemas/event'

/** Replaced by the build with the package's version. */
declare const LIB_VERSION: string

/** What every event says about its page and screen; the address is taken apart at the edge. */
export function pageFacts(): JsonObject {
  return {
    $lib: 'web',
    $lib_version: LIB_VERSION,
    $current_url: location.href,
    $title: document.title,
    $referrer: document.referrer,
    $language: navigator.language,
    $screen_width: screen.width,
    $screen_height: screen.height,
    $viewport_width: innerWidth,
    $viewport_height: innerHeight,
  }
}

/** Parameters of an address that say how somebody came to it. */
export const CAMPAIGN = /^utm_|cl[ick]*id$|braid$|[_c]cid$|fat_id$/

/** How a visitor first came, as person properties: the page, the referrer, the campaign. */
export function initialFacts(): JsonObject {
  const { href, search } = location
  const { referrer } = document
  const facts: JsonObject = { $initial_current_url: href, $initial_referrer: referrer }
  if (referrer) facts.$initial_referring_domain = new URL(referrer).host
  new URLSearchParams(search).forEach((value, name) => {
    if (CAMPAIGN.test(name)) facts[`$initial_${name}`] = value
  })
  return facts
}
