import { isObject, type JsonObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { nameUuid, ownUuid } from '../name-uuid.ts'
import { objectOf, said, textOf } from '../said.ts'
import type { Mapped, Source, TimelessEvent } from '../source.ts'
import { timeOf } from '../time-of.ts'
import { browserName, systemName } from './agent-names.ts'
import { countryCode } from './country-code.ts'

type Values = Record<string, unknown>

const NAMES: Record<string, string> = {
  '[Amplitude] Page Viewed': '$pageview',
  // Amplitude's own says what is known of the user; what joins ids is made of the rows that have both.
  $identify: '$set',
}
const PAGE: Record<string, string> = {
  '[Amplitude] Page URL': '$current_url',
  '[Amplitude] Page Title': '$title',
  referrer: '$referrer',
  referring_domain: '$referring_domain',
}
const PHONES = /iphone|ipod|android|phone|mobile/i
const TABLETS = /ipad|tablet/i
// Servers send events of the platform Web, too, and mean the system by it.
const SYSTEMS = /^(windows|mac|ios|ipados|android|linux|ubuntu|debian|fedora|chrome ?os)/i
const COMPUTERS = /windows|mac|linux|chrome ?os|pc/i

/** Amplitude: the zip of its export API, gzipped JSON lines by the hour. */
export const amplitude: Source = {
  columns: () => ['event_type', 'event_time'],
  mapper() {
    const identical = new IdenticalRows()
    const linked = new LinkedIds('amplitude')
    return {
      *map({ value: row }): Iterable<Mapped> {
        const [user, device] = [textOf(row.user_id), textOf(row.device_id)]
        const insertId = textOf(row.$insert_id)
        const name = textOf(row.event_type)
        const set = objectOf(row.user_properties)
        const event: TimelessEvent = {
          uuid:
            ownUuid(row.uuid) ??
            (insertId
              ? nameUuid('amplitude', device || user, insertId)
              : identical.uuidOf('amplitude', row)),
          event: NAMES[name] ?? name,
          distinct_id: user || device || textOf(row.amplitude_id),
          timestamp: timeOf(row.event_time, 'UTC'),
          properties: propertiesOf(row),
          ...(Object.keys(set).length > 0 && { $set: set }),
        }
        if (name === '$groupidentify') yield* groupEvents(event, row)
        else yield { event }
        const link = linked.link(event, user, device)
        if (link) yield { event: link }
      },
    }
  },
}

function propertiesOf(row: Values): JsonObject {
  const sent = objectOf(row.event_properties)
  const page = Object.entries(PAGE).map(([from, to]) => [to, sent[from]])
  const session = Number(textOf(row.session_id))
  const groups = groupsOf(row)
  return {
    ...sent,
    ...said({
      ...Object.fromEntries(page),
      ...agentOf(row),
      $country: countryCode(textOf(row.country)),
      $region: row.region,
      $city: row.city,
      $language: row.language,
      $platform: row.platform,
      $app_version: row.version_name,
      $device_id: row.device_id,
      $device_model: row.device_model ?? row.device_family,
      $carrier: row.device_carrier,
      $ip: row.ip_address,
      // -1 is outside of any session.
      $session_id: session > 0 ? `${textOf(row.device_id)}:${session}` : null,
      $sequence: Number.isSafeInteger(row.event_id) ? row.event_id : null,
      $groups: Object.keys(groups).length > 0 ? groups : null,
    }),
  }
}

// Of a page, Amplitude's SDK says the browser where an app has its system, and the system as the device.
function agentOf({ platform, os_name, os_version, device_type, device_family }: Values): Values {
  const [name, family] = [textOf(os_name), textOf(device_family)]
  const device = `${textOf(device_type)} ${family}`
  const kind = TABLETS.test(device) ? 'Tablet' : PHONES.test(device) ? 'Mobile' : 'Desktop'
  const isKnown = kind !== 'Desktop' || COMPUTERS.test(device)
  const $device_type = isKnown ? kind : null
  if (platform !== 'Web' || SYSTEMS.test(name)) {
    return { $os: systemName(name), $os_version: os_version, $device_type }
  }
  const $browser = browserName(name)
  return { $browser, $browser_version: os_version, $os: systemName(family), $device_type }
}

/** `{"company": ["acme"]}`: of several groups of a type the first, as an event is in one here. */
function groupsOf(row: Values): JsonObject {
  const groups = Object.entries(objectOf(row.groups)).map(([type, names]) => [
    type,
    textOf(Array.isArray(names) ? names[0] : names),
  ])
  return Object.fromEntries(groups.filter(([, name]) => name !== ''))
}

/** `{"company": {"acme": {"plan": "pro"}}}`: an event for each group. */
function* groupEvents(event: TimelessEvent, row: Values): Iterable<Mapped> {
  let count = 0
  for (const [type, groups] of Object.entries(objectOf(row.group_properties))) {
    for (const [key, values] of Object.entries(objectOf(groups))) {
      if (!isObject(values)) continue
      const properties = { $group_type: type, $group_key: key, $group_set: values as JsonObject }
      const uuid =
        count++ === 0 ? event.uuid : nameUuid('amplitude', 'group', event.uuid, type, key)
      yield { event: { ...event, uuid, properties } }
    }
  }
  if (count === 0) yield { skipped: 'a $groupidentify without properties' }
}
