import type { FunnelInsightQuery } from '@headwater/schemas/insights/funnel'
import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { funnelSql } from './histories.ts'
import { placed } from './labels.ts'
import { outcomes } from './outcomes.ts'
import { type FunnelPlan, requiredBefore } from './plan.ts'

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
  /** Per step after the first, seconds from the required step before; as far as anybody came. */
  mean_seconds: (number | null)[]
  median_seconds: (number | null)[]
}

/** One row per group. */
export function compileSteps(plan: FunnelPlan<FunnelInsightQuery>): Query {
  const { query } = plan
  const statement = new Statement(query.project)
  const label = query.breakdowns.length > 0 ? 'label' : `'' AS label`
  const steps = `[${query.steps.map((_, place) => place + 1).join(', ')}]`
  const states = `SELECT ${label}, countIf(furthest > 0) AS persons, sum(is_excluded) AS excluded,
        sumForEach(arrayMap(time -> time != 0, times)) AS reached,
        sumForEach(arrayMap(step -> step = furthest, ${steps})) AS standing,
        sumForEach(arrayMap(step -> step = furthest AND is_open, ${steps})) AS open,
        avgForEachState(gaps) AS mean,
        quantileExactInclusiveForEachState(0.5)(gaps) AS median
      FROM (SELECT *, ${gapsOf(query)} AS gaps FROM (${outcomes(funnelSql(plan, statement))}))
      GROUP BY label`
  return statement.query(`SELECT kind, value, sum(excluded) AS excluded,
    sumForEach(reached) AS reached, sumForEach(standing) AS standing, sumForEach(open) AS open,
    arrayMap(ms -> ms / 1000, avgForEachMerge(mean)) AS mean_seconds,
    arrayMap(ms -> ms / 1000, quantileExactInclusiveForEachMerge(0.5)(median)) AS median_seconds
  FROM (${placed(query, states, statement)})
  GROUP BY kind, value`)
}

/** SQL of the milliseconds from step to step; null for steps that were skipped. */
function gapsOf(query: FunnelInsightQuery): string {
  if (!query.steps.some(({ optional }) => optional)) {
    return `arrayPopFront(arrayDifference(arraySlice(times, 1, furthest)))`
  }
  const gaps = query.steps.slice(1).map((_, place) => {
    const step = place + 2
    return `if(times[${step}] = 0, NULL, times[${step}] - times[${requiredBefore(query, step)}])`
  })
  return `[${gaps.join(', ')}]`
}
