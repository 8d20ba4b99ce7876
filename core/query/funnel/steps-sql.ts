import type { FunnelInsightQuery } from '@headwater/schemas/insights/funnel'
import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { funnelSql } from './histories.ts'
import { placed } from './labels.ts'
import { outcomes } from './outcomes.ts'
import { type FunnelPlan, isPlain, requiredBefore } from './plan.ts'

/** Where the actors of one group stand. */
export interface FunnelRow {
  kind: string
  value: string[]
  excluded: string
  /** Per step, actors who reached it. */
  reached: string[]
  /** Per step, actors whose furthest step it is. */
  standing: string[]
  /** Those of them who may still go on. */
  open: string[]
  /** Per step after the first, seconds from the required step before; null where nobody came. */
  mean_seconds: (number | null)[]
  median_seconds: (number | null)[]
}

/**
 * One row per group. Every step has counts and states of its own: aggregates over arrays go from one
 * actor's element to the next, and took a tenth of the whole question.
 */
export function compileSteps(plan: FunnelPlan<FunnelInsightQuery>): Query {
  const { query } = plan
  const statement = new Statement(query.project)
  const label = query.breakdowns.length > 0 ? 'label' : `'' AS label`
  const steps = query.steps.map((_, place) => place + 1)
  const later = steps.slice(1)
  const columns = [
    ...steps.flatMap((step) => [
      `countIf(times[${step}] != 0) AS reached${step}`,
      `countIf(furthest = ${step}) AS standing${step}`,
      `countIf(furthest = ${step} AND is_open) AS open${step}`,
    ]),
    ...later.flatMap((step) => {
      const gap = `times[${step}] - times[${requiredBefore(query, step)}], times[${step}] != 0`
      return [
        `avgIfState(${gap}) AS mean${step}`,
        `quantileExactInclusiveIfState(0.5)(${gap}) AS median${step}`,
      ]
    }),
  ]
  const states = `SELECT ${label}, countIf(furthest > 0) AS persons, sum(is_excluded) AS excluded,
        ${columns.join(',\n        ')}
      FROM (${outcomes(funnelSql(plan, statement))})
      GROUP BY label`
  const perStep = (of: readonly number[], column: (step: number) => string) =>
    `[${of.map(column).join(', ')}]`
  return statement.query(`SELECT kind, value, sum(excluded) AS excluded,
    ${perStep(steps, (step) => `sum(reached${step})`)} AS reached,
    ${perStep(steps, (step) => `sum(standing${step})`)} AS standing,
    ${perStep(steps, (step) => `sum(open${step})`)} AS open,
    ${perStep(later, (step) => `avgIfMerge(mean${step}) / 1000`)} AS mean_seconds,
    ${perStep(later, (step) => `quantileExactInclusiveIfMerge(0.5)(median${step}) / 1000`)} AS median_seconds
  FROM (${placed(query, states, statement)})
  GROUP BY kind, value${allAtOnce(plan)}`)
}

/**
 * By itself the store parts actors by how far they came, to look through one array of each only. To look
 * through all arrays is quicker. Not where a user's own conditions may count on being short cut.
 */
function allAtOnce({ query }: FunnelPlan<FunnelInsightQuery>): string {
  const { breakdowns, filters, steps } = query
  const asked = [breakdowns, filters, ...steps.map((step) => step.filters)]
  return isPlain(query) && asked.every(({ length }) => length === 0)
    ? `
  SETTINGS short_circuit_function_evaluation = 'disable'`
    : ''
}
