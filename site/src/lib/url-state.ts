import type { FunnelQuery, TrendQuery } from '@headwater/schemas/insight'
import {
  CHARTS,
  type Chart,
  isKeyOf,
  MAX_EVENTS_IN_TREND,
  MAX_FUNNEL_STEPS,
  MAX_WINDOW_VALUE,
  MEASURES,
  MIN_FUNNEL_STEPS,
  WINDOW_UNITS,
} from './choices.ts'
import {
  commonParams,
  type Defaults,
  isName,
  isObject,
  parseList,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
  toFilters,
} from './url-reader.ts'

/** A trend question: several events share everything else. */
export interface TrendQuestion extends Omit<TrendQuery, 'event'> {
  events: string[]
  chart: Chart
}

export type FunnelQuestion = FunnelQuery

/** One that may be left out is known to POST /api/query alone. */
export type FunnelStepQuestion = FunnelQuery['steps'][number] & { optional?: boolean }

/** As many as there are colours (plots/series.ts). */
const BREAKDOWN_LIMIT = 8
export const DEMO_STEPS = ['$pageview', 'feature_click', 'signup_click']

export function readTrend(params: URLSearchParams, defaults: Defaults): ReadState<TrendQuestion> {
  const read = reader(params)
  const { breakdown, ...common } = readCommon(read, defaults)
  const question: TrendQuestion = {
    ...common,
    events: read.all('event', isName, ['$pageview'], MAX_EVENTS_IN_TREND),
    measure: read.one('measure', (text) => (isKeyOf(MEASURES, text) ? text : null), 'total'),
    chart: read.one('chart', (text) => (isKeyOf(CHARTS, text) ? text : null), 'line'),
    breakdown_limit: BREAKDOWN_LIMIT,
    include_bots: read.one('include_bots', readBoolean, false),
    ...(breakdown !== undefined && { breakdown }),
  }
  return { question, ignored: read.ignored }
}

export function readFunnel(params: URLSearchParams, defaults: Defaults): ReadState<FunnelQuestion> {
  const read = reader(params)
  const { interval: _, breakdown, ...common } = readCommon(read, defaults)
  const question: FunnelQuestion = {
    ...common,
    steps: read.one('steps', readSteps, demoSteps()),
    conversion_window: read.one('conversion_window', readWindow, { value: 14, unit: 'day' }),
    breakdown_limit: BREAKDOWN_LIMIT,
    include_bots: read.one('include_bots', readBoolean, false),
    ...(breakdown !== undefined && { breakdown }),
  }
  return { question, ignored: read.ignored }
}

export function demoSteps(): FunnelQuery['steps'] {
  return DEMO_STEPS.map((event) => ({ event, filters: [] }))
}

export function writeTrend(question: TrendQuestion): URLSearchParams {
  const params = new URLSearchParams(question.events.map((event) => ['event', event]))
  params.set('measure', question.measure)
  if (question.chart !== 'line') params.set('chart', question.chart)
  if (question.include_bots) params.set('include_bots', 'true')
  for (const [name, value] of commonParams(question)) params.set(name, value)
  return params
}

export function writeFunnel(question: FunnelQuestion): URLSearchParams {
  const steps = question.steps.map(({ event, filters, optional }: FunnelStepQuestion) => ({
    event,
    ...(filters.length > 0 && { filters }),
    ...(optional && { optional }),
  }))
  const { value, unit } = question.conversion_window
  const params = new URLSearchParams({ steps: JSON.stringify(steps) })
  params.set('conversion_window', `${value} ${unit}`)
  if (question.include_bots) params.set('include_bots', 'true')
  for (const [name, text] of commonParams(question)) params.set(name, text)
  return params
}

/** One query for each event of the question. */
export function trendQueries({ events, chart: _, ...query }: TrendQuestion): TrendQuery[] {
  return events.map((event) => ({ ...query, event }))
}

function readWindow(text: string): FunnelQuery['conversion_window'] | null {
  const [amount = '', unit] = text.split(' ')
  const value = Number(amount)
  const valid = Number.isInteger(value) && value >= 1 && value <= MAX_WINDOW_VALUE
  return valid && isKeyOf(WINDOW_UNITS, unit) ? { value, unit } : null
}

function readSteps(text: string): FunnelStepQuestion[] | null {
  const items = parseList(text, MAX_FUNNEL_STEPS)
  if (!items || items.length < MIN_FUNNEL_STEPS) return null
  const steps: FunnelStepQuestion[] = []
  for (const item of items) {
    if (!isObject(item) || typeof item.event !== 'string' || !isName(item.event)) return null
    const filters = toFilters(item.filters ?? [])
    if (!filters) return null
    steps.push({ event: item.event, filters, ...(item.optional === true && { optional: true }) })
  }
  return steps
}
