import type { Filters } from '@headwater/schemas/insights/filters'
import type { Person, PersonList, PersonsParams } from '@headwater/schemas/insights/persons'
import { QueryRefusal } from '../errors.ts'
import {
  compileDistinctIds,
  compilePerson,
  compilePersons,
  type PersonIdsRow,
  type PersonRow,
  type PersonsCursor,
} from './persons-sql.ts'
import { type Ask, propertiesOf } from './properties.ts'

const LISTED_IDS = 10
const SHOWN_IDS = 1_000

/** A page of persons, the last seen first. Throws a QueryRefusal. */
export async function listPersons(
  params: PersonsParams,
  ask: Ask,
): Promise<Pick<PersonList, 'persons' | 'next'>> {
  refuseOthersFilters(params.filters ?? [], 'filters')
  const cursor = params.after === undefined ? null : readCursor(params.after)
  const rows = await ask<PersonRow>(compilePersons(params, cursor))
  const page = rows.slice(0, params.limit)
  const last = page.at(-1)
  const next = rows.length > params.limit && last ? `${last.last_seen}.${last.id}` : null
  return { persons: await describe(params.project, page, LISTED_IDS, ask), next }
}

/** Throws a QueryRefusal when the project has no such person. */
export async function showPerson(project: string, id: string, ask: Ask): Promise<Person> {
  const rows = await ask<PersonRow>(compilePerson(project, id))
  const [person] = await describe(project, rows, SHOWN_IDS, ask)
  if (!person) throw unknownPerson(id)
  return person
}

export const unknownPerson = (id: string, field?: string): QueryRefusal =>
  new QueryRefusal('unknown_person', `there is no person ${id}`, field ? { field } : {})

async function describe(
  project: string,
  rows: readonly PersonRow[],
  mostIds: number,
  ask: Ask,
): Promise<Person[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const [known, properties] = await Promise.all([
    ask<PersonIdsRow>(compileDistinctIds(project, ids, mostIds)),
    propertiesOf(project, 'person', ids, ask),
  ])
  const distinctIds = new Map(known.map(({ id, distinct_ids }) => [id, distinct_ids]))
  return rows.map(({ id, first_seen, last_seen, events }) => ({
    id,
    distinct_ids: distinctIds.get(id) ?? [],
    properties: properties.get(id) ?? {},
    first_seen: new Date(Number(first_seen)).toISOString(),
    last_seen: new Date(Number(last_seen)).toISOString(),
    events: Number(events),
  }))
}

function readCursor(text: string): PersonsCursor {
  const [, lastSeen, id] = /^(-?\d{1,15})\.(\d{1,20})$/.exec(text) ?? []
  if (lastSeen !== undefined && id !== undefined) return { lastSeen, id }
  throw new QueryRefusal('invalid_query', 'after is not the end of a page', { field: 'after' })
}

// Of events some would be left out, and the person's numbers would be wrong.
function refuseOthersFilters(filters: Filters, field: string): void {
  for (const [place, filter] of filters.entries()) {
    const at = `${field}.${place}`
    if ('cohort' in filter) continue
    if ('match' in filter) refuseOthersFilters(filter.filters, `${at}.filters`)
    else if (filter.type !== 'person') {
      const message = `${at}.type must be person: persons are filtered by what is known of them`
      throw new QueryRefusal('invalid_query', message, { field: `${at}.type`, allowed: ['person'] })
    }
  }
}
