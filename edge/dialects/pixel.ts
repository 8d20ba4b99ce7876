import { isObject } from '@headwater/schemas/event'
import { decodePayload } from '../decode.ts'
import { CaptureError } from '../errors.ts'
import type { Dialect } from './dialect.ts'
import { pixelAnswer, pixelRefusal } from './gif.ts'

/** Parameters that are properties, besides those in `properties`. */
const PROPERTIES: Record<string, string> = {
  url: '$current_url',
  referrer: '$referrer',
  title: '$title',
}

/** A picture that is an event: for pages without scripts, and for e-mails. */
export const pixel: Dialect = {
  posts: [],
  gets: ['/pixel.gif'],
  headers: [],
  readQuery,
  decode: decodePayload,
  encode: pixelAnswer,
  refuse: pixelRefusal,
}

function readQuery({ url, headers }: Request): string {
  const query = new URL(url).searchParams
  const properties: Record<string, unknown> = { $lib: 'pixel', ...propertiesOf(query) }
  for (const [parameter, property] of Object.entries(PROPERTIES)) {
    const value = query.get(parameter)
    if (value) properties[property] = value
  }
  // The page that shows the picture, as far as it lets its address go.
  properties.$current_url ??= headers.get('referer') ?? undefined
  const [event, distinct_id, uuid, timestamp] = ['event', 'distinct_id', 'uuid', 'timestamp'].map(
    (name) => query.get(name),
  )
  if (!distinct_id) properties.$cookieless_mode = true
  return JSON.stringify({
    event: event || '$pageview',
    distinct_id: distinct_id || '$cookieless',
    uuid,
    timestamp,
    properties,
  })
}

function propertiesOf(query: URLSearchParams): Record<string, unknown> {
  const text = query.get('properties')
  if (!text) return {}
  try {
    const properties: unknown = JSON.parse(text)
    if (isObject(properties)) return properties
  } catch {
    // Told below, as any other text that is no object.
  }
  throw new CaptureError(
    'malformed_json',
    'Parameter "properties" must be a JSON object.',
    'properties',
  )
}
