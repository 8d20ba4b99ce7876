import type { PropertyFilter } from '@headwater/schemas/insight'
import type { BoardRange } from './board.ts'
import { savedSearch } from './saved-address.ts'
import { DATE_BOUND, reader, readFilters } from './url-reader.ts'

export interface BoardAddress {
  /** Null: as the dashboard was saved. */
  range: BoardRange | null
  /** Of events' own properties; null: as the dashboard was saved. */
  filters: PropertyFilter[] | null
  ignored: string[]
}

const readBound = (text: string) => (DATE_BOUND.test(text) ? text : null)

/** Over which range, and with which filters, the address wants a dashboard to be shown. */
export function readBoard(search: URLSearchParams): BoardAddress {
  const read = reader(search)
  const from = read.one<string | null>('date_from', readBound, null)
  const to = read.one<string | null>('date_to', readBound, null)
  const range = from === null ? null : { date_from: from, ...(to !== null && { date_to: to }) }
  const filters = read.one<PropertyFilter[] | null>('filters', readFilters, null)
  return { range, filters, ignored: read.ignored }
}

/** The address of a dashboard, shown otherwise than it was saved. */
export function writeBoard(
  project: string,
  id: string,
  { range, filters }: Pick<BoardAddress, 'range' | 'filters'>,
): URLSearchParams {
  const search = savedSearch(project, id)
  if (range) search.set('date_from', range.date_from)
  if (range?.date_to) search.set('date_to', range.date_to)
  if (filters) search.set('filters', JSON.stringify(filters))
  return search
}
