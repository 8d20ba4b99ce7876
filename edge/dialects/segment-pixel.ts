import { isObject } from '@headwater/schemas/event'
import { decodeText, parsePayload, requireData } from '../decode.ts'
import { pathOf, queryOf } from '../url.ts'
import type { Dialect } from './dialect.ts'
import { pixelAnswer, pixelRefusal } from './gif.ts'
import { segment } from './segment.ts'
import { CALL_TYPES } from './segment-call.ts'

type Fields = Record<string, unknown>

const RUDDER_PATHS = ['/pixel/v1/track', '/pixel/v1/page']

/**
 * Calls as pictures: Segment's carry a call in `data`, RudderStack's one in their parameters, such as
 * `properties.plan=team`.
 */
export const segmentPixel: Dialect = {
  ...segment,
  posts: [],
  gets: [...CALL_TYPES.map((type) => `/v1/pixel/${type}`), ...RUDDER_PATHS],
  readQuery,
  encode: pixelAnswer,
  refuse: pixelRefusal,
}

async function readQuery({ url, headers }: Request): Promise<string> {
  const path = pathOf(url).replace(/\/+$/, '')
  const query = queryOf(url)
  const call = path.startsWith('/pixel/')
    ? callOf(query ?? new URLSearchParams())
    : parsePayload(await decodeText(requireData(query)))
  if (!isObject(call)) return JSON.stringify({ batch: [call] })
  const page = headers.get('referer')
  const context = {
    ...(page && { page: { url: page } }),
    ...(isObject(call.context) && call.context),
  }
  const type = path.slice(path.lastIndexOf('/') + 1)
  return JSON.stringify({ writeKey: call.writeKey, batch: [{ ...call, type, context }] })
}

/** The call that dotted parameters spell. */
function callOf(query: URLSearchParams): Fields {
  const call: Fields = Object.create(null)
  for (const [name, value] of query) {
    const path = name.split('.')
    const last = path.pop() ?? ''
    let part = call
    for (const member of path) {
      const inner = part[member]
      const next: Fields = isObject(inner) ? inner : Object.create(null)
      part[member] = next
      part = next
    }
    part[last] = value
  }
  return { ...call }
}
