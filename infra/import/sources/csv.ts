import type { Json, JsonObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { nameUuid, ownUuid } from '../name-uuid.ts'
import { objectOf, textOf } from '../said.ts'
import type { MapOptions, Mapped, Source, TimelessEvent } from '../source.ts'
import { epochOf, timeOf } from '../time-of.ts'

/** What of an event a column may hold; every other column is a property of its own name. */
export const FIELDS = [
  'event',
  'distinct_id',
  'timestamp',
  'uuid',
  'anonymous_id',
  'properties',
  '$set',
  '$set_once',
] as const
type Field = (typeof FIELDS)[number]

const NEEDED = ['event', 'distinct_id', 'timestamp'] as const
/** `event==$pageview`: not the column's name, but the value itself, of every row. */
const VALUE = '='
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/
const EPOCH = /^\d{9,19}(\.\d+)?$/

/** Any table: a CSV with a header, or JSON lines, and a mapping of its columns. */
export const csv: Source = {
  columns: ({ columns }) =>
    [...new Set([...NEEDED, ...(Object.keys(columns) as Field[])])]
      .map((field) => columns[field] ?? field)
      .filter((column) => !column.startsWith(VALUE)),
  mapper(options) {
    const identical = new IdenticalRows()
    const linked = new LinkedIds('csv')
    return {
      *map({ value: row }): Iterable<Mapped> {
        const fields = fieldsOf(row, options)
        const event = eventOf(row, fields, { options, identical })
        yield { event }
        const link = linked.link(event, event.distinct_id, textOf(fields.anonymous_id))
        if (link) yield { event: link }
      },
    }
  },
}

function fieldsOf(row: Record<string, unknown>, { columns }: MapOptions) {
  const fields: Partial<Record<Field, unknown>> = {}
  for (const field of FIELDS) {
    const column = columns[field] ?? field
    fields[field] = column.startsWith(VALUE) ? column.slice(VALUE.length) : row[column]
  }
  return fields
}

function eventOf(
  row: Record<string, unknown>,
  fields: Partial<Record<Field, unknown>>,
  { options, identical }: { options: MapOptions; identical: IdenticalRows },
): TimelessEvent {
  const taken = new Set(FIELDS.map((field) => options.columns[field] ?? field))
  const others = Object.entries(row).filter(([name]) => !taken.has(name))
  const properties: JsonObject = { ...objectOf(fields.properties) }
  for (const [name, value] of others) if (value !== '') properties[name] = typed(value)
  const [set, setOnce] = [objectOf(fields.$set), objectOf(fields.$set_once)]
  const id = textOf(fields.uuid)
  return {
    uuid: id ? (ownUuid(id) ?? nameUuid('csv', id)) : identical.uuidOf('csv', row),
    event: textOf(fields.event),
    distinct_id: textOf(fields.distinct_id),
    timestamp: momentOf(fields.timestamp, options.timeZone),
    properties,
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(Object.keys(setOnce).length > 0 && { $set_once: setOnce }),
  }
}

function momentOf(value: unknown, timeZone: string): number | null {
  const isEpoch = typeof value === 'number' || EPOCH.test(textOf(value))
  return isEpoch ? epochOf(value) : timeOf(value, timeZone)
}

/** A CSV has texts only. Numbers and truth values become what they are; `007` and long ids stay texts. */
function typed(value: unknown): Json {
  if (typeof value !== 'string') return (value ?? null) as Json
  if (value === 'true' || value === 'false') return value === 'true'
  return NUMBER.test(value) ? Number(value) : value
}
