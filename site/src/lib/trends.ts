import type { PropertyFilter } from '@headwater/schemas/insight'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import {
  type BreakdownQuestion,
  plainBreakdown,
  readBreakdowns,
  writeBreakdowns,
} from './breakdowns.ts'
import { CHARTS, isKeyOf, MEASURES } from './choices.ts'
import { askedFields } from './page-question.ts'
import {
  COMPARED,
  type Compared,
  TRENDS_MEASURES,
  type TrendsMeasure,
  VIEWS,
  type View,
} from './trends-words.ts'
import {
  commonParams,
  type Defaults,
  isName,
  isObject,
  oneOf,
  parseList,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  readCommon,
  reader,
  toFilters,
  wholeNumber,
} from './url-reader.ts'
import type { TrendQuestion } from './url-state.ts'

/** What is counted, of which events. */
export interface TrendsSeriesQuestion {
  event: string
  measure: TrendsMeasure
  filters: PropertyFilter[]
  /** Of the numbers of a property. */
  measure_property?: string
  /** Of unique groups: their type. */
  group?: string
}

export interface TrendsQuestion extends Omit<RangeQuestion, 'breakdown'> {
  breakdowns: BreakdownQuestion[]
  series: TrendsSeriesQuestion[]
  /** Shown in place of the series, which are A, B, … in them. */
  formulas: string[]
  compare: Compared | null
  cumulative: boolean
  /** Each bucket is the mean of so many. */
  smoothing: number
  view: View
  include_bots: boolean
}

/** As many as there are colours. */
export const MAX_SERIES = 8
export const MAX_FORMULAS = 8
const BREAKDOWN_LIMIT = 8
/** Of a table, which needs no colours. */
const TABLE_BREAKDOWN_LIMIT = 25
const MAX_FORMULA_LENGTH = 200
export const COUNTRY = '$country'

/**
 * Several events with one plain measure stand in the address as `event=…&event=…&measure=…`; whatever
 * needs more as `series`, a JSON list.
 */
export function readTrends(params: URLSearchParams, defaults: Defaults): ReadState<TrendsQuestion> {
  const read = reader(params)
  const { breakdown, ...common } = readCommon(read, defaults)
  const measure = read.one('measure', oneOf(TRENDS_MEASURES), 'total')
  const plain = read
    .all('event', isName, ['$pageview'], MAX_SERIES)
    .map((event): TrendsSeriesQuestion => ({ event, measure, filters: [] }))
  const view = read.one<View>('chart', oneOf(VIEWS), 'line')
  const question: TrendsQuestion = {
    ...common,
    // A map is of countries.
    breakdowns: readBreakdowns(read, breakdown ?? (view === 'map' ? COUNTRY : undefined)),
    series: read.one('series', readSeries, plain),
    formulas: read.all('formula', isFormula, [], MAX_FORMULAS),
    compare: read.one<Compared | null>('compare', oneOf(COMPARED), null),
    cumulative: read.one('cumulative', readBoolean, false),
    smoothing: read.one('smoothing', wholeNumber, 1),
    view,
    include_bots: read.one('include_bots', readBoolean, false),
  }
  return { question, ignored: read.ignored }
}

export function writeTrends(question: TrendsQuestion): URLSearchParams {
  const { series, formulas, compare, smoothing, view, breakdowns, ...same } = question
  const { rest, ...broken } = writeBreakdowns(breakdowns)
  const [first] = series
  const params = new URLSearchParams()
  if (first && isPlain(series)) {
    for (const { event } of series) params.append('event', event)
    params.set('measure', first.measure)
  } else params.set('series', JSON.stringify(series.map(shortened)))
  for (const formula of formulas) params.append('formula', formula)
  if (compare) params.set('compare', compare)
  if (question.cumulative) params.set('cumulative', 'true')
  if (smoothing > 1) params.set('smoothing', String(smoothing))
  if (view !== 'line') params.set('chart', view)
  if (question.include_bots) params.set('include_bots', 'true')
  for (const [name, value] of [...commonParams({ ...same, ...broken }), ...rest]) {
    params.set(name, value)
  }
  return params
}

/** The question as `GET /api/trends` answers it, or null where that knows less than is asked. */
export function plainTrend(question: TrendsQuestion): TrendQuestion | null {
  const { series, formulas, compare, cumulative, smoothing, view, breakdowns, ...same } = question
  const measure = series[0]?.measure
  const breakdown = plainBreakdown(breakdowns)
  if (!isKeyOf(CHARTS, view) || !isKeyOf(MEASURES, measure) || !isPlain(series)) return null
  if (formulas.length > 0 || compare || cumulative || smoothing > 1) return null
  if (breakdown === null) return null
  const events = series.map(({ event }) => event)
  return {
    ...{ ...same, events, measure, chart: view, breakdown_limit: BREAKDOWN_LIMIT },
    ...(breakdown !== undefined && { breakdown }),
  }
}

const DISPLAYS = {
  line: 'time',
  bar: 'time',
  number: 'single_number',
  table: 'table',
  map: 'map',
} as const satisfies Record<View, string>

/** The question as POST /api/query takes it, everything filled in. */
export function trendsQuery(question: TrendsQuestion): Extract<AskedInsight, { kind: 'trends' }> {
  const { interval, formulas, compare, cumulative, smoothing, view, breakdowns } = question
  return {
    kind: 'trends',
    ...askedFields(question),
    actor: 'person',
    include_sql: false,
    ...{ interval, formulas, cumulative, smoothing },
    series: question.series.map(({ measure_property, ...series }) => ({
      ...series,
      ...(measure_property !== undefined && { measure_property: { property: measure_property } }),
    })),
    ...(compare && { compare: { to: compare } }),
    breakdowns,
    breakdown_limit: view === 'table' ? TABLE_BREAKDOWN_LIMIT : BREAKDOWN_LIMIT,
    display: DISPLAYS[view],
  }
}

/** Different events of one measure that needs nothing else. */
function isPlain(series: readonly TrendsSeriesQuestion[]): boolean {
  const measures = new Set(series.map(({ measure }) => measure))
  const events = new Set(series.map(({ event }) => event))
  return (
    measures.size === 1 &&
    events.size === series.length &&
    series.every((one) => one.filters.length === 0 && !one.measure_property && !one.group)
  )
}

function shortened({ filters, ...series }: TrendsSeriesQuestion) {
  return filters.length > 0 ? { ...series, filters } : series
}

const isFormula = (text: string) =>
  text.trim() !== '' && text.length <= MAX_FORMULA_LENGTH ? text : null

function readSeries(text: string): TrendsSeriesQuestion[] | null {
  const items = parseList(text, MAX_SERIES)
  if (!items || items.length === 0) return null
  const series = items.map(toSeries)
  return series.includes(null) ? null : (series as TrendsSeriesQuestion[])
}

function toSeries(item: unknown): TrendsSeriesQuestion | null {
  if (!isObject(item) || typeof item.event !== 'string' || !isName(item.event)) return null
  const { event, measure = 'total', measure_property, group } = item
  const filters = toFilters(item.filters ?? [])
  if (!filters || !isKeyOf(TRENDS_MEASURES, measure)) return null
  return {
    ...{ event, measure, filters },
    ...(typeof measure_property === 'string' && { measure_property }),
    ...(typeof group === 'string' && { group }),
  }
}
