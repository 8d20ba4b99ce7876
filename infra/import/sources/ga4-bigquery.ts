import { isObject, type Json, type JsonObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { objectOf, said, textOf } from '../said.ts'
import type { Mapped, Source, TimelessEvent } from '../source.ts'
import { epochOf } from '../time-of.ts'
import { browserName, systemName } from './agent-names.ts'
import { countryCode } from './country-code.ts'

type Values = Record<string, unknown>

const PAGE: Record<string, string> = {
  page_location: '$current_url',
  page_referrer: '$referrer',
  page_title: '$title',
}
const DEVICES: Record<string, string> = {
  desktop: 'Desktop',
  mobile: 'Mobile',
  tablet: 'Tablet',
  'smart tv': 'TV',
}
/**
 * GA4 gives events no id. These say which one it is; other fields of a row may still change for three
 * days, and differ between the table of the day and the one during the day.
 */
const IDENTITY = [
  'user_pseudo_id',
  'user_id',
  'event_timestamp',
  'event_name',
  'event_bundle_sequence_id',
  'batch_page_id',
  'batch_ordering_id',
  'batch_event_index',
  'stream_id',
]

/** GA4: tables of its BigQuery export, as newline-delimited JSON. */
export const ga4BigQuery: Source = {
  columns: () => ['event_name', 'event_timestamp', 'event_params'],
  mapper() {
    const identical = new IdenticalRows()
    const linked = new LinkedIds('ga4')
    return {
      *map({ value: row }): Iterable<Mapped> {
        const [user, pseudo] = [textOf(row.user_id), textOf(row.user_pseudo_id)]
        if (!user && !pseudo) {
          return yield { skipped: 'without consent: neither user_id nor user_pseudo_id' }
        }
        const name = textOf(row.event_name)
        const set = paramsOf(row.user_properties)
        const first = firstTouch(row)
        const identity = Object.fromEntries(IDENTITY.map((field) => [field, textOf(row[field])]))
        const event: TimelessEvent = {
          uuid: identical.uuidOf('ga4', identity),
          event: name === 'page_view' ? '$pageview' : name,
          distinct_id: user || pseudo,
          timestamp: epochOf(row.event_timestamp),
          properties: propertiesOf(row, pseudo),
          ...(Object.keys(set).length > 0 && { $set: set }),
          ...(Object.keys(first).length > 0 && { $set_once: first }),
        }
        yield { event }
        const link = linked.link(event, user, pseudo)
        if (link) yield { event: link }
      },
    }
  },
}

function propertiesOf(row: Values, pseudo: string): JsonObject {
  const params = paramsOf(row.event_params)
  const { ga_session_id: session, ...rest } = params
  const named = Object.entries(rest).map(([key, value]) => [PAGE[key] ?? key, value])
  const device = objectOf(row.device)
  const web = objectOf(device.web_info)
  const geo = objectOf(row.geo)
  const source = objectOf(row.collected_traffic_source)
  const ecommerce = said(objectOf(row.ecommerce))
  return {
    ...Object.fromEntries(named),
    ...said({
      $session_id: session === undefined ? null : `${pseudo}.${textOf(session)}`,
      $sequence: sequenceOf(row),
      $device_type: DEVICES[textOf(device.category)] ?? device.category,
      $os: systemName(textOf(device.operating_system)),
      $os_version: device.operating_system_version,
      $browser: browserName(textOf(web.browser ?? device.browser)),
      $browser_version: web.browser_version ?? device.browser_version,
      $host: web.hostname,
      $language: device.language,
      $device_manufacturer: device.mobile_brand_name,
      $device_model: device.mobile_model_name,
      $app_version: objectOf(row.app_info).version,
      $country: countryCode(textOf(geo.country)),
      $region: geo.region,
      $city: geo.city,
      utm_source: source.manual_source,
      utm_medium: source.manual_medium,
      utm_campaign: source.manual_campaign_name,
      utm_term: source.manual_term,
      utm_content: source.manual_content,
      gclid: source.gclid,
      platform: row.platform,
      stream_id: row.stream_id,
      event_value_in_usd: row.event_value_in_usd,
      items: Array.isArray(row.items) && row.items.length > 0 ? row.items : null,
      ecommerce: Object.keys(ecommerce).length > 0 ? ecommerce : null,
    }),
  }
}

/** How the person first came: GA4 keeps it on every event. */
function firstTouch(row: Values): JsonObject {
  const { source, medium, name } = objectOf(row.traffic_source)
  return said({
    $initial_utm_source: source,
    $initial_utm_medium: medium,
    $initial_utm_campaign: name,
  })
}

// Events of one request have one timestamp; these numbers say which was first.
function sequenceOf(row: Values): number | null {
  const order = Number(textOf(row.batch_ordering_id) || 0) * 1_000
  const sequence = order + Number(textOf(row.batch_event_index) || 0)
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : null
}

/** `[{"key", "value": {"string_value" | "int_value" | …}}]` as an object. BigQuery writes integers as texts. */
function paramsOf(params: unknown): JsonObject {
  const list: unknown = typeof params === 'string' ? parsed(params) : params
  if (!Array.isArray(list)) return {}
  const values: [string, Json][] = []
  for (const param of list) {
    if (!isObject(param) || typeof param.key !== 'string') continue
    const value = scalarOf(objectOf(param.value))
    if (value !== null) values.push([param.key, value])
  }
  return Object.fromEntries(values)
}

function scalarOf(value: JsonObject): Json {
  if (typeof value.string_value === 'string') return value.string_value
  const number = value.int_value ?? value.double_value ?? value.float_value ?? null
  if (typeof number !== 'string') return number
  const exact = Number(number)
  return Number.isFinite(exact) && (!Number.isInteger(exact) || Number.isSafeInteger(exact))
    ? exact
    : number
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
