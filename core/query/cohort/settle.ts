import type { CohortCondition, CohortRule } from '@headwater/schemas/insights/cohort'
import { spanMs } from '../span.ts'
import { mapCohorts } from './walk.ts'

/** Whether a time has come is decided to the minute, so that equal questions have equal answers. */
const STEP_MS = 60_000

/** The question with every "in the last 30 days" of its cohorts as two moments. */
export const settleCohorts = <Question>(question: Question, now: number): Question =>
  mapCohorts(question, (holder) =>
    typeof holder.cohort === 'string'
      ? holder
      : { ...holder, cohort: settleRule(holder.cohort, now) },
  )

/** The rule with every "in the last 30 days" as two moments. */
export const settleRule = (rule: CohortRule, now: number): CohortRule => ({
  ...rule,
  conditions: rule.conditions.map((condition) => settle(condition, now)),
})

function settle(condition: CohortCondition, now: number): CohortCondition {
  if (!('within' in condition) || !condition.within) return condition
  const { within, ...rest } = condition
  const from = Math.floor(now / STEP_MS) * STEP_MS - spanMs(within)
  return { ...rest, from: new Date(from).toISOString() }
}
