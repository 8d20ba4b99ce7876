import { z } from '@hono/zod-openapi'
import { CohortFilter } from './cohort.ts'
import { MAX_FILTERS, PropertyFilter } from './property.ts'

const MATCHES = ['all', 'any'] as const

/** Filters of which all, or any one, must hold. */
const FilterList = z
  .strictObject({
    match: z.enum(MATCHES),
    filters: z
      .array(z.union([PropertyFilter, CohortFilter]))
      .min(1)
      .max(MAX_FILTERS),
  })
  .openapi('FilterList')

/** Filters and lists of filters of which all, or any one, must hold. */
export const FilterGroup = z
  .strictObject({
    match: z.enum(MATCHES),
    filters: z
      .array(z.union([PropertyFilter, FilterList, CohortFilter]))
      .min(1)
      .max(MAX_FILTERS),
  })
  .openapi('FilterGroup')
export type FilterGroup = z.infer<typeof FilterGroup>

/** What must all hold: filters, groups of them for "any of", and cohorts of persons. */
export const Filters = z
  .array(z.union([PropertyFilter, FilterGroup, CohortFilter]))
  .max(MAX_FILTERS)
export type Filters = z.infer<typeof Filters>
