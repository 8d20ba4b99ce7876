import type { RetentionSelection } from '@headwater/schemas/insights/retention'
import { type CohortLine, onLine, selectedLine } from '../cohort/lines.ts'
import { QueryRefusal } from '../errors.ts'
import type { Statement } from '../statement.ts'
import { alikeCells, cellsSql } from './cells-sql.ts'
import { areAlike, type RetentionPlan } from './plan.ts'

/** Rows of RetentionCellRow, values beyond the limit added up as Other. */
export function groupedCells(plan: RetentionPlan, statement: Statement): string {
  const { query } = plan
  const sums = query.aggregate ? ', sum(total) AS total, sum(numbers) AS numbers' : ''
  if (plan.cohorts) {
    const groups = plan.cohorts.map((line) => {
      const name = statement.add('String', line.name)
      return `SELECT 'value' AS kind, ${name} AS value, *
  FROM (${groupedCells(planOf(plan, line), statement)})`
    })
    return groups.join('\n  UNION ALL ')
  }
  const [cells, count] = areAlike(plan)
    ? [alikeCells(plan, statement), 'sum(actors)']
    : [cellsSql(plan, statement), 'count()']
  if (query.breakdowns.length === 0) {
    return `SELECT cohort, col, ${count} AS actors${sums}
  FROM (${cells})
  GROUP BY cohort, col`
  }
  return `SELECT kind, if(kind = 'value', label, '') AS value, cohort, col,
    sum(counted) AS actors${sums}
  FROM (${ranked(
    `SELECT label, cohort, col, ${count} AS counted${sums},
        sum(if(col = 0, ${count}, 0)) OVER (PARTITION BY label) AS size
      FROM (${cells})
      GROUP BY label, cohort, col`,
    plan,
    statement,
  )})
  GROUP BY kind, value, cohort, col`
}

/** Actors of some group, `actor`, as cells have them. Throws a QueryRefusal. */
export function cellsOfGroup(
  plan: RetentionPlan,
  statement: Statement,
  group: RetentionSelection['breakdown'],
): string {
  if (plan.cohorts) {
    const lines = group ? [selectedLine(plan.cohorts, group)] : plan.cohorts
    const cells = lines.map(
      (line) => `SELECT actor, cohort, col
      FROM (${cellsSql(planOf(plan, line), statement)})`,
    )
    return `SELECT DISTINCT actor, cohort, col FROM (${cells.join('\n    UNION ALL ')})`
  }
  const cells = cellsSql(plan, statement)
  if (!group) return cells
  const { length } = plan.query.breakdowns
  if (length === 0) {
    throw refusal('select.breakdown', 'cannot be chosen: the query has no breakdowns')
  }
  if (group.kind === 'other') {
    const sized = `SELECT *, countIf(col = 0) OVER (PARTITION BY label) AS size FROM (${cells})`
    return `SELECT * FROM (${ranked(sized, plan, statement)}) WHERE kind = 'other'`
  }
  if (group.kind === 'none') return `SELECT * FROM (${cells}) WHERE ${IS_NONE}`
  if (group.values.length !== length) {
    throw refusal('select.breakdown.values', `must be ${length}, one for each breakdown`)
  }
  const texts = group.values.map((value) => value ?? '')
  const values = statement.add('Array(String)', texts)
  const label = length === 1 ? `${values}[1]` : `toJSONString(${values})`
  return `SELECT * FROM (${cells}) WHERE label = ${label}`
}

const planOf = (plan: RetentionPlan, line: CohortLine): RetentionPlan => ({
  ...plan,
  query: onLine(plan.query, line),
  cohorts: null,
})

/** An actor belongs to one label of a cohort: sums over labels count nobody twice. */
function ranked(sized: string, { query }: RetentionPlan, statement: Statement): string {
  const limit = statement.add('UInt32', query.breakdown_limit)
  return `SELECT *, multiIf(${IS_NONE}, 'none', place <= ${limit}, 'value', 'other') AS kind
    FROM (
      SELECT *, dense_rank() OVER (ORDER BY ${IS_NONE} ASC, size DESC, label ASC) AS place
      FROM (${sized}))`
}

const IS_NONE = `label = ''`

const refusal = (field: string, reason: string) =>
  new QueryRefusal('invalid_query', `${field} ${reason}`, { field })
