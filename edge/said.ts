import type { JsonObject } from '@headwater/schemas/event'

export type SaidPart = 'geo' | 'agent' | 'visit'

/** Properties by which a sender says itself what the request would otherwise show. */
const SAID_BY: Record<SaidPart, readonly string[]> = {
  geo: [
    '$country',
    '$geoip_country_code',
    '$region',
    '$geoip_subdivision_1_name',
    '$city',
    '$geoip_city_name',
    '$time_zone',
    '$timezone',
    '$geoip_time_zone',
  ],
  agent: ['$browser', '$browser_version', '$os', '$os_version', '$device_type'],
  visit: [
    '$host',
    '$pathname',
    '$channel',
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'utm_term',
    'utm_content',
  ],
}

const partOf = new Map<string, SaidPart>(
  (Object.keys(SAID_BY) as SaidPart[]).flatMap((part) =>
    SAID_BY[part].map((name): [string, SaidPart] => [name, part]),
  ),
)

/** Which parts of the record the sender says something about; the others are as many events share them. */
export function saidParts(properties: JsonObject): Record<SaidPart, boolean> {
  const said = { geo: false, agent: false, visit: false }
  for (const name of Object.keys(properties)) {
    const part = partOf.get(name)
    if (part !== undefined) said[part] = true
  }
  return said
}
