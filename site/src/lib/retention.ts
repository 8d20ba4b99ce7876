import type { Interval } from '@headwater/schemas/insight'
import type { RetentionQuery } from '@headwater/schemas/insights/retention'
import type { InsightInputOf } from './api.ts'
import { isKeyOf } from './choices.ts'
import { askedFields } from './page-question.ts'
import {
  commonParams,
  type Defaults,
  isName,
  oneOf,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  reader,
  readShared,
  wholeNumber,
} from './url-reader.ts'

export type RetentionInterval = RetentionQuery['interval']
export type RetentionMode = RetentionQuery['mode']
export type RetentionWindows = RetentionQuery['windows']

export const RETENTION_INTERVALS: Record<RetentionInterval, string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
}

export const RETENTION_MODES: Record<RetentionMode, string> = {
  recurring: 'Each time',
  first_time: 'The first time that passes the filters',
  first_ever: 'The first time ever',
}

export const RETENTION_WINDOWS: Record<RetentionWindows, string> = {
  calendar: 'The calendar',
  from_start: "Each person's own start",
}

export const RETENTION_COUNTS = {
  each: 'In each period they return',
  cumulative: 'Up to their last return',
} as const

export const RETENTION_CELLS = { share: 'Share', count: 'Persons' } as const
export type RetentionCells = keyof typeof RETENTION_CELLS

/** As many as there are colours. */
const BREAKDOWN_LIMIT = 8

export interface RetentionQuestion extends Omit<RangeQuestion, 'interval'> {
  interval: RetentionInterval
  start: string
  return: string
  mode: RetentionMode
  /** Null for as many as there are rows. */
  periods: number | null
  windows: RetentionWindows
  minimum_occurrences: number
  cumulative: boolean
  include_bots: boolean
  /** What is written in the cells. */
  cells: RetentionCells
}

export function readRetention(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<RetentionQuestion> {
  const read = reader(params)
  const question: RetentionQuestion = {
    ...readShared(read, defaults),
    interval: read.one('interval', oneOf(RETENTION_INTERVALS), 'day'),
    start: read.one('start', isName, '$pageview'),
    return: read.one('return', isName, '$pageview'),
    mode: read.one('mode', oneOf(RETENTION_MODES), 'recurring'),
    periods: read.one<number | null>('periods', wholeNumber, null),
    windows: read.one('windows', oneOf(RETENTION_WINDOWS), 'calendar'),
    minimum_occurrences: read.one('minimum_occurrences', wholeNumber, 1),
    cumulative: read.one('cumulative', readBoolean, false),
    include_bots: read.one('include_bots', readBoolean, false),
    cells: read.one('cells', oneOf(RETENTION_CELLS), 'share'),
  }
  return { question, ignored: read.ignored }
}

export function writeRetention(question: RetentionQuestion): URLSearchParams {
  const params = new URLSearchParams({
    start: question.start,
    return: question.return,
    mode: question.mode,
  })
  if (question.periods !== null) params.set('periods', String(question.periods))
  if (question.windows !== 'calendar') params.set('windows', question.windows)
  if (question.minimum_occurrences > 1) {
    params.set('minimum_occurrences', String(question.minimum_occurrences))
  }
  if (question.cumulative) params.set('cumulative', 'true')
  if (question.include_bots) params.set('include_bots', 'true')
  if (question.cells !== 'share') params.set('cells', question.cells)
  for (const [name, value] of commonParams(question)) params.set(name, value)
  return params
}

export function retentionQuery(question: RetentionQuestion): InsightInputOf<'retention'> {
  const { interval, mode, windows, minimum_occurrences, cumulative, periods, breakdown } = question
  return {
    kind: 'retention',
    ...askedFields(question),
    start: { event: question.start },
    return: { event: question.return },
    ...{ interval, mode, windows, minimum_occurrences, cumulative },
    ...(periods !== null && { periods }),
    breakdowns: breakdown ? [{ property: breakdown }] : [],
    breakdown_limit: BREAKDOWN_LIMIT,
  }
}

/** The interval of a preset of dates, where retention has none so short or long. */
export function retentionInterval(interval: Interval): RetentionInterval {
  if (isKeyOf(RETENTION_INTERVALS, interval)) return interval
  return interval === 'minute' ? 'hour' : 'month'
}
