import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { StickinessQuery, StickinessResult } from '@headwater/schemas/insights/stickiness'
import { MAX_EVENTS_IN_TREND } from './choices.ts'
import { askedFields } from './page-question.ts'
import {
  commonParams,
  type Defaults,
  isName,
  oneOf,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
  wholeNumber,
} from './url-reader.ts'

export type CriterionOperator = StickinessQuery['criterion']['operator']

export const CRITERION_OPERATORS: Record<CriterionOperator, string> = {
  gte: 'at least',
  lte: 'at most',
  is: 'exactly',
}

export const STICKINESS_COUNTS = {
  exact: 'In exactly so many',
  cumulative: 'In at least so many',
} as const

export const STICKINESS_BARS = { count: 'Persons', share: 'Share' } as const
export type StickinessBars = keyof typeof STICKINESS_BARS

/** As many as there are colours. */
const BREAKDOWN_LIMIT = 8

export interface StickinessQuestion extends RangeQuestion {
  events: string[]
  operator: CriterionOperator
  /** Events that the operator asks of an interval. */
  times: number
  cumulative: boolean
  include_bots: boolean
  bars: StickinessBars
}

export function readStickiness(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<StickinessQuestion> {
  const read = reader(params)
  const question: StickinessQuestion = {
    ...readCommon(read, defaults),
    events: read.all('event', isName, ['$pageview'], MAX_EVENTS_IN_TREND),
    operator: read.one('operator', oneOf(CRITERION_OPERATORS), 'gte'),
    times: read.one('times', wholeNumber, 1),
    cumulative: read.one('cumulative', readBoolean, false),
    include_bots: read.one('include_bots', readBoolean, false),
    bars: read.one('bars', oneOf(STICKINESS_BARS), 'count'),
  }
  return { question, ignored: read.ignored }
}

export function writeStickiness(question: StickinessQuestion): URLSearchParams {
  const params = new URLSearchParams(question.events.map((event) => ['event', event]))
  if (question.operator !== 'gte') params.set('operator', question.operator)
  if (question.times > 1) params.set('times', String(question.times))
  if (question.cumulative) params.set('cumulative', 'true')
  if (question.include_bots) params.set('include_bots', 'true')
  if (question.bars !== 'count') params.set('bars', question.bars)
  for (const [name, value] of commonParams(question)) params.set(name, value)
  return params
}

/** The question as POST /api/query takes it, everything filled in. */
export function stickinessQuery(
  question: StickinessQuestion,
): Extract<AskedInsight, { kind: 'stickiness' }> {
  const { events, interval, operator, times, cumulative, breakdown } = question
  return {
    kind: 'stickiness',
    ...askedFields(question),
    actor: 'person',
    include_sql: false,
    ...{ interval, cumulative },
    series: events.map((event) => ({ event, filters: [] })),
    criterion: { operator, value: times },
    breakdowns: breakdown ? [{ property: breakdown }] : [],
    breakdown_limit: BREAKDOWN_LIMIT,
  }
}

/** How many were active in any interval. */
export function everActive(
  { counts }: StickinessResult['series'][number],
  cumulative: boolean,
): number {
  return cumulative ? (counts[0] ?? 0) : counts.reduce((sum, count) => sum + count, 0)
}
