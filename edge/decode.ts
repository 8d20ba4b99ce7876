import { isObject } from '@headwater/schemas/event'
import { isGzip } from '@headwater/schemas/gzip'
import { CaptureError } from './errors.ts'
import { gunzip } from './read-body.ts'
import { mendSurrogates } from './surrogates.ts'
import { pathOf, queryOf } from './url.ts'

/** A request in one shape, whichever of the accepted shapes and encodings it came in. */
export interface DecodedRequest {
  /** The events as sent, unchecked. */
  items: readonly unknown[]
  /** Every write key the request names for all of its events, without repeats. */
  keys: string[]
  /** When the sender says it sent the request, ms since 1970; null when it does not say. */
  sentAt: string | number | null
  /** Whether these are events of the past, of which the request itself says nothing: no clock, no place, no agent. */
  isHistorical: boolean
  /** Those of the items, in their order, where the answer names every one of them. */
  uuids?: readonly string[]
}

const KEY_FIELDS = ['api_key', 'write_key', 'token'] as const
/** `_` in seconds instead of milliseconds would read as January 1970: such values are ignored. */
const MIN_SENT_AT_MS = Date.UTC(2020, 0, 1)
const BASE64_SAMPLE = /^[A-Za-z0-9+/]{1,128}={0,2}$/
const UNSUPPORTED = /^(br|zstd|deflate|compress)$/
const FORM_FIELD = /^(data|compression|ip|ver|_)=/

/** A request's JSON, or what claims to be: nothing is around it any more. Bytes are UTF-8. */
export type Payload = Uint8Array | string

/** Whether a body is JSON as it is, with nothing around it, as nearly every one. */
export function isBareJson(body: Uint8Array): boolean {
  return body[0] === 0x7b || body[0] === 0x5b
}

/** Reads the JSON that a GET carries in its query. Throws a CaptureError when it cannot. */
export function readQuery(address: string): Promise<Payload> {
  return decodeText(requireData(queryOf(address)))
}

/**
 * Undoes the gzip, form field and base64 around a body's JSON. Throws a CaptureError that says what
 * cannot be read.
 */
export async function unpack(bytes: Uint8Array, contentEncoding: string | null): Promise<Payload> {
  if (bytes.length === 0) throw new CaptureError('empty_batch', 'The request has no body.')
  if (isGzip(bytes)) return decodeText(decodeUtf8(await gunzip(bytes)))
  const encoding = contentEncoding?.trim().toLowerCase() ?? ''
  if (UNSUPPORTED.test(encoding)) {
    throw new CaptureError('unreadable_body', `Content-Encoding ${encoding} is not supported.`)
  }
  return decodeText(decodeUtf8(bytes))
}

/** Decodes a request of events. Throws a CaptureError that names what is wrong with it as a whole. */
export function decodePayload(request: {
  url: string
  authorization: string | null
  payload: Payload
}): DecodedRequest {
  const { url, payload } = request
  const query = queryOf(url)
  const body = parsePayload(payload)
  const keys = new Set<string>()
  if (query) for (const field of KEY_FIELDS) addKey(keys, query.get(field))
  addKey(keys, bearer(request.authorization))
  if (isObject(body)) for (const field of KEY_FIELDS) addKey(keys, body[field])

  const items = itemsOf(body, url)
  if (items.length === 0) {
    throw new CaptureError('empty_batch', 'The request has no events.', 'batch')
  }
  addEventKeys(keys, items)
  // The properties' token is looked at last: "token" may also be a property of the sender's own.
  if (keys.size === 0) addPropertyTokens(keys, items)
  const isHistorical = isObject(body) && body.historical_migration === true
  return { items, keys: [...keys], sentAt: sentAtOf(body, query), isHistorical }
}

function itemsOf(body: unknown, address: string): readonly unknown[] {
  if (Array.isArray(body)) return body
  if (!isObject(body)) {
    throw new CaptureError('malformed_json', 'The body must be a JSON object or array.')
  }
  if (Array.isArray(body.batch)) return body.batch
  if (body.batch !== undefined && body.event === undefined) {
    throw new CaptureError('malformed_json', 'Field "batch" must be an array of events.', 'batch')
  }
  // Old clients send person properties to /engage without naming an event.
  if (body.event === undefined && /^\/engage\/*$/.test(pathOf(address))) {
    body.event = '$identify'
  }
  return [body]
}

/** Undoes a form field and base64 (and gzip within it) around the JSON, where they are. */
export async function decodeText(text: string): Promise<string> {
  const bare = text.trim()
  const payload = FORM_FIELD.test(bare) ? readFormData(bare) : bare
  if (!looksBase64(payload)) return payload
  const bytes = decodeBase64(payload)
  return decodeUtf8(isGzip(bytes) ? await gunzip(bytes) : mendSurrogates(bytes))
}

function readFormData(form: string): string {
  const data = new URLSearchParams(form).get('data')
  if (data === null)
    throw new CaptureError('unreadable_body', 'Form field "data" is missing.', 'data')
  // A plus sign of base64 that was not percent-encoded arrives as a space.
  const trimmed = data.trim()
  return /^[[{]/.test(trimmed) ? trimmed : trimmed.replaceAll(' ', '+')
}

function looksBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && BASE64_SAMPLE.test(text.slice(0, 128))
}

function decodeBase64(text: string): Uint8Array {
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    throw new CaptureError('unreadable_body', 'The base64 body is damaged.')
  }
}

const utf8 = new TextDecoder()
function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

/** A payload's JSON. Throws malformed_json when it is none. */
export function parsePayload(payload: Payload): unknown {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : decodeUtf8(payload))
  } catch {
    throw new CaptureError('malformed_json', 'The body is not valid JSON.')
  }
}

/** The text of the parameter `data`. Throws empty_batch when there is none. */
export function requireData(query: URLSearchParams | null): string {
  const data = query?.get('data')
  if (!data) {
    throw new CaptureError('empty_batch', 'Query parameter "data" is missing or empty.', 'data')
  }
  return data.trim().replaceAll(' ', /^\s*[[{]/.test(data) ? ' ' : '+')
}

function addEventKeys(keys: Set<string>, items: readonly unknown[]): void {
  for (const item of items) {
    if (!isObject(item)) continue
    for (const field of KEY_FIELDS) addKey(keys, item[field])
    addKey(keys, item.$token)
  }
}

function addPropertyTokens(keys: Set<string>, items: readonly unknown[]): void {
  for (const item of items) {
    if (isObject(item) && isObject(item.properties)) addKey(keys, item.properties.token)
  }
}

/** Adds what may be a write key; anything else than text is none. */
export function addKey(keys: Set<string>, value: unknown): void {
  if (typeof value !== 'string') return
  const key = value.trim()
  if (key) keys.add(key)
}

/** The token of a Bearer header; null for any other. */
export function bearer(header: string | null): string | null {
  return header && /^bearer /i.test(header) ? header.slice(7) : null
}

function sentAtOf(body: unknown, query: URLSearchParams | null): string | number | null {
  const said = isObject(body) ? body.sent_at : null
  if (typeof said === 'string' || typeof said === 'number') return said
  const asked = query?.get('_') ?? query?.get('sent_at') ?? null
  if (asked === null) return null
  return /^\d+$/.test(asked) && Number(asked) < MIN_SENT_AT_MS ? null : asked
}
