import { isObject } from '@headwater/schemas/event'
import { addKey, bearer, type DecodedRequest, parsePayload } from '../decode.ts'
import { CaptureError, jsonRefusal } from '../errors.ts'
import { uuidV7 } from '../uuid.ts'
import { type Dialect, type Judged, jsonAnswer, type Message } from './dialect.ts'

type Fields = Record<string, unknown>

const SENT_AT = 'posthog-request-timestamp'
const SDK = 'posthog-sdk-info'

/** What stands beside an event's properties here, and inside them everywhere else. */
const OPTIONS: Record<string, string> = {
  cookieless_mode: '$cookieless_mode',
  disable_skew_correction: '$ignore_sent_at',
  process_person_profile: '$process_person_profile',
  product_tour_id: '$product_tour_id',
}

/** PostHog's "Capture v1": the key in a header, a verdict for every event by its uuid. */
export const posthogV1: Dialect = {
  posts: ['/i/v1/analytics/events'],
  gets: [],
  headers: [SENT_AT, SDK],
  readQuery: () => {
    throw new CaptureError('method_not_allowed', 'This path takes POST.')
  },
  decode,
  encode,
  refuse,
}

function decode({ authorization, headers, payload }: Message): DecodedRequest {
  const body = parsePayload(payload)
  if (!isObject(body) || !Array.isArray(body.batch)) {
    throw new CaptureError('malformed_json', 'Field "batch" must be an array of events.', 'batch')
  }
  if (body.batch.length === 0) {
    throw new CaptureError('empty_batch', 'The request has no events.', 'batch')
  }
  const keys = new Set<string>()
  addKey(keys, bearer(authorization))
  const sdk = sdkOf(headers[SDK] ?? '')
  const now = Date.now()
  const events = body.batch.map((item: unknown) => eventOf(item, sdk, now))
  return {
    items: events.map(({ item }) => item),
    uuids: events.map(({ uuid }) => uuid),
    keys: [...keys],
    sentAt: headers[SENT_AT] ?? null,
    isHistorical: body.historical_migration === true,
  }
}

/** The event in the contract's words, and the uuid by which its sender knows it. */
function eventOf(item: unknown, sdk: Fields, now: number): { item: unknown; uuid: string } {
  if (!isObject(item)) return { item, uuid: uuidV7(now) }
  const uuid = typeof item.uuid === 'string' && item.uuid !== '' ? item.uuid : uuidV7(now)
  const { options, session_id, window_id, properties = {} } = item
  if (!isObject(properties)) return { item: { ...item, uuid }, uuid }
  const said = isObject(options) ? options : {}
  const moved: Fields = {}
  for (const [name, property] of Object.entries(OPTIONS)) {
    if (Object.hasOwn(said, name)) moved[property] = asFlag(said[name])
  }
  if (session_id != null) moved.$session_id = session_id
  if (window_id != null) moved.$window_id = window_id
  return {
    item: { ...item, uuid: uuid.trim(), properties: { ...properties, ...moved, ...sdk } },
    uuid,
  }
}

/** Clients write flags as texts and numbers too. */
function asFlag(value: unknown): unknown {
  const text = String(value).trim().toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : value
}

/** `name/version`; the name may have a slash of its own. */
function sdkOf(info: string): Fields {
  const [, $lib, $lib_version] = /^\s*(\S.*?)\s*\/\s*([^/]*\S)\s*$/.exec(info) ?? []
  return $lib && $lib_version ? { $lib, $lib_version } : {}
}

function encode({ dropped, uuids = [] }: Judged): Response {
  const results: Record<string, { result: 'ok' | 'drop'; details?: string }> = Object.create(null)
  for (const uuid of uuids) results[uuid] = { result: 'ok' }
  for (const { index, reason } of dropped) {
    results[uuids[index] ?? ''] = { result: 'drop', details: reason }
  }
  return jsonAnswer({ results })
}

const KEY_MISSING = 'The write key is missing: send it as Authorization: Bearer.'

function refuse({ code, message, status }: CaptureError): Response {
  const error_description = code === 'missing_write_key' ? KEY_MISSING : message
  return jsonRefusal(status, { error: code, error_description })
}
