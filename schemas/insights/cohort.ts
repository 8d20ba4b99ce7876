import { z } from '@hono/zod-openapi'
import { EventMatch, MAX_FILTERS, PropertyFilter } from './property.ts'
import { idOf, Key } from './saved-id.ts'

export const MAX_COHORT_CONDITIONS = 20
export const MAX_COHORT_IDS = 10_000
export const MAX_SEQUENCE_STEPS = 10
export const COHORT_UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const

/** So long: of a month, thirty days. */
const Span = z.strictObject({
  value: z.number().int().min(1).max(10_000),
  unit: z.enum(COHORT_UNITS),
})

const occurrence = {
  event: EventMatch,
  filters: z.array(PropertyFilter).max(MAX_FILTERS).default([]),
}

/** When: in the time before now, or between two moments, the second excluded. @default ever */
const when = {
  within: Span.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
}
/** Holds for those who do not meet the rest. */
const negate = z.boolean().default(false)

/** Persons who did something, so many times. */
const DidCondition = z
  .strictObject({
    type: z.literal('did'),
    ...occurrence,
    times: z
      .strictObject({
        operator: z.enum(['gte', 'lte', 'is']),
        value: z.number().int().min(1).max(1_000_000),
      })
      .default({ operator: 'gte', value: 1 }),
    ...when,
    negate,
  })
  .openapi('DidCondition')

/** Persons who did several things one after the other, all of them in so much time. */
const SequenceCondition = z
  .strictObject({
    type: z.literal('did_sequence'),
    steps: z.array(z.strictObject(occurrence)).min(2).max(MAX_SEQUENCE_STEPS),
    /** From the first step to the last. */
    window: Span.default({ value: 14, unit: 'day' }),
    ...when,
    negate,
  })
  .openapi('SequenceCondition')

/** Persons who have a property, as it is now. */
const PersonCondition = z
  .strictObject({ type: z.literal('person'), filter: PropertyFilter })
  .superRefine(({ filter }, context) => {
    if (filter.type === 'person') return
    context.addIssue({
      code: 'custom',
      path: ['filter', 'type'],
      message: 'must be person',
    })
  })
  .openapi('PersonCondition')

/** Persons by name: by any of their distinct_ids. */
const ListCondition = z
  .strictObject({
    type: z.literal('list'),
    distinct_ids: z.array(z.string().min(1).max(200)).min(1).max(MAX_COHORT_IDS),
    negate,
  })
  .openapi('ListCondition')

export const CohortCondition = z.discriminatedUnion('type', [
  DidCondition,
  SequenceCondition,
  PersonCondition,
  ListCondition,
])
export type CohortCondition = z.infer<typeof CohortCondition>

/** Who belongs to a cohort. */
export const CohortRule = z
  .strictObject({
    match: z.enum(['all', 'any']).default('all'),
    conditions: z.array(CohortCondition).min(1).max(MAX_COHORT_CONDITIONS),
  })
  .openapi('CohortRule')
export type CohortRule = z.infer<typeof CohortRule>

/** The rule of a cohort, or the id of one that is saved: whoever belongs to that when it is asked. */
export const CohortRef = z.union([idOf('cohort'), CohortRule])
export type CohortRef = z.infer<typeof CohortRef>

const filterBy = <Ref extends z.ZodType>(cohort: Ref) =>
  z.strictObject({ cohort, operator: z.enum(['in', 'not_in']).default('in') })

/** Events of persons who belong to a cohort, or who do not. */
export const CohortFilter = filterBy(CohortRef).openapi('CohortFilter')
export type CohortFilter = z.infer<typeof CohortFilter>

/** The same as code: a cohort that is saved is named by its key. */
export const CohortFilterCode = filterBy(z.union([Key, CohortRule])).openapi('CohortFilterCode')

export const MAX_COHORT_LINES = 25

/** Answers once for each cohort: whoever is in two is on both lines, and whoever is in none on no line. */
export const CohortBreakdown = z
  .strictObject({
    cohorts: z
      .array(
        z
          .strictObject({
            /** What the line is called, unlike the others. @default the name of the saved cohort */
            name: z.string().min(1).max(200).optional(),
            cohort: CohortRef,
          })
          .refine(({ name, cohort }) => name !== undefined || typeof cohort === 'string', {
            path: ['name'],
            error: 'is required by a rule',
          }),
      )
      .min(1)
      .max(MAX_COHORT_LINES),
  })
  .openapi('CohortBreakdown')
export type CohortBreakdown = z.infer<typeof CohortBreakdown>
