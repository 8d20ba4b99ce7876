import type { BrokenDownFunnel, FunnelBreakdownSelection } from '@headwater/schemas/insights/funnel'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import { compareText } from '../../shared/compare-text.ts'
import { byProperties, type CohortLine, cohortLines, lineValue } from '../cohort/lines.ts'
import { ruleCondition } from '../cohort/members.ts'
import { QueryRefusal } from '../errors.ts'
import { MAX_BREAKDOWN_LENGTH, orderOf } from '../lines.ts'
import { propertyText } from '../property.ts'
import type { Statement } from '../statement.ts'

// A label is what tells an actor's group: the value of the one breakdown, or an array of the values of
// several. A single text is compared and grouped much faster than an array of one.

type Broken = Pick<BrokenDownFunnel, 'breakdowns' | 'breakdown_limit'>

/**
 * SQL of an event's label; null when the question has no breakdown. Of cohorts, rows are as many as the
 * event's person belongs to.
 */
export function labelSql(
  breakdowns: Broken['breakdowns'],
  statement: Statement,
  field: string,
): string | null {
  const cohorts = cohortLines(breakdowns)
  if (cohorts) return cohortLabels(cohorts, statement, field)
  const texts = byProperties(breakdowns).map((breakdown, place) => {
    const text = propertyText(breakdown, statement, `${field}.${place}.property`)
    return `leftUTF8(${text}, ${MAX_BREAKDOWN_LENGTH})`
  })
  return texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? null)
}

function cohortLabels(lines: readonly CohortLine[], statement: Statement, field: string): string {
  const names = lines.map(({ name, cohort }, place) => {
    const isMember = ruleCondition(cohort, statement, `${field}.0.cohorts.${place}.cohort`)
    return `if(${isMember}, ${statement.add('String', name)}, '')`
  })
  return `arrayJoin(arrayFilter(name -> name != '', [${names.join(', ')}]))`
}

/** SQL that holds for a label without any value. */
export const isNone = ({ breakdowns }: Broken, label: string): string =>
  breakdowns.length > 1 ? `arrayAll(part -> part = '', ${label})` : `${label} = ''`

/**
 * SQL of rows with their place among the groups: adds kind and value.
 * @param rows Has the columns label and persons.
 */
export function placed(query: Broken, rows: string, statement: Statement): string {
  if (query.breakdowns.length === 0) return `SELECT *, '' AS kind, [] AS value FROM (${rows})`
  const values = query.breakdowns.length > 1 ? 'label' : '[label]'
  const shown = cohortLines(query.breakdowns)?.length ?? query.breakdown_limit
  const limit = statement.add('UInt32', shown)
  return `SELECT *,
      multiIf(is_none, 'none', place <= ${limit}, 'value', 'other') AS kind,
      if(kind = 'value', ${values}, []) AS value
    FROM (
      SELECT *, dense_rank() OVER (ORDER BY is_none ASC, total DESC, label ASC) AS place
      FROM (
        SELECT *, sum(persons) OVER (PARTITION BY label) AS total, ${isNone(query, 'label')} AS is_none
        FROM (${rows})))`
}

/** SQL that holds for the placed rows of one group. Throws a QueryRefusal that names the selection's field. */
export function inGroup(
  { breakdowns }: Broken,
  selected: FunnelBreakdownSelection,
  statement: Statement,
): string {
  if (breakdowns.length === 0 && selected === null) return '1'
  if (breakdowns.length === 0 || selected === null) {
    const message = breakdowns.length === 0 ? 'must be null: there is none' : 'is required'
    throw refusal(`select.breakdown ${message}`, 'select.breakdown')
  }
  const kind = `kind = ${statement.add('String', selected.kind)}`
  if (selected.kind !== 'value') return kind
  if (selected.values.length !== breakdowns.length) {
    const message = `select.breakdown.values must have ${breakdowns.length}, one per breakdown`
    throw refusal(message, 'select.breakdown.values')
  }
  const values = selected.values.map((value) => value ?? '')
  return `${kind} AND value = ${statement.add('Array(String)', values)}`
}

/** What an answer says of a group. */
export function breakdownOf(
  { breakdowns }: Broken,
  { kind, value }: { kind: string; value: readonly string[] },
): BreakdownValue {
  if (breakdowns.length === 0) return null
  if (kind === 'none') return { kind, values: breakdowns.map(() => null) }
  if (kind === 'other') return { kind, values: [] }
  return { kind: 'value', values: value.map((part) => (part === '' ? null : part)) }
}

/**
 * Groups in the order of an answer: the biggest first, Other and none last. Of cohorts each has its group,
 * in the order of the question.
 *
 * @param empty The group of nobody.
 */
export function inOrder<Group extends { breakdown: BreakdownValue }>(
  { breakdowns }: Broken,
  groups: readonly Group[],
  size: (group: Group) => number,
  empty: (breakdown: BreakdownValue) => Group,
): Group[] {
  const cohorts = cohortLines(breakdowns)
  if (cohorts) {
    const byName = new Map(groups.map((group) => [group.breakdown?.values[0], group]))
    return cohorts.map((line) => byName.get(line.name) ?? empty(lineValue(line)))
  }
  return [...groups].sort(
    (a, b) =>
      orderOf(a.breakdown?.kind) - orderOf(b.breakdown?.kind) ||
      size(b) - size(a) ||
      compare(valuesOf(a.breakdown), valuesOf(b.breakdown)),
  )
}

const valuesOf = (breakdown: BreakdownValue): string[] =>
  (breakdown?.values ?? []).map((value) => value ?? '')

function compare(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((part, at) => part !== b[at])
  return place < 0 ? 0 : compareText(a[place] ?? '', b[place] ?? '')
}

const refusal = (message: string, field: string): QueryRefusal =>
  new QueryRefusal('invalid_query', message, { field })
