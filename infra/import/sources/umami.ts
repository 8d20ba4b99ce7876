import { isObject } from '@headwater/schemas/event'
import { IdenticalRows } from '../identical-rows.ts'
import { LinkedIds } from '../linked-ids.ts'
import { textOf } from '../said.ts'
import type { Mapped, Source } from '../source.ts'
import { EventData, sessionData } from './umami-data.ts'
import { umamiEvent } from './umami-event.ts'

/** Files of the zip; what an event says beside its row has to be known before it. */
const TABLES = ['event_data', 'website_event', 'session_data'] as const
type Table = (typeof TABLES)[number]

const COLUMNS: Record<Table, readonly string[]> = {
  event_data: ['event_id', 'data_key', 'string_value', 'number_value'],
  website_event: ['event_id', 'session_id', 'created_at', 'url_path'],
  session_data: ['session_id', 'data_key', 'string_value', 'number_value', 'created_at'],
}

/** Umami: the zip of its export, or its table website_event alone, as CSV or JSON. */
export const umami: Source = {
  columns: (_, member) => COLUMNS[tableOf(member)],
  members: (names) => {
    const known = TABLES.flatMap((table) => names.filter((name) => isOf(table, name)))
    return known.length > 0 ? known : [...names]
  },
  mapper({ timeZone }) {
    const linked = new LinkedIds('umami')
    const identical = new IdenticalRows()
    const data = new EventData()
    function* events(row: Record<string, unknown>): Iterable<Mapped> {
      const get = (name: string) => unguarded(row[name] ?? row[camelCase(name)])
      const mapped = umamiEvent(get, row, { timeZone, identical })
      if ('skipped' in mapped) return yield mapped
      const { event } = mapped
      Object.assign(event.properties, data.take(textOf(get('event_id'))))
      yield mapped
      const link = linked.link(event, textOf(get('distinct_id')), textOf(get('session_id')))
      if (link) yield { event: link }
    }
    return {
      *map({ value, member }): Iterable<Mapped> {
        const table = tableOf(member)
        const get = (name: string) => unguarded(value[name])
        if (table === 'event_data') return yield data.keep(get)
        if (table === 'session_data') return yield sessionData(get, timeZone)
        // A page of the API is one row that holds many.
        const rows = Array.isArray(value.data) ? value.data : [value]
        for (const row of rows) {
          if (isObject(row)) yield* events(row)
          else yield { skipped: 'a result that is no event' }
        }
      },
    }
  },
}

function tableOf(member: string): Table {
  return TABLES.find((table) => isOf(table, member)) ?? 'website_event'
}

function isOf(table: Table, member: string): boolean {
  return member.slice(member.lastIndexOf('/') + 1).startsWith(table)
}

/** Umami puts an apostrophe before what a spreadsheet would take for a formula. */
function unguarded(value: unknown): unknown {
  return typeof value === 'string' && /^'[=+\-@\t\r]/.test(value) ? value.slice(1) : value
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
