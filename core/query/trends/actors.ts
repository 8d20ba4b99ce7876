import type { TrendsSelection } from '@headwater/schemas/insights/trends'
import { actorSql } from '../actor.ts'
import { bucketLabels } from '../buckets.ts'
import { onLine, selectedLine } from '../cohort/lines.ts'
import type { Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { ActorsSql } from '../insight.ts'
import { eventsOf, seriesAt } from '../selector.ts'
import { HAS_SESSION } from '../sessions/definition.ts'
import { Statement } from '../statement.ts'
import { IS_NUMBER, numberSql } from './amounts.ts'
import {
  hasValues,
  isNotAmong,
  lineSplit,
  NONE_LINE,
  OTHER_LINE,
  type SplitPlan,
} from './breakdown.ts'
import { firstRows } from './firsts.ts'
import { methodOf } from './measure.ts'
import type { Period, TrendsPlan } from './plan.ts'
import { readRange, windowsOf } from './rolling.ts'
import { eventRows, knownConditions, type Slice, sliceOf, unitSql } from './slice.ts'
import { topSql } from './unknowns.ts'

/** Who has an event that counts in a bucket, or in the whole range, of a line. */
export function actorsBehind(plan: TrendsPlan, selection: TrendsSelection): ActorsSql {
  if (plan.cohorts) {
    const query = onLine(plan.query, selectedLine(plan.cohorts, selection.breakdown))
    return actorsBehind({ ...plan, query, cohorts: null }, { ...selection, breakdown: null })
  }
  seriesAt(plan.query.series, selection.series)
  const period = plan.periods.findIndex(({ name }) => name === selection.period)
  const chosen = plan.periods[period]
  if (!chosen) throw refusal('period', `there is no earlier time without compare`)
  const place = bucketAt(plan, chosen, selection.bucket)
  const breakdown = checkedBreakdown(plan, selection)
  const statement = new Statement(plan.query.project)
  const split = lineSplit(plan, statement)
  const slice = sliceOf(plan, statement, selection.series, period, split, null)
  // A value that is no longer among the top ones has its actors all the same.
  const isOnLine = breakdown ? lineCondition(plan, breakdown, statement) : '1'
  const named = {
    ...slice,
    split: { ...split, keys: [...split.keys, ...(breakdown ? ['label'] : [])] },
  }
  return {
    statement,
    text: `SELECT DISTINCT actor FROM (${actorRows(named, place)})
    WHERE ${isOnLine}`,
  }
}

/** SQL of rows with the slice's keys and an `actor`. */
function actorRows(slice: Slice, place: number | null): string {
  const { plan, series, period, statement } = slice
  const method = methodOf(series)
  const range = rangeOf(slice, place)
  // A session is the one that the number was made of, also when only a part of its time is looked at.
  statement.reads({ ...plan.query, ...readRange(slice), events: eventsOf([series]) })
  if (method === 'firsts') {
    const first = { ...slice, period: { ...period, ...range } }
    return `SELECT *, unit AS actor FROM (${firstRows(first)})`
  }
  const actor = actorSql(plan.query.actor, statement)
  const isOfNumbers = method === 'numbers' || method === 'session_numbers'
  const conditions = [
    ...knownConditions(actor),
    ...(method === 'uniques' ? knownConditions(unitSql(slice)) : []),
    ...(method.startsWith('session_') ? [HAS_SESSION] : []),
    ...(isOfNumbers ? [IS_NUMBER] : []),
  ]
  const number = isOfNumbers ? [`${numberSql(slice)} AS number`] : []
  return eventRows(slice, range, [`${actor.id} AS actor`, ...number], conditions)
}

/** The time whose events count in a bucket; in the whole range when there is no place. */
function rangeOf(slice: Slice, place: number | null): Range {
  const { period, plan, series } = slice
  if (methodOf(series) === 'rolling') {
    return windowsOf(slice).at(place ?? -1) ?? period
  }
  if (place === null) return period
  const bucket = {
    from: period.starts[place] ?? period.from,
    to: period.starts[place + 1] ?? period.to,
  }
  return plan.query.cumulative ? { from: period.from, to: bucket.to } : bucket
}

function bucketAt(plan: TrendsPlan, { starts }: Period, label: string | null): number | null {
  if (label === null) return null
  const place = bucketLabels(plan.query.time_zone, starts).indexOf(label)
  if (place !== -1) return place
  throw refusal('bucket', 'must be one of the answer’s buckets, or null for the whole range')
}

/** Throws a QueryRefusal when the question has no such line. */
export function checkedBreakdown(
  plan: Pick<SplitPlan, 'query'>,
  { breakdown }: Pick<TrendsSelection, 'breakdown'>,
) {
  const count = plan.query.breakdowns.length
  if (count === 0 && breakdown === null) return null
  if (count === 0) throw refusal('breakdown', 'must be null: the question has no breakdowns')
  if (breakdown === null) throw refusal('breakdown', 'is required: the question has breakdowns')
  if (breakdown.kind === 'value' && breakdown.values.length !== count) {
    throw refusal('breakdown.values', `must be ${count}: one per breakdown of the question`)
  }
  return breakdown
}

function lineCondition(
  plan: TrendsPlan,
  { kind, values }: NonNullable<TrendsSelection['breakdown']>,
  statement: Statement,
): string {
  if (kind === 'none') return `line = ${NONE_LINE}`
  if (kind === 'value') {
    return hasValues(
      values.map((text) => text ?? ''),
      statement,
    )
  }
  // Where all values were read at once, nobody has asked which are the top ones.
  const others =
    plan.top === null
      ? ` AND ${isNotAmong(
          statement.apart(() => topSql(plan, statement)),
          plan,
        )}`
      : ''
  return `line = ${OTHER_LINE}${others}`
}

const refusal = (field: string, problem: string) =>
  new QueryRefusal('invalid_query', `select.${field} ${problem}`, { field: `select.${field}` })
