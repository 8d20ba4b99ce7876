import type { CohortBreakdown, CohortFilter } from '@headwater/schemas/insights/cohort'

/** What holds a cohort: a filter, or a line of a breakdown. */
export type CohortHolder = CohortFilter | CohortBreakdown['cohorts'][number]

/**
 * A question, or a part of one, with other cohorts.
 * @param change Told where the cohort stands, dotted.
 */
export function mapCohorts<Part>(
  part: Part,
  change: (holder: CohortHolder, field: string) => CohortHolder,
  field = '',
): Part {
  const below = (key: string | number) => (field === '' ? `${key}` : `${field}.${key}`)
  if (Array.isArray(part)) {
    return part.map((one, place) => mapCohorts(one, change, below(place))) as Part
  }
  if (typeof part !== 'object' || part === null) return part
  if (isHolder(part)) return change(part, below('cohort')) as Part
  const entries = Object.entries(part).map(([key, one]) => [
    key,
    mapCohorts(one, change, below(key)),
  ])
  return Object.fromEntries(entries) as Part
}

// No other object of a question has a field of this name.
const isHolder = (part: object): part is CohortHolder =>
  'cohort' in part && (typeof part.cohort === 'object' || typeof part.cohort === 'string')

/** The same with other names of the cohorts that are saved: their ids, or as code their keys. */
export const renameSaved = <Part>(
  part: Part,
  rename: (name: string, field: string) => string,
  field = '',
): Part =>
  mapCohorts(
    part,
    (holder, at) =>
      typeof holder.cohort === 'string' ? { ...holder, cohort: rename(holder.cohort, at) } : holder,
    field,
  )

/** The cohorts that are named by their ids, and where. */
export function savedIn(part: unknown): { id: string; field: string }[] {
  const found: { id: string; field: string }[] = []
  renameSaved(part, (id, field) => {
    found.push({ id, field })
    return id
  })
  return found
}

/** Ids of the saved cohorts that something refers to, each once. */
export const cohortRefs = (part: unknown): string[] => [
  ...new Set(savedIn(part).map(({ id }) => id)),
]
