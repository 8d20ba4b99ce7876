import { MAX_RETENTION_PERIODS, type RetentionQuery } from '@headwater/schemas/insights/retention'
import { bucketStarts, limitedStarts } from '../buckets.ts'
import { type ByProperties, type CohortLine, takeCohorts } from '../cohort/lines.ts'
import { questionRange, type Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Moment } from '../insight.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONGEST_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 31 * DAY_MS }
/** Lengths of windows from an actor's own start; months have none. */
const WINDOW_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS }
/** Cells of an answer, over all of its groups. */
const MAX_CELLS = 200_000

/** A question without the cohorts that it is broken down by. */
export type PlannedRetention = ByProperties<RetentionQuery>

export interface RetentionPlan extends Range {
  query: PlannedRetention
  /** The groups of a breakdown by cohorts; null without one. */
  cohorts: CohortLine[] | null
  /** How many cohorts there are. */
  rows: number
  /** Start of every period from the first cohort's to the last one's last, and the end of that, ms. */
  bounds: number[]
  columns: Column[]
  /** Length of every period from an actor's own start, ms; null for the calendar's. */
  windowMs: number | null
  /** Where the last return event that can count lies before, ms. */
  end: number
  now: number
  /** Up to when everything is known, ms: what ends later may still change. */
  known: number
}

/** The periods after the start that it holds, both included. */
export interface Column {
  first: number
  last: number
}

/** Decides cohorts, columns and windows. Throws a QueryRefusal. */
export function planRetention(asked: RetentionQuery, moment: Moment): RetentionPlan {
  const { query, cohorts } = takeCohorts(asked)
  refuseContradictions(query)
  const { from, to } = questionRange(query, moment, query.interval)
  const rows = limitedStarts(query, from, to).length
  const columns = columnsOf(query, rows)
  const span = spanOf(columns)
  refuseTooMany({ query, cohorts }, rows, span, columns.length)
  const bounds = boundsOf(query, from, rows + span)
  const windowMs = windowOf(query)
  const last = windowMs === null ? (bounds.at(-1) ?? to) : to + span * windowMs
  const { now, completeUntil } = moment
  return {
    query,
    cohorts,
    from: bounds[0] ?? from,
    to,
    rows,
    bounds,
    columns,
    windowMs,
    end: last,
    now,
    known: Math.min(now, completeUntil ?? now),
  }
}

/** Whether of starts only their cohorts matter, not which event was the first. */
export const isPlain = ({ query, windowMs }: RetentionPlan): boolean =>
  windowMs === null && query.breakdowns.length === 0 && query.mode !== 'first_ever'

/** Whether of returns only their buckets matter, not how many there are in one. */
export const isSet = ({ query, windowMs }: RetentionPlan): boolean =>
  windowMs === null && query.minimum_occurrences === 1 && !query.aggregate

/** Whether actors can be counted by what they have in common, without a row for each. */
export const areAlike = (plan: RetentionPlan): boolean =>
  isSet(plan) && (isPlain(plan) || plan.query.mode !== 'recurring')

/** How many periods the columns hold. */
export const spanOf = (columns: readonly Column[]): number => (columns.at(-1)?.last ?? 0) + 1

function columnsOf({ brackets, periods }: PlannedRetention, rows: number): Column[] {
  const sizes = brackets ?? Array.from({ length: (periods ?? rows) - 1 }, () => 1)
  const columns = [{ first: 0, last: 0 }]
  for (const size of sizes) {
    const first = spanOf(columns)
    columns.push({ first, last: first + size - 1 })
  }
  return columns
}

function boundsOf(query: PlannedRetention, from: number, count: number): number[] {
  // Clocks that change make days and months longer than their multiple by a day at most.
  const far = from + (count + 1) * LONGEST_MS[query.interval] + 2 * DAY_MS
  return bucketStarts(query, from, far).slice(0, count)
}

function windowOf({ windows, interval }: RetentionQuery): number | null {
  if (windows === 'calendar') return null
  if (interval !== 'month') return WINDOW_MS[interval]
  throw refusal('interval', 'must have an even length to be counted from each start', [
    ...Object.keys(WINDOW_MS),
  ])
}

function refuseContradictions(query: PlannedRetention): void {
  if (query.brackets && query.periods !== undefined) {
    throw refusal('periods', 'cannot be given together with brackets')
  }
  if (!query.cumulative) return
  if (query.windows === 'from_start') {
    throw refusal('windows', 'must be calendar when cumulative is set', ['calendar'])
  }
  if (query.aggregate) throw refusal('aggregate', 'cannot be cumulative')
}

function refuseTooMany(
  { query, cohorts }: Pick<RetentionPlan, 'query' | 'cohorts'>,
  rows: number,
  span: number,
  columns: number,
): void {
  if (rows > MAX_RETENTION_PERIODS) {
    throw refusal('interval', `must be longer: there are more than ${MAX_RETENTION_PERIODS} rows`)
  }
  if (span > MAX_RETENTION_PERIODS) {
    throw refusal('brackets', `must hold at most ${MAX_RETENTION_PERIODS} periods`)
  }
  const values = query.breakdowns.length === 0 ? 1 : query.breakdown_limit + 2
  const groups = cohorts?.length ?? values
  if (rows * columns * groups > MAX_CELLS) {
    throw refusal('periods', `must be fewer: the answer has more than ${MAX_CELLS} cells`)
  }
}

const refusal = (field: string, reason: string, allowed?: string[]) =>
  new QueryRefusal('invalid_query', `${field} ${reason}`, { field, ...(allowed && { allowed }) })
