import { z } from '@hono/zod-openapi'
import { CohortFilter, CohortFilterCode } from './cohort.ts'
import { MAX_FILTERS, PropertyFilter } from './property.ts'

const MATCHES = ['all', 'any'] as const

/** @param suffix Of the names in the documentation. */
function filtersWith<Cohort extends z.ZodType>(cohort: Cohort, suffix: string) {
  /** Filters of which all, or any one, must hold. */
  const list = z
    .strictObject({
      match: z.enum(MATCHES),
      filters: z
        .array(z.union([PropertyFilter, cohort]))
        .min(1)
        .max(MAX_FILTERS),
    })
    .openapi(`FilterList${suffix}`)
  /** Filters and lists of filters of which all, or any one, must hold. */
  const group = z
    .strictObject({
      match: z.enum(MATCHES),
      filters: z
        .array(z.union([PropertyFilter, list, cohort]))
        .min(1)
        .max(MAX_FILTERS),
    })
    .openapi(`FilterGroup${suffix}`)
  return { group, filters: z.array(z.union([PropertyFilter, group, cohort])).max(MAX_FILTERS) }
}

const plain = filtersWith(CohortFilter, '')
export const FilterGroup = plain.group
export type FilterGroup = z.infer<typeof FilterGroup>

/** What must all hold: filters, groups of them for "any of", and cohorts of persons. */
export const Filters = plain.filters
export type Filters = z.infer<typeof Filters>

/** The same as code. */
export const FiltersCode = filtersWith(CohortFilterCode, 'Code').filters
