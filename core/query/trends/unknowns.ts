import type { Query } from '../../store/store.ts'
import { Statement } from '../statement.ts'
import { seriesSql } from './amounts.ts'
import { binsBetween } from './bins.ts'
import { propertyOf, textSplit } from './breakdown.ts'
import { compileFitting, endsSoon, learnFitting, mayFit } from './fitting-lines.ts'
import { emptyAmount } from './measure.ts'
import type { TrendsPlan } from './plan.ts'
import {
  compileSample,
  hasFewValues,
  hasMoreThanLines,
  needsSample,
  sampledValues,
} from './ranked-lines.ts'
import { readRange } from './rolling.ts'
import { eventScope, NO_SPLIT, seriesCondition, sliceOf } from './slice.ts'

// The ranges of numbers and the top values are the same on every series' lines and in every period, so
// they are asked for once, before the amounts; unless one reading makes them all.

// The last digits of sums and means depend on the order of the rows: totals that differ only there are
// equal, so that the order of lines is the same whenever it is asked for.
const RANK = 'round(toFloat64(amount), 9)'

/** Of the breakdowns with ranges, in order. */
interface EdgesRow {
  low: (number | null)[]
  high: (number | null)[]
}
interface TopRow {
  labels: string[]
}

/** What has to be asked before the plan is whole; nothing when it is. */
export function unknownsOf(plan: TrendsPlan): Query[] {
  switch (nextOf(plan)) {
    case 'edges':
      return [compileEdges(plan)]
    case 'fitting':
      return compileFitting(plan)
    case 'sample':
      return compileSample(plan)
    case 'top':
      return [compileTop(plan)]
    case null:
      return []
  }
}

/** The plan with what was asked. */
export function learn(plan: TrendsPlan, rows: readonly unknown[][]): TrendsPlan {
  switch (nextOf(plan)) {
    case 'edges':
      return learnEdges(plan, rows)
    case 'fitting':
      return learnFitting(plan, rows)
    case 'sample':
      return { ...plan, sampled: sampledValues(rows) }
    case 'top':
      return { ...plan, top: ((rows[0] ?? []) as TopRow[]).map(({ labels }) => labels) }
    case null:
      return plan
  }
}

/** What is asked next; null when all is known. */
function nextOf(plan: TrendsPlan): 'edges' | 'fitting' | 'sample' | 'top' | null {
  if (plan.query.breakdowns.length === 0 || plan.top !== null) return null
  if (plan.bins === null) return 'edges'
  if (mayFit(plan) && endsSoon(plan)) return 'fitting'
  if (needsSample(plan)) return 'sample'
  if (mayFit(plan) && !hasMoreThanLines(plan)) return 'fitting'
  return hasFewValues(plan) ? null : 'top'
}

function learnEdges(plan: TrendsPlan, rows: readonly unknown[][]): TrendsPlan {
  const [edges] = (rows[0] ?? []) as EdgesRow[]
  let ranged = 0
  const bins = plan.query.breakdowns.map(({ bins: count }) => {
    if (count === undefined) return null
    const [low, high] = [edges?.low[ranged] ?? null, edges?.high[ranged] ?? null]
    ranged++
    return low === null || high === null ? null : binsBetween(low, high, count)
  })
  return { ...plan, bins }
}

/** The smallest and the largest number of all events that any series reads. */
function compileEdges(plan: TrendsPlan): Query {
  const statement = new Statement(plan.query.project)
  const events = plan.query.series.flatMap((_, series) =>
    plan.periods.map((_, period) => {
      const slice = sliceOf(plan, statement, series, period, NO_SPLIT, null)
      return `(${eventScope(slice, readRange(slice))} AND ${seriesCondition(slice)})`
    }),
  )
  const numbers = plan.query.breakdowns.flatMap((breakdown, place) =>
    breakdown.bins === undefined
      ? []
      : [`toFloat64OrNull(${propertyOf(breakdown, place, statement)})`],
  )
  const of = (aggregate: string) =>
    numbers.map((_, at) => `${aggregate}If(number${at}, isFinite(number${at}))`).join(', ')
  return statement.query(`SELECT [${of('minOrNull')}] AS low, [${of('maxOrNull')}] AS high
  FROM (
    SELECT ${numbers.map((number, at) => `${number} AS number${at}`).join(', ')}
    FROM events
    WHERE ${events.join('\n    OR ')})`)
}

function compileTop(plan: TrendsPlan): Query {
  const statement = new Statement(plan.query.project)
  return statement.query(topSql(plan, statement))
}

/**
 * SQL of the values with the largest total of the first series in the range that was asked for, then of the
 * second, and so on, then in the order of their texts.
 */
export function topSql(plan: TrendsPlan, statement: Statement): string {
  const { series } = plan.query
  const split = textSplit(plan, statement)
  const totals = series.map((_, place) => {
    const ranks = series.map((_, at) => `${at === place ? RANK : 'NULL'} AS rank${at}`)
    const slice = sliceOf(plan, statement, place, 0, split, null)
    return `SELECT labels, ${ranks.join(', ')} FROM (${seriesSql(slice)})`
  })
  // A value that a series does not have stands where the answer's total of it does.
  const order = series.map((one, at) =>
    emptyAmount(one) === 0 ? `ifNull(max(rank${at}), 0) DESC` : `max(rank${at}) DESC NULLS LAST`,
  )
  return `SELECT labels
  FROM (${totals.join('\n  UNION ALL ')})
  WHERE arrayExists(text -> text != '', labels)
  GROUP BY labels
  ORDER BY ${[...order, 'labels ASC'].join(', ')}
  LIMIT ${statement.add('UInt32', plan.limit)}`
}
