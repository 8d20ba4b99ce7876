import { isObject, type JsonObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { ownUuid } from '../name-uuid.ts'
import { said, textOf } from '../said.ts'
import type { MapOptions, Mapped, Source, TimelessEvent } from '../source.ts'
import { timeOf } from '../time-of.ts'

const PAGE_VIEW = '1'
const CUSTOM_EVENT = '2'

const BROWSERS: Record<string, string> = {
  chrome: 'Chrome',
  crios: 'Chrome',
  'chromium-webview': 'Chrome',
  firefox: 'Firefox',
  fxios: 'Firefox',
  safari: 'Safari',
  ios: 'Safari',
  'ios-webview': 'Safari',
  edge: 'Microsoft Edge',
  'edge-chromium': 'Microsoft Edge',
  'edge-ios': 'Microsoft Edge',
  opera: 'Opera',
  samsung: 'Samsung Internet for Android',
}
const DEVICES: Record<string, string> = {
  desktop: 'Desktop',
  laptop: 'Desktop',
  mobile: 'Mobile',
  tablet: 'Tablet',
}
const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']

/** Umami 2: its table website_event, as CSV or JSON, with the columns of session where they are joined. */
export const umami: Source = {
  columns: () => ['event_id', 'session_id', 'created_at', 'url_path'],
  members: (names) => {
    const events = names.filter((name) => /website_event[^/]*$/.test(name))
    return events.length > 0 ? events : [...names]
  },
  mapper(options) {
    const linked = new LinkedIds('umami')
    const identical = new IdenticalRows()
    return {
      *map({ value }): Iterable<Mapped> {
        // A page of the API is one row that holds many.
        const rows = Array.isArray(value.data) ? value.data : [value]
        for (const row of rows) {
          if (!isObject(row)) yield { skipped: 'a result that is no event' }
          else yield* mapRow(row, options, { linked, identical })
        }
      },
    }
  },
}

function* mapRow(
  row: Record<string, unknown>,
  { timeZone }: MapOptions,
  { linked, identical }: { linked: LinkedIds; identical: IdenticalRows },
): Iterable<Mapped> {
  const get = (name: string) => row[name] ?? row[camelCase(name)]
  const type = textOf(get('event_type')) || PAGE_VIEW
  const name = type === PAGE_VIEW ? '$pageview' : textOf(get('event_name'))
  if (type !== PAGE_VIEW && (type !== CUSTOM_EVENT || name === '')) {
    return yield { skipped: `rows of event_type ${type}` }
  }
  const session = textOf(get('session_id'))
  const known = textOf(get('distinct_id'))
  const event: TimelessEvent = {
    uuid: ownUuid(get('event_id')) ?? ownUuid(get('id')) ?? identical.uuidOf('umami', row),
    event: name,
    distinct_id: known || session,
    timestamp: timeOf(get('created_at'), timeZone),
    properties: propertiesOf(get),
  }
  yield { event }
  const link = linked.link(event, known, session)
  if (link) yield { event: link }
}

function propertiesOf(get: (name: string) => unknown): JsonObject {
  const [host, path] = [textOf(get('hostname')), textOf(get('url_path'))]
  const browser = textOf(get('browser'))
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
    $browser: BROWSERS[browser] ?? browser,
    $os: systemOf(textOf(get('os'))),
    $device_type: DEVICES[device] ?? device,
    $country: get('country'),
    $region: textOf(get('region')) || get('subdivision1'),
    $city: get('city'),
    $language: get('language'),
    $screen_width: width && Number(width),
    $screen_height: height && Number(height),
    tag: get('tag'),
    ...Object.fromEntries(UTM.map((name) => [name, get(name)])),
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

// "Windows 10", "Mac OS", "Android OS".
function systemOf(os: string): string {
  if (/^windows/i.test(os)) return 'Windows'
  if (/^mac/i.test(os)) return 'macOS'
  return os.replace(/^Android OS$/, 'Android')
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
