import { isObject, type JsonObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { ownUuid } from '../name-uuid.ts'
import { objectOf, textOf } from '../said.ts'
import type { MapOptions, Mapped, Source, TimelessEvent } from '../source.ts'
import { timeOf } from '../time-of.ts'

/** PostHog: batch exports as JSON lines, and pages of its API's `/events`. Names and `$`-properties are ours. */
export const posthog: Source = {
  columns: () => ['event', 'distinct_id', 'timestamp'],
  mapper(options) {
    const identical = new IdenticalRows()
    return {
      map: ({ value }): Iterable<Mapped> =>
        // A page of the API is one row that holds many.
        Array.isArray(value.results)
          ? value.results.map((row: unknown) => mapRow(row, options, identical))
          : [mapRow(value, options, identical)],
    }
  },
}

function mapRow(row: unknown, { timeZone }: MapOptions, identical: IdenticalRows): Mapped {
  if (!isObject(row)) return { skipped: 'a result that is no event' }
  const properties = objectOf(row.properties)
  // The write key of the project that it comes from.
  delete properties.token
  const elements = textOf(row.elements_chain)
  if (elements && properties.$elements_chain === undefined) properties.$elements_chain = elements
  const event: TimelessEvent = {
    uuid: ownUuid(row.uuid) ?? ownUuid(row.id) ?? identical.uuidOf('posthog', row),
    event: row.event as string,
    distinct_id: row.distinct_id as string,
    timestamp: timeOf(row.timestamp, timeZone),
    properties,
  }
  return { event: { ...event, ...facts(row, properties) } }
}

/** What old exports keep beside the properties. */
function facts(row: Record<string, unknown>, properties: JsonObject): Partial<TimelessEvent> {
  const set = objectOf(row.set ?? row.people_set)
  const setOnce = objectOf(row.set_once ?? row.people_set_once)
  const isNew = (values: JsonObject, name: string) =>
    Object.keys(values).length > 0 && properties[name] === undefined
  return {
    ...(isNew(set, '$set') && { $set: set }),
    ...(isNew(setOnce, '$set_once') && { $set_once: setOnce }),
  }
}
