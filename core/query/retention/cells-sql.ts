import { bucketPlace } from '../bucket-place.ts'
import type { Statement } from '../statement.ts'
import { actorsSql } from './actors-sql.ts'
import { alikeSql } from './alike-sql.ts'
import { firstsSql } from './firsts-sql.ts'
import { isPlain, isSet, type RetentionPlan, spanOf } from './plan.ts'

/** As cellsSql, but `actors` in place of `actor`; of a plan that areAlike. */
export const alikeCells = (plan: RetentionPlan, statement: Statement): string =>
  countedCells(plan, statement, {
    who: 'actors',
    rows: isPlain(plan) ? alikeSql(plan, statement) : firstsSql(plan, statement),
  })

/**
 * Columns `actor`, `cohort`, `label` and `col`: each column that an actor counts in, its cohort's own
 * among them; where a property is added up also `total`, and how many `numbers` that has.
 */
export const cellsSql = (plan: RetentionPlan, statement: Statement): string =>
  plan.query.aggregate
    ? summedCells(plan, statement)
    : countedCells(plan, statement, { who: 'actor', rows: actorsSql(plan, statement) })

/** Rows with the arrays of actorsSql, and of whom they are. */
interface Counted {
  who: 'actor' | 'actors'
  rows: string
}

function countedCells(plan: RetentionPlan, statement: Statement, counted: Counted): string {
  const { who } = counted
  const { minimum_occurrences: minimum, brackets, cumulative } = plan.query
  const { period, column } = columnSql(plan, statement)
  const enough =
    minimum === 1
      ? 'every'
      : `arrayFilter(col -> countEqual(every, col) >= ${statement.add('Int64', minimum)}, every)`
  // What is counted up to a last column is known by that column.
  const reached = cumulative ? `[arrayMax(arrayPushFront(${enough}, 0))]` : enough
  // Of column 0 everybody is, returned or not.
  const all = `arrayPushFront(${reached}, 0)`
  // Buckets are a set already; looking for doubles in it took a third of the whole time.
  const areDistinct = isSet(plan) && !brackets && !cumulative
  return `SELECT ${who}, cohort, label, arrayJoin(${areDistinct ? all : `arrayDistinct(${all})`}) AS col
    FROM (
      SELECT ${who}, cohort, label, arrayMap(period -> ${column},
        arrayFilter(period -> period > 0 AND period < ${spanOf(plan.columns)},
          arrayMap(at -> ${period}, returned))) AS every
      FROM (${startsSql(counted)}))`
}

function summedCells(plan: RetentionPlan, statement: Statement): string {
  const { period, column } = columnSql(plan, statement)
  // The cohort's own column is there without any return in it.
  const own = `(${plan.windowMs === null ? 'cohort' : 'began'}, toFloat64(0), toUInt8(0), toUInt8(0))`
  const events = `arrayPushFront(
          arrayMap(one -> (one.1, one.2, one.3, toUInt8(1)), returned), ${own})`
  return `SELECT actor, cohort, label, ${column} AS col, sum(value) AS total, sum(is_number) AS numbers
    FROM (
      SELECT actor, cohort, label, event.1 AS at, event.2 AS value, event.3 AS is_number,
        event.4 AS is_event, ${period} AS period
      FROM (SELECT *, ${events} AS events FROM (${startsSql({ who: 'actor', rows: actorsSql(plan, statement) })}))
      ARRAY JOIN events AS event)
    WHERE period >= 0 AND period < ${spanOf(plan.columns)}
    GROUP BY actor, cohort, label, col
    HAVING col = 0 OR sum(is_event) >= ${statement.add('Int64', plan.query.minimum_occurrences)}`
}

/** One row for each start. */
const startsSql = ({ who, rows }: Counted): string =>
  `SELECT ${who}, start.1 AS cohort, start.2 AS began, start.3 AS label, returned
      FROM (${rows})
      ARRAY JOIN started AS start`

/** SQL of the period of a return, from where it lies, `at`, and of the column of a period. */
function columnSql({ query, columns, windowMs }: RetentionPlan, statement: Statement) {
  const firsts = columns.map(({ first }) => first)
  return {
    period:
      windowMs === null
        ? 'at - cohort'
        : `if(at >= began, intDiv(at - began, ${statement.add('Int64', windowMs)}), -1)`,
    column: query.brackets ? `toInt64(${bucketPlace(firsts, statement, 'period')})` : 'period',
  }
}
