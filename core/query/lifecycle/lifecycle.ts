import {
  LIFECYCLE_STATUSES,
  type LifecycleQuery,
  type LifecycleResult,
  LifecycleSelection,
} from '@headwater/schemas/insights/lifecycle'
import type { TimeState } from '@headwater/schemas/insights/time-state'
import { bucketLabels, endOf, limitedStarts, startOf } from '../buckets.ts'
import { questionRange } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Answer, Insight, Moment } from '../insight.ts'
import { Statement } from '../statement.ts'
import { statusesSql } from './statuses-sql.ts'

export interface LifecyclePlan {
  query: LifecycleQuery
  /** Start of every interval, ms. */
  starts: number[]
  /** Start of the interval before the first one, and end of the last one, ms. */
  before: number
  end: number
  states: TimeState[]
}

/** How many actors have a status in an interval. */
interface LifecycleRow {
  /** Place in LIFECYCLE_STATUSES. */
  status: string
  /** Place of the interval, from 0. */
  bucket: string
  actors: string
}

export const lifecycle: Insight<
  LifecycleQuery,
  LifecyclePlan,
  LifecycleResult,
  LifecycleSelection
> = {
  plan(query, moment) {
    const { from, to } = questionRange(query, moment, query.interval)
    const starts = limitedStarts(query, from, to)
    const [first = from] = starts
    // An interval that is read in part would make those dormant who come in its other part.
    const end = endOf(query, starts.at(-1) ?? from)
    const before = startOf(query, first - 1)
    return { query, starts, before, end, states: statesOf(starts, end, moment) }
  },

  compile(plan) {
    const statement = new Statement(plan.query.project)
    return [
      statement.query(`SELECT status, bucket, count() AS actors
  FROM (${statusesSql(plan, statement)})
  GROUP BY status, bucket`),
    ]
  },

  shape(plan, [rows = []]): Answer<LifecycleResult> {
    const { query, starts, states } = plan
    const found = new Map(
      (rows as LifecycleRow[]).map(({ status, bucket, actors }) => [
        `${status} ${bucket}`,
        Number(actors),
      ]),
    )
    const cellOf = (status: number, bucket: number) => {
      if (states[bucket] === 'future') return null
      const actors = found.get(`${status} ${bucket}`) ?? 0
      return LIFECYCLE_STATUSES[status] === 'dormant' && actors > 0 ? -actors : actors
    }
    return {
      buckets: bucketLabels(query.time_zone, starts),
      states,
      interval: query.interval,
      series: LIFECYCLE_STATUSES.map((status, place) => ({
        status,
        values: starts.map((_, bucket) => cellOf(place, bucket)),
      })),
    }
  },

  selection: LifecycleSelection,

  actors(plan, { status, bucket }) {
    if (bucket >= plan.starts.length) {
      const message = `select.bucket must be less than ${plan.starts.length}`
      throw new QueryRefusal('invalid_query', message, { field: 'select.bucket' })
    }
    const statement = new Statement(plan.query.project)
    // Senders whose clocks run ahead make events in intervals that are not told yet.
    const told = plan.states[bucket] === 'future' ? '0' : '1'
    const text = `SELECT actor FROM (${statusesSql(plan, statement)})
    WHERE status = ${statement.add('Int64', LIFECYCLE_STATUSES.indexOf(status))}
      AND bucket = ${statement.add('Int64', bucket)} AND ${told}`
    return { statement, text }
  },
}

function statesOf(
  starts: readonly number[],
  end: number,
  { now, completeUntil }: Moment,
): TimeState[] {
  const known = Math.min(now, completeUntil ?? now)
  return starts.map((start, place) => {
    if (start >= now) return 'future'
    return (starts[place + 1] ?? end) > known ? 'incomplete' : 'complete'
  })
}
