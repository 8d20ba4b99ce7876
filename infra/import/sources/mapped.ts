import { resolve } from 'node:path'
import { parseEvent } from '@headwater/schemas/event'
import { rowsOfFile } from '../read/rows-of-file.ts'
import type { MapOptions, Mapped, Source, TimelessEvent } from '../source.ts'

/** What a fixture comes to: its events, each of which meets the contract, and why rows were skipped. */
export async function mappedFixture(
  source: Source,
  file: string,
  given: Partial<MapOptions> = {},
): Promise<{ events: TimelessEvent[]; skipped: string[] }> {
  const options: MapOptions = { timeZone: 'UTC', columns: {}, ...given }
  const mapper = source.mapper(options)
  const mapped: Mapped[] = []
  for await (const rows of rowsOfFile(resolve(import.meta.dirname, '../fixtures', file), {
    source,
    options,
  })) {
    for (const row of rows) {
      if ('problem' in row) throw new Error(`${row.member}:${row.line} ${row.problem}`)
      if ('leftOut' in row) mapped.push({ skipped: row.member })
      else mapped.push(...mapper.map(row))
    }
  }
  const events = mapped.flatMap((one) => ('event' in one ? [one.event] : []))
  for (const event of events) {
    const judged = parseEvent(structuredClone(event))
    if (typeof judged === 'string') throw new Error(`${judged}: ${JSON.stringify(event)}`)
  }
  return { events, skipped: mapped.flatMap((one) => ('skipped' in one ? [one.skipped] : [])) }
}

/** `2024-03-10T22:30:00.123Z`, or null. */
export function times(events: readonly TimelessEvent[]): (string | null)[] {
  return events.map(({ timestamp }) =>
    timestamp === null ? null : new Date(timestamp).toISOString(),
  )
}
