// A breakdown by cohorts: one answer for each, as if the cohort were one more filter.
import { isByCohorts } from '@headwater/schemas/insights/breakdowns'
import type { CohortBreakdown, CohortFilter, CohortRule } from '@headwater/schemas/insights/cohort'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { QueryRefusal } from '../errors.ts'
import { Statement } from '../statement.ts'
import { ruleCondition } from './members.ts'

/** One line of an answer. */
export interface CohortLine {
  name: string
  cohort: CohortRule
}

interface BrokenDown {
  project: string
  breakdowns: readonly unknown[]
}

/** The question when its breakdowns are properties only. */
export type ByProperties<Query extends BrokenDown> = Omit<Query, 'breakdowns'> & {
  breakdowns: Exclude<Query['breakdowns'][number], CohortBreakdown>[]
}

/** The cohorts that the answer is broken down by, in its order; null when it is not. */
export function cohortLines(breakdowns: readonly unknown[]): CohortLine[] | null {
  const [only] = breakdowns
  // Resolved: each has a rule, and a name.
  return isByCohorts(only) ? (only.cohorts as CohortLine[]) : null
}

/** Those of the breakdowns that are properties. */
export const byProperties = <One>(breakdowns: readonly One[]) =>
  breakdowns.filter((one) => !isByCohorts(one)) as Exclude<One, CohortBreakdown>[]

/** Parts a question from the cohorts that it is broken down by. Throws as checkCohorts does. */
export function takeCohorts<Query extends BrokenDown>(
  query: Query,
): { query: ByProperties<Query>; cohorts: CohortLine[] | null } {
  checkCohorts(query)
  const breakdowns = byProperties(query.breakdowns)
  return {
    query: { ...query, breakdowns } as ByProperties<Query>,
    cohorts: cohortLines(query.breakdowns),
  }
}

/** Throws a QueryRefusal that names the field of a rule that cannot be asked, or of a name that two lines have. */
export function checkCohorts({ project, breakdowns }: BrokenDown): void {
  const names = new Set<string>()
  for (const [place, { name, cohort }] of (cohortLines(breakdowns) ?? []).entries()) {
    const field = `breakdowns.0.cohorts.${place}`
    ruleCondition(cohort, new Statement(project), `${field}.cohort`)
    if (names.has(name)) {
      const message = `${field}.name: another line is called "${name}"`
      throw new QueryRefusal('invalid_query', message, { field: `${field}.name` })
    }
    names.add(name)
  }
}

/** The question about one line. */
export const onLine = <Query extends { filters: readonly unknown[] }>(
  query: Query,
  { cohort }: CohortLine,
): Query => {
  const filter: CohortFilter = { cohort, operator: 'in' }
  return { ...query, filters: [...query.filters, filter] }
}

/** What an answer calls a line. */
export const lineValue = ({ name }: CohortLine): NonNullable<BreakdownValue> => ({
  kind: 'value',
  values: [name],
})

/** The line that a selection points at. Throws a QueryRefusal that names its field. */
export function selectedLine(
  lines: readonly CohortLine[],
  selected: { kind: string; values: readonly (string | null)[] } | null,
): CohortLine {
  const refuse = (field: string, problem: string) =>
    new QueryRefusal('invalid_query', `${field} ${problem}`, {
      field,
      allowed: lines.map(({ name }) => name),
    })
  if (!selected) throw refuse('select.breakdown', 'is required: the question has breakdowns')
  const found = lines.find(({ name }) => name === selected.values[0])
  if (found && selected.kind === 'value' && selected.values.length === 1) return found
  throw refuse('select.breakdown.values', 'must be the name of one of the cohorts')
}
