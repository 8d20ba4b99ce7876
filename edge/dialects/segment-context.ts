import { isObject } from '@headwater/schemas/event'

type Fields = Record<string, unknown>

/**
 * What a call's context says, as properties of ours. A member whose value is an object is a part of the
 * context with members of its own.
 */
const PROPERTIES: Record<string, string | Record<string, string>> = {
  page: { url: '$current_url', referrer: '$referrer', title: '$title' },
  userAgent: '$raw_user_agent',
  ip: '$ip',
  locale: '$locale',
  timezone: '$time_zone',
  sessionId: '$session_id',
  library: { name: '$lib', version: '$lib_version' },
  campaign: {
    source: 'utm_source',
    medium: 'utm_medium',
    name: 'utm_campaign',
    term: 'utm_term',
    content: 'utm_content',
  },
  screen: { width: '$screen_width', height: '$screen_height' },
  device: {
    id: '$device_id',
    manufacturer: '$device_manufacturer',
    model: '$device_model',
    name: '$device_name',
  },
  os: { name: '$os', version: '$os_version' },
  app: {
    name: '$app_name',
    version: '$app_version',
    build: '$app_build',
    namespace: '$app_namespace',
  },
  network: { carrier: '$network_carrier', wifi: '$network_wifi', cellular: '$network_cellular' },
  location: { city: '$city', region: '$region', country: '$country' },
}

/** Splits a context into properties of ours and what is left of it. Empty texts say nothing and go. */
export function readContext(context: Fields): { found: Fields; rest: Fields } {
  const found: Fields = {}
  const rest: Fields = {}
  for (const name of Object.keys(context)) {
    const value = context[name]
    const rule = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined
    if (typeof rule === 'string') take(found, rest, name, rule, value)
    else if (rule !== undefined && isObject(value)) takePart(found, rest, name, rule, value)
    else if (name === 'groupId') takeGroup(found, value)
    else if (value != null && value !== '') rest[name] = value
  }
  return { found, rest }
}

function takePart(
  found: Fields,
  rest: Fields,
  name: string,
  rules: Record<string, string>,
  part: Fields,
): void {
  const left: Fields = {}
  for (const member of Object.keys(part)) {
    const property = Object.hasOwn(rules, member) ? rules[member] : undefined
    take(found, left, member, property, part[member])
  }
  if (name === 'page') forgetImplied(left, part.url)
  if (Object.keys(left).length > 0) rest[name] = left
}

function take(
  found: Fields,
  rest: Fields,
  name: string,
  property: string | undefined,
  value: unknown,
): void {
  if (value == null || value === '') return
  const isScalar = typeof value !== 'object'
  if (property === undefined || !isScalar || !fits(property, value)) rest[name] = value
  // RudderStack numbers its sessions; ours are named.
  else found[property] = property === '$session_id' ? String(value) : value
}

/** What our columns take; "Germany" and "GMT+0200", as some clients say, would stand beside "DE" and names. */
const SHAPES: Record<string, RegExp> = { $time_zone: /^UTC$|\//, $country: /^[A-Z]{2}$/ }

function fits(property: string, value: unknown): boolean {
  return SHAPES[property]?.test(String(value)) ?? true
}

function takeGroup(found: Fields, groupId: unknown): void {
  if (groupId != null && groupId !== '') found.$groups = { group: groupId }
}

/** Path and query of a page stand in its address already. */
function forgetImplied(page: Fields, url: unknown): void {
  const address = typeof url === 'string' ? URL.parse(url) : null
  if (!address) return
  if (page.path === address.pathname) delete page.path
  if (page.search === address.search) delete page.search
}
