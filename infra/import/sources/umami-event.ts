import type { JsonObject } from '@headwater/schemas/event'
import type { IdenticalRows } from '../identical-rows.ts'
import { ownUuid } from '../name-uuid.ts'
import { said, textOf } from '../said.ts'
import type { Mapped, TimelessEvent } from '../source.ts'
import { timeOf } from '../time-of.ts'
import { browserName, systemName } from './agent-names.ts'

const PAGE_VIEW = '1'
const CUSTOM_EVENT = '2'

const DEVICES: Record<string, string> = {
  desktop: 'Desktop',
  laptop: 'Desktop',
  mobile: 'Mobile',
  tablet: 'Tablet',
}
const AS_THEY_ARE = [
  ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'tag'],
  ...['gclid', 'fbclid', 'msclkid', 'ttclid', 'li_fat_id', 'twclid'],
]

/** A row of website_event, by the names of its columns; or why it is no event. */
export function umamiEvent(
  get: (name: string) => unknown,
  row: Record<string, unknown>,
  { timeZone, identical }: { timeZone: string; identical: IdenticalRows },
): Mapped {
  const type = textOf(get('event_type')) || PAGE_VIEW
  const name = type === PAGE_VIEW ? '$pageview' : textOf(get('event_name'))
  if (type !== PAGE_VIEW && (type !== CUSTOM_EVENT || name === '')) {
    return { skipped: `rows of event_type ${type}` }
  }
  const event: TimelessEvent = {
    uuid: ownUuid(get('event_id')) ?? ownUuid(get('id')) ?? identical.uuidOf('umami', row),
    event: name,
    distinct_id: textOf(get('distinct_id')) || textOf(get('session_id')),
    timestamp: timeOf(get('created_at'), timeZone),
    properties: propertiesOf(get),
  }
  return { event }
}

function propertiesOf(get: (name: string) => unknown): JsonObject {
  const [host, path] = [textOf(get('hostname')), textOf(get('url_path'))]
  const device = textOf(get('device'))
  const [, width, height] = /^(\d+)x(\d+)$/.exec(textOf(get('screen'))) ?? []
  return said({
    // The scheme is not kept; it is not part of host and path, by which pages are counted.
    $current_url: host ? `https://${host}${path}${queryOf(get('url_query'))}` : null,
    $host: host,
    $pathname: path,
    $title: get('page_title'),
    $referrer: referrerOf(get),
    $referring_domain: get('referrer_domain'),
    $session_id: textOf(get('visit_id')) || get('session_id'),
    $browser: browserName(textOf(get('browser'))),
    $os: systemName(textOf(get('os'))),
    $device_type: DEVICES[device] ?? device,
    $country: get('country'),
    $region: textOf(get('region')) || get('subdivision1'),
    $city: get('city'),
    $language: get('language'),
    $screen_width: width && Number(width),
    $screen_height: height && Number(height),
    ...Object.fromEntries(AS_THEY_ARE.map((name) => [name, get(name)])),
  })
}

function referrerOf(get: (name: string) => unknown): string | null {
  const domain = textOf(get('referrer_domain'))
  if (!domain) return null
  return `https://${domain}${textOf(get('referrer_path'))}${queryOf(get('referrer_query'))}`
}

function queryOf(value: unknown): string {
  const query = textOf(value).replace(/^\?/, '')
  return query ? `?${query}` : ''
}
