// Random breakdowns by cohorts, and who belongs to a cohort by the plain reading. Only tests use it.
import type { CohortCondition, CohortRef, CohortRule } from '@headwater/schemas/insights/cohort'
import type { PropertyFilter } from '@headwater/schemas/insights/property'
import fc from 'fast-check'
import type { CohortLine } from './lines.ts'

/** What somebody did, at whatever time. */
export interface Deed {
  distinct_id: string
  event: string
}

/** Cohorts that overlap, that hold nobody, and that hold everybody; their names are no order. */
export function cohortLinesOf(events: readonly string[], ids: readonly string[]) {
  const negate = fc.boolean()
  const did = fc.record({
    type: fc.constant('did' as const),
    event: fc.constantFrom(...events, '*', 'never'),
    filters: fc.constant<PropertyFilter[]>([]),
    times: fc.record({
      operator: fc.constantFrom('gte', 'gte', 'lte', 'is'),
      value: fc.integer({ min: 1, max: 4 }),
    }),
    negate,
  })
  const list = fc.record({
    type: fc.constant('list' as const),
    distinct_ids: fc.uniqueArray(fc.constantFrom(...ids, 'nobody'), { minLength: 1, maxLength: 9 }),
    negate,
  })
  const cohort: fc.Arbitrary<CohortRule> = fc.record({
    match: fc.constantFrom('all', 'any'),
    conditions: fc.array(fc.oneof(did, list), { minLength: 1, maxLength: 2 }),
  })
  const line: fc.Arbitrary<CohortLine> = fc.record({
    name: fc.constantFrom('z', "it's", 'B', 'a', '名前'),
    cohort,
  })
  return fc.uniqueArray(line, { minLength: 1, maxLength: 4, selector: ({ name }) => name })
}

export function isMember(rule: CohortRef, person: string, deeds: readonly Deed[]): boolean {
  if (typeof rule === 'string') throw new Error('no saved cohorts here')
  const meets = (condition: CohortCondition) => meetsOne(condition, person, deeds)
  return rule.match === 'all' ? rule.conditions.every(meets) : rule.conditions.some(meets)
}

function meetsOne(condition: CohortCondition, person: string, deeds: readonly Deed[]): boolean {
  if (condition.type === 'list') {
    return condition.distinct_ids.includes(person) !== condition.negate
  }
  if (condition.type !== 'did') throw new Error(`no ${condition.type} here`)
  const count = deeds.filter(
    ({ distinct_id, event }) =>
      distinct_id === person && (condition.event === '*' || condition.event === event),
  ).length
  const { operator, value } = condition.times
  const holds = { gte: count >= value, lte: count <= value, is: count === value }[operator]
  return holds !== condition.negate
}
