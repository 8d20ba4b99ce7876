import { DROP_REASONS, type DroppedEvent, isObject } from '@headwater/schemas/event'
import { addKey, bearer, type DecodedRequest, parsePayload, requireData } from '../decode.ts'
import { CaptureError, jsonRefusal } from '../errors.ts'
import { pathOf, queryOf } from '../url.ts'
import { type Dialect, jsonAnswer, type Message } from './dialect.ts'
import { CALL_TYPES, type CallType, eventOfCall } from './segment-call.ts'

const BATCH_PATHS = ['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch'] as const
const LETTERS: Record<string, CallType> = {
  '/v1/t': 'track',
  '/v1/i': 'identify',
  '/v1/p': 'page',
  '/v1/s': 'screen',
  '/v1/g': 'group',
  '/v1/a': 'alias',
}
/** Which call a path takes; the paths of batches are not here. */
const CALL_PATHS: Record<string, CallType | 'merge'> = {
  ...Object.fromEntries(CALL_TYPES.map((type) => [`/v1/${type}`, type])),
  '/v1/merge': 'merge',
  ...LETTERS,
}

/** The dialect of Segment's and RudderStack's clients. */
export const segment: Dialect = {
  posts: [...Object.keys(CALL_PATHS), ...BATCH_PATHS],
  gets: [],
  headers: [],
  readQuery: ({ url }) => requireData(queryOf(url)),
  decode,
  encode: ({ accepted, dropped }) =>
    jsonAnswer({ success: true, accepted, dropped: dropped.map(inTheirWords) }),
  refuse,
}

function decode({ url, authorization, payload }: Message): DecodedRequest {
  const path = pathOf(url).replace(/\/+$/, '')
  const body = parsePayload(payload)
  if (!isObject(body)) throw new CaptureError('malformed_json', 'The body must be a JSON object.')
  const keys = writeKeysOf(url, authorization, body)
  const type = CALL_PATHS[path]
  const calls = type === undefined ? callsOf(body) : [{ ...body, type }]
  return {
    items: calls.map(eventOfCall),
    keys,
    sentAt: sentAtOf(body, calls[0]),
    // What is imported is long past: it says nothing of the sender's clock.
    isHistorical: path === '/v1/import' || body.historical_migration === true,
  }
}

/** Every write key that the request names. Clients of one age send it in two places at once. */
export function writeKeysOf(
  url: string,
  authorization: string | null,
  body: Record<string, unknown>,
): string[] {
  const keys = new Set<string>()
  addKey(keys, queryOf(url)?.get('writeKey'))
  addKey(keys, bearer(authorization))
  addKey(keys, basicUser(authorization))
  addKey(keys, body.writeKey)
  return [...keys]
}

/** The user of a Basic header: there Segment's clients have the write key, and no password. */
export function basicUser(header: string | null): string | null {
  if (header === null || !/^basic /i.test(header)) return null
  try {
    return atob(header.slice(6).trim()).split(':', 1)[0] ?? null
  } catch {
    return null
  }
}

/** The calls of a batch, with what the batch says for all of them. */
function callsOf(body: Record<string, unknown>): readonly unknown[] {
  const { batch, context, integrations } = body
  if (!Array.isArray(batch)) {
    throw new CaptureError('malformed_json', 'Field "batch" must be an array of calls.', 'batch')
  }
  if (batch.length === 0) throw new CaptureError('empty_batch', 'The batch has no calls.', 'batch')
  if (!isObject(context) && !isObject(integrations)) return batch
  return batch.map((call) => {
    if (!isObject(call)) return call
    const own = isObject(call.context) ? call.context : {}
    return {
      ...call,
      context: { ...(isObject(context) ? context : {}), ...own },
      integrations: call.integrations ?? integrations,
    }
  })
}

function sentAtOf(body: Record<string, unknown>, first: unknown): string | number | null {
  const said = body.sentAt ?? (isObject(first) ? first.sentAt : null)
  return typeof said === 'string' || typeof said === 'number' ? said : null
}

const TYPES = [...CALL_TYPES].join(', ')
const IN_THEIR_WORDS: Partial<Record<DroppedEvent['reason'], string>> = {
  not_an_object: 'Each call must be a JSON object.',
  missing_event: 'A track call needs an "event" (its name).',
  invalid_event: `"type" must be one of ${TYPES}; the "event" of a track call must be text.`,
  missing_distinct_id: 'A call needs a "userId" or an "anonymousId".',
  invalid_distinct_id: '"userId" and "anonymousId" must be text or numbers.',
  distinct_id_too_long: '"userId" or "anonymousId" is longer than 200 characters.',
  invalid_set: '"traits" must be a JSON object.',
}

function inTheirWords({ index, uuid, reason }: DroppedEvent): DroppedEvent {
  return { index, uuid, reason, message: IN_THEIR_WORDS[reason] ?? DROP_REASONS[reason] }
}

const KEY_MISSING =
  'The write key is missing: it is the user of Authorization: Basic, or "writeKey" in the body.'

/**
 * Their clients take 429 with Retry-After for overload: they wait as told and count no retry, while they
 * give up after a few 5xx. analytics-python retries without end when `code` or `message` is missing.
 */
function refuse({ code, message, field, status }: CaptureError): Response {
  const said = code === 'missing_write_key' ? KEY_MISSING : message
  const body = {
    success: false,
    code,
    message: said,
    ...(field && { field: inTheirFields(field) }),
  }
  return jsonRefusal(status === 503 ? 429 : status, body)
}

function inTheirFields(field: string): string {
  return field === 'api_key' ? 'writeKey' : field
}
