import { z } from '@hono/zod-openapi'
import { CohortRule } from './cohort.ts'
import { PersonsParams } from './persons.ts'
import { ProjectId, resultFacts } from './question.ts'
import { Description, Key, Name, savedFacts, Tags } from './saved.ts'
import { idOf } from './saved-id.ts'

/** A cohort with a name, so that many questions can mean the same persons. */
export const cohortBody = {
  name: Name,
  description: Description,
  tags: Tags,
  /** Who belongs to it, whenever that is asked. */
  rule: CohortRule,
}
export const CohortBody = z.strictObject(cohortBody)
export type CohortBody = z.infer<typeof CohortBody>
export const cohortCode = { key: Key, ...cohortBody }

export const SavedCohort = z
  .object({ id: idOf('cohort'), ...savedFacts, ...cohortBody })
  .openapi('SavedCohort')
export type SavedCohort = z.infer<typeof SavedCohort>

/** GET /api/cohorts/{id}/persons. */
export const CohortPersonsParams = PersonsParams.pick({ project: true, limit: true, after: true })

export const CohortSize = z
  .object({
    /** Persons who belong to it now. */
    persons: z.number(),
    ...resultFacts,
  })
  .openapi('CohortSize')
export type CohortSize = z.infer<typeof CohortSize>

export const MAX_SIZES = 50

/** GET /api/cohorts/sizes. */
export const CohortSizesParams = z.object({
  project: ProjectId,
  /** Ids, with commas between them. */
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(idOf('cohort')).max(MAX_SIZES))
    .openapi({ type: 'string', example: 'coh_7k2m9xqd,coh_3c8v5n2w' }),
})

export const CohortSizes = z
  .object({
    /** Of those that there are, in the order that was asked for. */
    sizes: z.array(z.object({ id: idOf('cohort'), persons: z.number() })),
    ...resultFacts,
  })
  .openapi('CohortSizes')
export type CohortSizes = z.infer<typeof CohortSizes>
