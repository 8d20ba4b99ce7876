import type { EventRecord } from './record.ts'

/** What the consumer adds to a record to make it a row: where on the log it came from. */
export interface Place {
  /** The log's own identity: a new, empty log starts its offsets again and is not the old one. */
  log_id: string
  log_partition: number
  log_offset: number
  shard: string
  seq: number
  /** Place of the record in its batch, from 0. */
  idx: number
}

export type EventRow = EventRecord & Place

/** Appends the place to a record's JSON without parsing it. Throws when the text is not an object. */
export function toRowJson(recordJson: string, place: Place): string {
  if (!recordJson.endsWith('}') || recordJson.length < 3) {
    throw new Error('invalid record: not a JSON object')
  }
  return `${recordJson.slice(0, -1)},${JSON.stringify(place).slice(1)}`
}

/**
 * The properties that the server itself writes into typed columns: the one map from a property's
 * name in queries to its column. Every other property is read from the JSON column, which does not
 * repeat what a column holds unchanged.
 */
export const PROPERTY_COLUMNS = {
  $session_id: 'session_id',
  $sequence: 'sequence',
  $country: 'country',
  $region: 'region',
  $city: 'city',
  $time_zone: 'time_zone',
  $browser: 'browser',
  $browser_version: 'browser_version',
  $os: 'os',
  $os_version: 'os_version',
  $device_type: 'device_type',
  $current_url: 'current_url',
  $host: 'host',
  $pathname: 'pathname',
  $referrer: 'referrer',
  $referring_domain: 'referring_domain',
  $channel: 'channel',
  utm_source: 'utm_source',
  utm_medium: 'utm_medium',
  utm_campaign: 'utm_campaign',
  utm_term: 'utm_term',
  utm_content: 'utm_content',
  $lib: 'lib',
  $lib_version: 'lib_version',
} as const satisfies Record<string, keyof EventRecord>
