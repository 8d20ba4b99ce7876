import { z } from '@hono/zod-openapi'
import { CohortBreakdown } from './cohort.ts'
import { MAX_BREAKDOWNS } from './property.ts'

/** What an answer is split by: properties, or the cohorts of one breakdown. */
export const breakdownsBy = <Property extends z.ZodType>(property: Property) =>
  z
    .array(z.union([property, CohortBreakdown]))
    .max(MAX_BREAKDOWNS)
    .superRefine((breakdowns, context) => {
      const place = breakdowns.findIndex(isByCohorts)
      if (place === -1 || breakdowns.length === 1) return
      const message = 'must be the only breakdown: it is by cohorts'
      context.addIssue({ code: 'custom', path: [place], message })
    })
    .default([])

export const isByCohorts = (breakdown: unknown): breakdown is CohortBreakdown =>
  typeof breakdown === 'object' && breakdown !== null && 'cohorts' in breakdown
