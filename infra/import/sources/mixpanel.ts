import { isObject, type JsonObject } from '@headwater/schemas/event'
import { toInstant } from '../../../core/query/zone.ts'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { nameUuid } from '../name-uuid.ts'
import { objectOf, said, textOf } from '../said.ts'
import type { Mapped, Source, TimelessEvent } from '../source.ts'
import { epochOf, timeOf } from '../time-of.ts'
import { browserName, systemName } from './agent-names.ts'

/** What says how Mixpanel got an event, not what happened. */
const TRANSPORT = new Set([
  'time',
  'distinct_id',
  'token',
  '$insert_id',
  '$import',
  '$mp_api_endpoint',
  '$mp_api_timestamp_ms',
  'mp_processing_time_ms',
  'mp_sent_by_lib_version',
])
const NAMES: Record<string, string> = {
  $mp_web_page_view: '$pageview',
  $merge: '$merge_dangerously',
}
const PROPERTIES: Record<string, string> = {
  mp_country_code: '$country',
  current_page_title: '$title',
}

/** Mixpanel: the raw export, one `{"event", "properties"}` a line; and pages of profiles, of its API `engage`. */
export const mixpanel: Source = {
  columns: () => ['event', 'properties'],
  mapper({ timeZone }) {
    const identical = new IdenticalRows()
    const linked = new LinkedIds('mixpanel')
    return {
      *map({ value }): Iterable<Mapped> {
        const profiles = Array.isArray(value.results) ? value.results : [value]
        if (profiles.every((one) => isObject(one) && '$distinct_id' in one)) {
          for (const profile of profiles) yield profileEvent(profile, timeZone)
          return
        }
        const sent = objectOf(value.properties)
        const epoch = epochOf(sent.time)
        const name = textOf(value.event)
        const insertId = textOf(sent.$insert_id)
        const event: TimelessEvent = {
          // Not of the distinct_id: a later export names the same event after who it was merged into.
          uuid: insertId
            ? nameUuid('mixpanel', name, Math.floor((epoch ?? 0) / 1000), insertId)
            : identical.uuidOf('mixpanel', value),
          event: NAMES[name] ?? name,
          distinct_id: textOf(sent.distinct_id),
          // Projects of before 2023 have the seconds of their own clock, as if it were UTC.
          timestamp: epoch === null || timeZone === 'UTC' ? epoch : toInstant(timeZone, epoch),
          properties: propertiesOf(sent),
        }
        yield { event: asLink(event, sent) }
        const link = linkOf(linked, event, sent)
        if (link) yield { event: link }
      },
    }
  },
}

/** What was known of a person when it was seen last; without that there is no time at which to say it. */
function profileEvent(profile: Record<string, unknown>, timeZone: string): Mapped {
  const { $last_seen: seen, ...facts } = objectOf(profile.$properties)
  const id = textOf(profile.$distinct_id)
  return {
    event: {
      uuid: nameUuid('mixpanel', 'profile', id, textOf(seen)),
      event: '$set',
      distinct_id: id,
      timestamp: timeOf(seen, timeZone),
      properties: {},
      $set: said(facts),
    },
  }
}

function propertiesOf(sent: JsonObject): JsonObject {
  const kept = Object.entries(said(sent)).filter(([name]) => !TRANSPORT.has(name))
  const agent = said({
    $browser: browserName(textOf(sent.$browser)),
    $os: systemName(textOf(sent.$os)),
  })
  const named = kept.map(([name, value]) => [PROPERTIES[name] ?? name, value])
  return { ...Object.fromEntries(named), ...agent }
}

/** Mixpanel's own events that join ids say it in other properties. */
function asLink(event: TimelessEvent, sent: JsonObject): TimelessEvent {
  if (event.event === '$identify') {
    const known = textOf(sent.$identified_id) || event.distinct_id
    const $anon_distinct_id = textOf(sent.$anon_id) || textOf(sent.$anon_distinct_id)
    return { ...event, distinct_id: known, properties: { ...event.properties, $anon_distinct_id } }
  }
  if (event.event === '$merge_dangerously' && Array.isArray(sent.$distinct_ids)) {
    const [into, alias] = sent.$distinct_ids.map(textOf)
    if (into && alias) {
      return { ...event, distinct_id: into, properties: { ...event.properties, alias } }
    }
  }
  return event
}

function linkOf(linked: LinkedIds, event: TimelessEvent, sent: JsonObject): TimelessEvent | null {
  const device = textOf(sent.$device_id)
  const user = textOf(sent.$user_id)
  if (user && device) return linked.link(event, user, `$device:${device}`)
  const before = textOf(sent.$distinct_id_before_identity)
  return before ? linked.link(event, event.distinct_id, before) : null
}
