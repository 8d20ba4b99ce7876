import type { Filters } from '@headwater/schemas/insights/filters'
import type { EventSelector } from '@headwater/schemas/insights/question'
import { QueryRefusal } from './errors.ts'
import { filterConditions } from './filters.ts'
import { ANY_EVENT } from './scope.ts'
import type { Statement } from './statement.ts'

/** SQL that holds for the events that a selector means. `field` is where the selector is in the question. */
export function selectorCondition(
  { event, filters }: { event: string; filters: Filters },
  statement: Statement,
  field: string,
): string {
  const name = event === ANY_EVENT ? '1' : `event = ${statement.add('String', event)}`
  return [name, ...filterConditions(filters, statement, `${field}.filters`)].join(' AND ')
}

/** The same of events that are known to be of the selector's name. */
export const selectorFilters = (
  { filters }: { filters: Filters },
  statement: Statement,
  field: string,
): string => ['1', ...filterConditions(filters, statement, `${field}.filters`)].join(' AND ')

/** Names of the events that selectors mean; null when one of them means every event. */
export function eventsOf(selectors: readonly Pick<EventSelector, 'event'>[]): string[] | null {
  const names = new Set(selectors.map(({ event }) => event))
  return names.has(ANY_EVENT) ? null : [...names]
}

/** The series that a selection points at. Throws a QueryRefusal when there is none. */
export function seriesAt<Series>(series: readonly Series[], place: number): Series {
  const found = series[place]
  if (found) return found
  const message = `select.series must be less than ${series.length}`
  throw new QueryRefusal('invalid_query', message, { field: 'select.series' })
}
