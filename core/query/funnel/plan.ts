import type { BrokenDownFunnel, FunnelQuestion } from '@headwater/schemas/insights/funnel'
import { checkCohorts } from '../cohort/lines.ts'
import type { Range } from '../date-range.ts'
import { MAX_INSTANT_MS } from '../events-read.ts'
import type { Moment } from '../insight.ts'
import { spanMs } from '../span.ts'
import type { KeyLayout } from './ticks.ts'

const DAY_MS = 86_400_000
/** Whether a window has ended is decided to the minute, so that equal questions have equal answers. */
const HORIZON_STEP_MS = 60_000
/** Longer than the store's time column reaches. */
const MAX_WINDOW_MS = 330 * 365 * DAY_MS

export interface FunnelPlan<Query extends FunnelQuestion = FunnelQuestion> extends Range {
  query: Query
  windowMs: number
  /** Up to when everything is known, ms: a window that ends later is open. */
  horizon: number
  /** How events are kept; null while it is not known how great their sequences are. */
  keys: KeyLayout | null
}

/** Decides window and horizon. Actors may enter within the range. Throws a QueryRefusal. */
export function planFunnel<Query extends FunnelQuestion & Partial<BrokenDownFunnel>>(
  query: Query,
  { now, completeUntil }: Pick<Moment, 'now' | 'completeUntil'>,
  { from, to }: Range,
): FunnelPlan<Query> {
  checkCohorts({ project: query.project, breakdowns: query.breakdowns ?? [] })
  const known = Math.min(now, completeUntil ?? now)
  return {
    query,
    from,
    to,
    windowMs: Math.min(spanMs(query.window), MAX_WINDOW_MS),
    horizon: Math.floor(known / HORIZON_STEP_MS) * HORIZON_STEP_MS,
    keys: null,
  }
}

/** The last moment that is read, ms. */
export const lastReadOf = ({ to, windowMs }: Pick<FunnelPlan, 'to' | 'windowMs'>): number =>
  Math.min(to + windowMs, MAX_INSTANT_MS)

/** The steps that may not be skipped, from 1. */
export const requiredSteps = ({ steps }: Pick<FunnelQuestion, 'steps'>): number[] =>
  steps.flatMap(({ optional }, place) => (optional ? [] : [place + 1]))

/** The required step before a step, from 1; 0 before the first one. */
export const requiredBefore = (query: Pick<FunnelQuestion, 'steps'>, step: number): number =>
  requiredSteps(query).findLast((required) => required < step) ?? 0

/** Whether every step is to be done, one after the other, and only time can end an attempt. */
export const isPlain = ({ order, steps, exclusions }: FunnelQuestion): boolean =>
  order === 'ordered' && exclusions.length === 0 && steps.every(({ optional }) => !optional)
