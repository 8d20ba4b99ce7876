import { nameUuid } from '../name-uuid.ts'
import { said, textOf } from '../said.ts'
import type { MapOptions, Mapped, Row, Source } from '../source.ts'
import { timeOf } from '../time-of.ts'

const TABLES = ['imported_visitors', 'imported_pages', 'imported_custom_events'] as const
type Table = (typeof TABLES)[number]

/** What `--synthesize` has to agree to. */
const WHY = `Plausible exports daily totals, not events: nobody can tell which visitor saw which page when.
With --synthesize, events are made up that add up to its numbers: page views by day and page, custom events
by day and name, visitors by day. Each has the property $synthesized, and happens at noon of its day. Sources,
countries, devices, entry and exit pages, bounces and durations are totals of their own that cannot be joined
with these; they are left out.`

/**
 * Plausible: the zip of its CSV export. A visitor is one of a day, as in Plausible itself, whose ids change
 * every day: so many of them as the day had, and each page shared among as many as it had.
 */
export const plausible: Source = {
  columns: () => ['date'],
  synthesizes: WHY,
  members(names) {
    const found = TABLES.flatMap((table) => names.filter((name) => tableOf(name) === table))
    if (found.some((name) => tableOf(name) === 'imported_visitors')) return found
    throw new Error('it has no imported_visitors….csv, as the zip that Plausible made')
  },
  mapper(options) {
    const days = new Map<string, Day>()
    return { map: (row) => mapRow(row, days, options) }
  },
}

/** The visitors of a day, and which of them is the next page's first. */
interface Day {
  visitors: number
  next: number
}

function* mapRow(row: Row, days: Map<string, Day>, options: MapOptions): Iterable<Mapped> {
  const date = textOf(row.value.date)
  const table = tableOf(row.member)
  if (table === null) throw new Error('give the whole zip that Plausible made')
  if (table === 'imported_visitors') {
    days.set(date, { visitors: countOf(row.value.visitors), next: 0 })
    return yield { skipped: 'totals of a day, by which visitors are numbered' }
  }
  const total = countOf(row.value[table === 'imported_pages' ? 'pageviews' : 'events'])
  if (total === 0) return yield { skipped: 'rows that count nothing' }
  yield* synthesized({ row, table, total, date }, days, options)
}

function* synthesized(
  { row, table, total, date }: { row: Row; table: Table; total: number; date: string },
  days: Map<string, Day>,
  { timeZone }: MapOptions,
): Iterable<Mapped> {
  const said = Math.max(1, Math.min(countOf(row.value.visitors), total))
  const day = days.get(date) ?? { visitors: said, next: 0 }
  days.set(date, day)
  const ofDay = Math.max(1, day.visitors)
  const visitors = Math.min(said, ofDay)
  const first = day.next
  // Page after page takes the next visitors, round and round: so all of the day come to be seen.
  day.next = (first + visitors) % ofDay
  const timestamp = timeOf(`${date}T12:00:00`, timeZone)
  const { event, properties, key } = whatOf(row, table)
  for (let i = 0; i < total; i++) {
    const visitor = `plausible-${date}-${(first + (i % visitors)) % ofDay}`
    yield {
      event: {
        uuid: nameUuid('plausible', table, date, ...key, i),
        event,
        distinct_id: visitor,
        timestamp,
        properties: { ...properties, $session_id: visitor, $synthesized: true },
      },
    }
  }
}

function whatOf({ value }: Row, table: Table) {
  const text = (name: string) => textOf(value[name])
  if (table === 'imported_pages') {
    const [$host, $pathname] = [text('hostname'), text('page')]
    const $current_url = $host ? `https://${$host}${$pathname}` : null
    const properties = said({ $current_url, $host, $pathname })
    return { event: '$pageview', properties, key: [$host, $pathname] }
  }
  const [name, url, path] = [text('name'), text('link_url'), text('path')]
  return { event: name, properties: said({ url, path }), key: [name, url, path] }
}

function tableOf(member: string): Table | null {
  const file = member.slice(member.lastIndexOf('/') + 1)
  return TABLES.find((table) => file.startsWith(table)) ?? null
}

function countOf(value: unknown): number {
  const count = Number(textOf(value))
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}
