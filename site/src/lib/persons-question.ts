import type { PropertyFilter } from '@headwater/schemas/insight'
import { isProjectId } from '@headwater/schemas/project-id'
import { type Defaults, isName, type ReadState, reader, readFilters } from './url-reader.ts'

/** Which persons are listed. */
export interface PersonsQuestion {
  project: string
  /** Found in a distinct_id or in a property; empty for all. */
  search: string
  /** Exactly this one; empty for all. */
  distinct_id: string
  /** Of properties of persons. */
  filters: PropertyFilter[]
}

export interface PersonQuestion {
  project: string
  /** Digits; null when the address names nobody. */
  id: string | null
}

const PERSON_ID = /^\d{1,20}$/
const ofProject = (text: string) => (isProjectId(text) ? text : null)

export function readPersons(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<PersonsQuestion> {
  const read = reader(params)
  const question = {
    project: read.one('project', ofProject, defaults.project),
    search: read.one('search', isName, ''),
    distinct_id: read.one('distinct_id', isName, ''),
    filters: read.one('filters', readFilters, []),
  }
  return { question, ignored: read.ignored }
}

export function writePersons(question: PersonsQuestion): URLSearchParams {
  const { project, search, distinct_id, filters } = question
  return new URLSearchParams({
    project,
    ...(search !== '' && { search }),
    ...(distinct_id !== '' && { distinct_id }),
    ...(filters.length > 0 && { filters: JSON.stringify(filters) }),
  })
}

/** The path of a page of the list, as GET /api/persons takes it. */
export function personsPath(question: PersonsQuestion, limit: number, after?: string): string {
  const params = writePersons({
    ...question,
    filters: question.filters.map((filter) => ({ ...filter, type: 'person' as const })),
  })
  params.set('limit', String(limit))
  if (after !== undefined) params.set('after', after)
  return `/api/persons?${params}`
}

export function readPerson(params: URLSearchParams, defaults: Defaults): ReadState<PersonQuestion> {
  const read = reader(params)
  const question = {
    project: read.one('project', ofProject, defaults.project),
    id: read.one<string | null>('id', (text) => (PERSON_ID.test(text) ? text : null), null),
  }
  return { question, ignored: read.ignored }
}
