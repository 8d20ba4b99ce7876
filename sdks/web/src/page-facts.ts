import type { JsonObject } from '@headwater/schemas/event'

/** Replaced by the build with the package's version. */
declare const LIB_VERSION: string

/** What every event says about the page and the screen it happened on. */
export function pageFacts(): JsonObject {
  const { href, host, pathname } = location
  return {
    $lib: 'web',
    $lib_version: LIB_VERSION,
    $current_url: href,
    $host: host,
    $pathname: pathname,
    $title: document.title,
    $referrer: document.referrer,
    $language: navigator.language,
    $screen_width: screen.width,
    $screen_height: screen.height,
    $viewport_width: innerWidth,
    $viewport_height: innerHeight,
  }
}
