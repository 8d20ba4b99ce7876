import { createHmac } from 'node:crypto'
import type { JsonObject } from '@headwater/schemas/event'

/** How a client says that it keeps no id of its visitor: posthog-js's word, and ours. */
const NO_ID: ReadonlySet<string> = new Set(['$posthog_cookieless', '$cookieless'])
const DAY_MS = 86_400_000
const MAX_DAYS = 400

/** Whether an event leaves it to the edge to tell its visitor apart. */
export function isCookieless(distinctId: string, properties: JsonObject): boolean {
  return properties.$cookieless_mode === true && NO_ID.has(distinctId)
}

export interface Visitor {
  projectId: string
  ip: string
  userAgent: string
  /** When the event happened, ms since 1970: its retry on the next day must be the same visitor. */
  timestamp: number
}

/**
 * The distinct_id of a visitor for one day (UTC): made of address and user agent, of which it keeps nothing
 * readable, by a key of that day, so that nobody is followed from one day to the next. Without the secret an
 * address cannot be tried out against it.
 */
export function visitorOfDay(secret: string, visitor: Visitor): string {
  const { projectId, ip, userAgent, timestamp } = visitor
  const hash = createHmac('sha256', keyOfDay(secret, Math.floor(timestamp / DAY_MS)))
    .update(`${projectId}\n${ip}\n${userAgent}`)
    .digest('hex')
  return `cookieless_${hash.slice(0, 32)}`
}

const keys = new Map<string, Buffer>()

function keyOfDay(secret: string, day: number): Buffer {
  const name = `${day} ${secret}`
  const known = keys.get(name)
  if (known) return known
  const key = createHmac('sha256', secret).update(`cookieless ${day}`).digest()
  if (keys.size >= MAX_DAYS) keys.clear()
  keys.set(name, key)
  return key
}
