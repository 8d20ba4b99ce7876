import type { CohortCondition, CohortFilter, CohortRule } from '@headwater/schemas/insights/cohort'
import { spanMs } from '../span.ts'

/** Whether a time has come is decided to the minute, so that equal questions have equal answers. */
const STEP_MS = 60_000

/** The question with every "in the last 30 days" of its cohorts as two moments. */
export function settleCohorts<Question>(question: Question, now: number): Question {
  if (Array.isArray(question)) {
    return question.map((part) => settleCohorts(part, now)) as Question
  }
  if (typeof question !== 'object' || question === null) return question
  if (isCohortFilter(question)) return settleFilter(question, now) as Question
  const entries = Object.entries(question).map(([key, part]) => [key, settleCohorts(part, now)])
  return Object.fromEntries(entries) as Question
}

// No other object of a question has a field of this name.
const isCohortFilter = (part: object): part is CohortFilter =>
  'cohort' in part && typeof part.cohort === 'object'

const settleFilter = (filter: CohortFilter, now: number): CohortFilter => ({
  ...filter,
  cohort: settleRule(filter.cohort, now),
})

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
