import type { PropertyFilter } from '@headwater/schemas/insight'
import type {
  FUNNEL_ATTRIBUTIONS,
  FUNNEL_ORDERS,
  FunnelAttribution,
} from '@headwater/schemas/insights/funnel'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { Actor } from '@headwater/schemas/insights/question'
import {
  type BreakdownQuestion,
  plainBreakdown,
  readBreakdowns,
  writeBreakdowns,
} from './breakdowns.ts'
import { INTERVALS, isKeyOf } from './choices.ts'
import {
  type CorrelationQuestion,
  correlationFields,
  correlationParams,
  readCorrelation,
} from './funnel-correlation.ts'
import { askedFields } from './page-question.ts'
import {
  type Defaults,
  isName,
  isObject,
  oneOf,
  parseList,
  type RangeQuestion,
  type ReadState,
  reader,
  toFilters,
  wholeNumber,
} from './url-reader.ts'
import {
  type FunnelQuestion,
  type FunnelStepQuestion,
  readFunnel,
  writeFunnel,
} from './url-state.ts'

export type FunnelOrder = (typeof FUNNEL_ORDERS)[number]

export const FUNNEL_ORDERED: Record<FunnelOrder, string> = {
  ordered: 'In this order',
  strict: 'In this order, nothing between',
  any: 'In any order',
}

export const FUNNEL_VIEWS = {
  steps: 'Steps',
  time: 'Time to convert',
  trend: 'Conversion over time',
  correlation: 'What goes with it',
} as const
export type FunnelView = keyof typeof FUNNEL_VIEWS

type NamedAttribution = (typeof FUNNEL_ATTRIBUTIONS)[number]

/** Which event tells by its value in which group somebody is, besides that of a certain step. */
export const ATTRIBUTIONS: Record<NamedAttribution, string> = {
  first_touch: 'The first event with a value',
  last_touch: 'The last event with a value',
  all_events: 'Every event, each value a funnel',
}

export type ActorKind = 'person' | 'distinct_id' | 'session' | 'group'

/** Whom a funnel counts, as the headings of numbers have it. */
export const ACTORS: Record<ActorKind, string> = {
  person: 'Persons',
  session: 'Sessions',
  group: 'Groups',
  distinct_id: 'Distinct ids',
}

/** What one of them, and several, are called. */
export const ACTOR_WORDS: Record<ActorKind, readonly [string, string]> = {
  person: ['person', 'persons'],
  session: ['session', 'sessions'],
  group: ['group', 'groups'],
  distinct_id: ['distinct id', 'distinct ids'],
}

export const actorKind = (actor: Actor): ActorKind => (typeof actor === 'object' ? 'group' : actor)

/** What must not happen between two steps, counted from 1. */
export interface FunnelExclusion {
  event: string
  filters: PropertyFilter[]
  from_step: number
  /** Null for the last one, however many there are. */
  to_step: number | null
}

export interface FunnelsQuestion
  extends Omit<FunnelQuestion, 'steps' | 'breakdown'>,
    CorrelationQuestion {
  steps: FunnelStepQuestion[]
  breakdowns: BreakdownQuestion[]
  attribution: FunnelAttribution
  actor: Actor
  order: FunnelOrder
  exclusions: FunnelExclusion[]
  view: FunnelView
  /** Of conversion over time. */
  interval: RangeQuestion['interval']
}

/** As the contract has it. */
export const MAX_EXCLUSIONS = 5

export function readFunnels(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<FunnelsQuestion> {
  const { question: plain, ignored } = readFunnel(params, defaults)
  const { breakdown, ...same } = plain
  const read = reader(params)
  const question: FunnelsQuestion = {
    ...same,
    breakdowns: readBreakdowns(read, breakdown),
    attribution: read.one('attribution', readAttribution, AT_STEP_1),
    actor: read.one('actor', readActor, 'person'),
    order: read.one('order', oneOf(FUNNEL_ORDERED), 'ordered'),
    exclusions: read.one('exclusions', readExclusions, []),
    view: read.one('view', oneOf(FUNNEL_VIEWS), 'steps'),
    // What is wrong with it the plain question has said.
    ...readCorrelation(read),
    interval: reader(params).one('interval', oneOf(INTERVALS), 'day'),
  }
  return { question, ignored: [...ignored, ...read.ignored] }
}

export function writeFunnels(question: FunnelsQuestion): URLSearchParams {
  const { order, exclusions, view, interval, breakdowns, attribution, actor, ...more } = question
  const { correlate: _, except: __, min_actors: ___, ...plain } = more
  const { rest, ...broken } = writeBreakdowns(breakdowns)
  const params = writeFunnel({ ...plain, ...broken })
  for (const [name, value] of rest) params.set(name, value)
  if (typeof attribution === 'string') params.set('attribution', attribution)
  else if (attribution.step !== 1) params.set('attribution', String(attribution.step))
  if (actor !== 'person') {
    params.set('actor', typeof actor === 'object' ? `${GROUP}${actor.group}` : actor)
  }
  if (order !== 'ordered') params.set('order', order)
  if (exclusions.length > 0) {
    params.set('exclusions', JSON.stringify(exclusions.map(shortened)))
  }
  if (view !== 'steps') params.set('view', view)
  if (view === 'trend') params.set('interval', interval)
  if (view === 'correlation') {
    for (const [name, value] of correlationParams(question)) params.append(name, value)
  }
  return params
}

/** The question as `POST /api/funnels` answers it, or null where that knows less than is asked. */
export function plainFunnel(question: FunnelsQuestion): FunnelQuestion | null {
  const { order, exclusions, view, interval: _, breakdowns, attribution, actor, ...more } = question
  const { correlate: __, except: ___, min_actors: ____, ...same } = more
  const breakdown = plainBreakdown(breakdowns)
  if (order !== 'ordered' || exclusions.length > 0 || view !== 'steps') return null
  if (actor !== 'person' || question.steps.some(({ optional }) => optional)) return null
  if (breakdown === undefined) return same
  const isByStep1 = typeof attribution === 'object' && attribution.step === 1
  return breakdown !== null && isByStep1 ? { ...same, breakdown } : null
}

type Asked<Kind extends AskedInsight['kind']> = Extract<AskedInsight, { kind: Kind }>

/** The question as POST /api/query takes it, everything filled in. */
export const funnelQuery = (question: FunnelsQuestion): Asked<'funnel'> => ({
  kind: 'funnel',
  ...funnelFields(question),
})

export const funnelTimeQuery = (question: FunnelsQuestion): Asked<'funnel_time'> => ({
  kind: 'funnel_time',
  ...funnelFields(question),
  from_step: 1,
})

export const funnelTrendQuery = (question: FunnelsQuestion): Asked<'funnel_trend'> => ({
  kind: 'funnel_trend',
  ...funnelFields(question),
  from_step: 1,
  interval: question.interval,
})

/** What goes with converting has no breakdowns. */
export function funnelCorrelationQuery(question: FunnelsQuestion): Asked<'funnel_correlation'> {
  const { breakdowns: _, breakdown_limit: __, attribution: ___, ...funnel } = funnelFields(question)
  return { kind: 'funnel_correlation', ...funnel, ...correlationFields(question) }
}

const QUERIES = {
  steps: funnelQuery,
  time: funnelTimeQuery,
  trend: funnelTrendQuery,
  correlation: funnelCorrelationQuery,
}

/** What the view of the question asks. */
export const funnelsQuery = (question: FunnelsQuestion) => QUERIES[question.view](question)

/** The question after its steps or their order changed: whatever the others no longer allow is put right. */
export function settledFunnel(question: FunnelsQuestion): FunnelsQuestion {
  const { order, exclusions, attribution } = question
  const isAny = order === 'any'
  const last = question.steps.length - 1
  const steps = question.steps.map(
    ({ optional, ...step }, s): FunnelStepQuestion =>
      optional && !isAny && s > 0 && s < last ? { ...step, optional } : step,
  )
  // In any order an exclusion is one of the whole funnel, and only the first step is told apart.
  const isPlace = (step: number) => !isAny && step <= steps.length && !steps[step - 1]?.optional
  return {
    ...question,
    steps,
    exclusions: exclusions.map((one) => ({
      ...one,
      from_step: isPlace(one.from_step) && one.from_step <= last ? one.from_step : 1,
      to_step: one.to_step !== null && isPlace(one.to_step) ? one.to_step : null,
    })),
    attribution:
      typeof attribution === 'object' && attribution.step > (isAny ? 1 : steps.length)
        ? AT_STEP_1
        : attribution,
  }
}

function funnelFields(question: FunnelsQuestion) {
  const { steps, order, exclusions, conversion_window, breakdowns, breakdown_limit } = question
  return {
    ...askedFields(question),
    actor: question.actor,
    include_sql: false,
    steps: steps.map((step) => ({ ...step, optional: step.optional ?? false })),
    ...{ order, breakdown_limit },
    window: conversion_window,
    exclusions: exclusions.map(({ to_step, ...one }) => ({
      ...one,
      ...(to_step !== null && { to_step }),
    })),
    breakdowns: breakdowns.map(withoutBins),
    attribution: question.attribution,
  }
}

const AT_STEP_1 = { step: 1 }
const GROUP = 'group:'

// Funnels know no ranges of numbers.
function withoutBins(breakdown: BreakdownQuestion) {
  if (!('bins' in breakdown)) return breakdown
  const { bins: _, ...rest } = breakdown
  return rest
}

function readAttribution(text: string): FunnelAttribution | null {
  if (isKeyOf(ATTRIBUTIONS, text)) return text
  const step = wholeNumber(text)
  return step === null ? null : { step }
}

function readActor(text: string): Actor | null {
  if (text === 'person' || text === 'session' || text === 'distinct_id') return text
  const group = text.startsWith(GROUP) ? isName(text.slice(GROUP.length)) : null
  return group === null ? null : { group }
}

function shortened({ event, filters, from_step, to_step }: FunnelExclusion) {
  return {
    event,
    ...(filters.length > 0 && { filters }),
    ...(from_step !== 1 && { from_step }),
    ...(to_step !== null && { to_step }),
  }
}

function readExclusions(text: string): FunnelExclusion[] | null {
  const items = parseList(text, MAX_EXCLUSIONS)?.map(toExclusion)
  return items && !items.includes(null) ? (items as FunnelExclusion[]) : null
}

function toExclusion(item: unknown): FunnelExclusion | null {
  if (!isObject(item) || typeof item.event !== 'string' || !isName(item.event)) return null
  const { event, from_step = 1, to_step = null } = item
  const filters = toFilters(item.filters ?? [])
  if (!filters || !isStep(from_step) || !(to_step === null || isStep(to_step))) return null
  return { event, filters, from_step, to_step }
}

const isStep = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0
