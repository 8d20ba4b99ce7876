import type { BoardRange } from './board.ts'
import { savedSearch } from './saved-address.ts'
import { DATE_BOUND, reader } from './url-reader.ts'

export interface BoardAddress {
  /** Null: as the dashboard was saved. */
  range: BoardRange | null
  ignored: string[]
}

const readBound = (text: string) => (DATE_BOUND.test(text) ? text : null)

/** Over which range the address wants a dashboard to be shown. */
export function readBoardRange(search: URLSearchParams): BoardAddress {
  const read = reader(search)
  const from = read.one<string | null>('date_from', readBound, null)
  const to = read.one<string | null>('date_to', readBound, null)
  const range = from === null ? null : { date_from: from, ...(to !== null && { date_to: to }) }
  return { range, ignored: read.ignored }
}

/** The address of a dashboard, over another range than it was saved with. */
export function writeBoard(project: string, id: string, range: BoardRange | null): URLSearchParams {
  const search = savedSearch(project, id)
  if (range) search.set('date_from', range.date_from)
  if (range?.date_to) search.set('date_to', range.date_to)
  return search
}
