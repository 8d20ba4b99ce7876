import type { JsonObject } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import { type SharedPart, sharedPart } from '@headwater/schemas/record-json'
import { columnText } from './text.ts'

/** Where a request came from. */
export type Geo = Pick<EventRecord, 'country' | 'region' | 'city' | 'time_zone'>

const PROXY_COUNTRY = 'x-headwater-country'

export const NO_GEO: SharedPart<Geo> = sharedPart({
  country: '',
  region: '',
  city: '',
  time_zone: '',
})

/**
 * The place as Cloudflare sees it. Behind somebody's proxy it sees the proxy, and without Cloudflare nobody
 * sees anything: then the country counts that the proxy names itself.
 */
export function geoOf(
  cf: Partial<IncomingRequestCfProperties> | undefined,
  forwardedFor: string | null,
  headers: Headers,
): SharedPart<Geo> {
  // Cloudflare adds one address, of whoever it speaks with, to those that are there already.
  if (!cf?.country || forwardedFor?.includes(',')) {
    const country = headers.get(PROXY_COUNTRY)
    return country !== null && /^[A-Z]{2}$/.test(country)
      ? sharedPart({ ...NO_GEO.fields, country })
      : NO_GEO
  }
  return sharedPart({
    country: cf.country,
    region: cf.region ?? '',
    city: cf.city ?? '',
    time_zone: cf.timezone ?? '',
  })
}

/** A place of which the sender says something itself. */
export function saidGeo(properties: JsonObject, { fields }: SharedPart<Geo>): SharedPart<Geo> {
  return sharedPart({
    country:
      columnText(properties.$geoip_country_code) ||
      columnText(properties.$country) ||
      fields.country,
    region:
      columnText(properties.$region) ||
      columnText(properties.$geoip_subdivision_1_name) ||
      fields.region,
    city: columnText(properties.$city) || columnText(properties.$geoip_city_name) || fields.city,
    time_zone:
      columnText(properties.$time_zone) ||
      columnText(properties.$timezone) ||
      columnText(properties.$geoip_time_zone) ||
      fields.time_zone,
  })
}
