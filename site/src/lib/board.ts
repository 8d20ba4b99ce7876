import type { DashboardBody, SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { AskedInsight } from '@headwater/schemas/insights/insight'

export type Tile = DashboardBody['tiles'][number]

export type BoardFilters = DashboardBody['filters']
type PropertyFilter = Extract<BoardFilters[number], { property: string }>

/** Those of events' own properties, which can be edited here, and the others. */
export function splitFilters(filters: BoardFilters): {
  plain: PropertyFilter[]
  others: BoardFilters
} {
  const isPlain = (filter: BoardFilters[number]): filter is PropertyFilter =>
    'property' in filter && (filter.type ?? 'event') === 'event'
  return { plain: filters.filter(isPlain), others: filters.filter((one) => !isPlain(one)) }
}

/** A tile's question with other filters of the dashboard than it was saved with: the API puts those last. */
export function askedWith(
  query: AskedInsight,
  saved: BoardFilters,
  filters: BoardFilters,
): AskedInsight {
  if (filters === saved) return query
  const own = query.filters.slice(0, query.filters.length - saved.length)
  return { ...query, filters: [...own, ...filters] }
}

/** A range that all tiles are asked over; null leaves each tile its own. */
export interface BoardRange {
  date_from: string
  date_to?: string | undefined
}

interface MaybeRange {
  date_from?: string | undefined
  date_to?: string | undefined
}

/** What of a dashboard is written, as it was read. */
export function dashboardBody(item: SavedDashboard): DashboardBody {
  const { name, description, tags, date_from, date_to, filters, tiles } = item
  return {
    ...{ name, description, tags, filters, tiles },
    ...(date_from !== undefined && { date_from }),
    ...(date_to !== undefined && { date_to }),
  }
}

/** The range that a dashboard was saved with. */
export function rangeOf({ date_from, date_to }: MaybeRange): BoardRange | null {
  return date_from === undefined ? null : { date_from, ...(date_to !== undefined && { date_to }) }
}

/** With another range; null takes it away. */
export function withRange<Body extends MaybeRange>(
  { date_from: _, date_to: __, ...body }: Body,
  range: BoardRange | null,
) {
  return { ...body, ...rangeOf(range ?? {}) }
}

/** A tile's question, asked over the range of the whole dashboard. */
export function askedOver(query: AskedInsight, range: BoardRange | null): AskedInsight {
  return range === null ? query : (withRange(query, range) as AskedInsight)
}
