import type { PropertyFilter } from '@headwater/schemas/insight'
import type { FUNNEL_ORDERS } from '@headwater/schemas/insights/funnel'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import { INTERVALS } from './choices.ts'
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
} from './url-reader.ts'
import { type FunnelQuestion, readFunnel, writeFunnel } from './url-state.ts'

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
} as const
export type FunnelView = keyof typeof FUNNEL_VIEWS

/** What must not happen between two steps, counted from 1. */
export interface FunnelExclusion {
  event: string
  filters: PropertyFilter[]
  from_step: number
  /** Null for the last one, however many there are. */
  to_step: number | null
}

export interface FunnelsQuestion extends FunnelQuestion {
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
  const plain = readFunnel(params, defaults)
  const read = reader(params)
  const question: FunnelsQuestion = {
    ...plain.question,
    order: read.one('order', oneOf(FUNNEL_ORDERED), 'ordered'),
    exclusions: read.one('exclusions', readExclusions, []),
    view: read.one('view', oneOf(FUNNEL_VIEWS), 'steps'),
    // What is wrong with it the plain question has said.
    interval: reader(params).one('interval', oneOf(INTERVALS), 'day'),
  }
  return { question, ignored: [...plain.ignored, ...read.ignored] }
}

export function writeFunnels(question: FunnelsQuestion): URLSearchParams {
  const { order, exclusions, view, interval, ...plain } = question
  const params = writeFunnel(plain)
  if (order !== 'ordered') params.set('order', order)
  if (exclusions.length > 0) {
    params.set('exclusions', JSON.stringify(exclusions.map(shortened)))
  }
  if (view !== 'steps') params.set('view', view)
  if (view === 'trend') params.set('interval', interval)
  return params
}

/** The question as `POST /api/funnels` answers it, or null where that knows less than is asked. */
export function plainFunnel(question: FunnelsQuestion): FunnelQuestion | null {
  const { order, exclusions, view, interval: _, ...plain } = question
  return order === 'ordered' && exclusions.length === 0 && view === 'steps' ? plain : null
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

const QUERIES = { steps: funnelQuery, time: funnelTimeQuery, trend: funnelTrendQuery }

/** What the view of the question asks. */
export const funnelsQuery = (question: FunnelsQuestion) => QUERIES[question.view](question)

/** As the funnel of a project with fewer steps has them. */
export function keptExclusions(
  exclusions: readonly FunnelExclusion[],
  steps: number,
): FunnelExclusion[] {
  return exclusions.map((one) => ({
    ...one,
    from_step: one.from_step < steps ? one.from_step : 1,
    to_step: one.to_step !== null && one.to_step <= steps ? one.to_step : null,
  }))
}

function funnelFields(question: FunnelsQuestion) {
  const { steps, order, exclusions, conversion_window, breakdown, breakdown_limit } = question
  return {
    ...askedFields(question),
    actor: 'person' as const,
    include_sql: false,
    steps: steps.map((step) => ({ ...step, optional: false })),
    ...{ order, breakdown_limit },
    window: conversion_window,
    exclusions: exclusions.map(({ to_step, ...one }) => ({
      ...one,
      ...(to_step !== null && { to_step }),
    })),
    breakdowns: breakdown ? [{ property: breakdown }] : [],
    attribution: { step: 1 },
  }
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
