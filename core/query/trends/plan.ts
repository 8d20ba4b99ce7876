import type { TimeState } from '@headwater/schemas/insights/time-state'
import { MAP_LIMIT, type PeriodName, type TrendsQuery } from '@headwater/schemas/insights/trends'
import { bucketStates } from '../bucket-states.ts'
import { limitedStarts } from '../buckets.ts'
import { type ByProperties, type CohortLine, takeCohorts } from '../cohort/lines.ts'
import { questionRange, type Range } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import type { Moment } from '../insight.ts'
import type { Bins } from './bins.ts'
import type { TrendsRow } from './compile.ts'
import { earlierRange } from './earlier.ts'
import { type Formula, parseFormula } from './formula.ts'
import { canAccumulate, measuresOf } from './measure.ts'

export interface Period extends Range {
  name: PeriodName
  /** Start of every bucket, ms. */
  starts: number[]
}

/** A question without the cohorts that it is broken down by. */
export type PlannedTrends = ByProperties<TrendsQuery>

export interface TrendsPlan {
  query: PlannedTrends
  /** The lines of a breakdown by cohorts; null without one. */
  cohorts: CohortLine[] | null
  /** How many of the breakdown's values are shown by themselves. */
  limit: number
  /** Whether the range is one bucket. */
  isWhole: boolean
  /** The range that was asked for and, when they are compared, the earlier one. */
  periods: Period[]
  /** Of every bucket of the range that was asked for. */
  states: TimeState[]
  formulas: Formula[]
  /** Ranges of each breakdown that has them, where there are numbers at all; null until they were asked for. */
  bins: (Bins | null)[] | null
  /** How many values a part of the events has; null until it was asked, and where it need not be known. */
  sampled: number | null
  /** Whether every value has a line of its own; null until it was tried, and where it is not. */
  fits: boolean | null
  /** The rows of the answer, where every value has a line of its own. */
  fitting: TrendsRow[][] | null
  /** Values of the lines that are shown by themselves, '' for none; null until they were asked for, and where few values are read at once. */
  top: string[][] | null
}

/** Decides dates, buckets and what is compared with what. Throws a QueryRefusal. */
export function planTrends(asked: TrendsQuery, moment: Moment): TrendsPlan {
  const { query: parted, cohorts } = takeCohorts(asked)
  if (cohorts && asked.display === 'map') throw refuseMap()
  const query = asked.display === 'map' ? byCountry(parted) : parted
  if (query.cumulative) refuseWhatDoesNotAdd(query)
  const formulas = query.formulas.map((text, place) =>
    parseFormula(text, query.series.length, `formulas.${place}`),
  )
  const range = questionRange(query, moment, query.interval)
  const starts = limitedStarts(query, range.from, range.to)
  const isWhole = query.display !== 'time'
  const current = periodOf('current', starts, range, isWhole)
  const periods = [current]
  if (query.compare) {
    const earlier = earlierRange(query, { ...range, buckets: starts.length }, moment.now)
    const before = limitedStarts(query, earlier.from, earlier.to)
    periods.push(periodOf('previous', before, earlier, isWhole))
  }
  const states = bucketStates(current.starts, current, moment)
  const limit = query.display === 'map' ? MAP_LIMIT : query.breakdown_limit
  const hasBins = query.breakdowns.some(({ bins }) => bins !== undefined)
  const bins = hasBins ? null : query.breakdowns.map(() => null)
  return {
    query,
    cohorts,
    limit,
    isWhole,
    periods,
    states,
    formulas,
    bins,
    sampled: null,
    fits: null,
    fitting: null,
    top: null,
  }
}

function periodOf(name: PeriodName, starts: number[], range: Range, isWhole: boolean): Period {
  const from = starts[0] ?? range.from
  return { name, from, to: range.to, starts: isWhole ? [from] : starts }
}

function byCountry(query: PlannedTrends): PlannedTrends {
  const [first, second] = query.breakdowns
  const isCountry = first?.property === '$country' && !first.bins && !second
  if (!first || isCountry) return { ...query, breakdowns: [{ property: '$country' }] }
  throw refuseMap()
}

const refuseMap = (): QueryRefusal =>
  new QueryRefusal('invalid_query', 'a map is broken down by $country', {
    field: 'breakdowns',
    allowed: ['$country'],
  })

function refuseWhatDoesNotAdd({ series }: PlannedTrends): void {
  const place = series.findIndex((one) => !canAccumulate(one))
  if (place === -1) return
  throw new QueryRefusal(
    'invalid_query',
    `cumulative does not go with measure ${series[place]?.measure}`,
    { field: `series.${place}.measure`, allowed: measuresOf(canAccumulate) },
  )
}
