import type { Interval } from '@headwater/schemas/insight'
import type { TrendsLine, TrendsResult } from '@headwater/schemas/insights/trends'
import { type BreakdownQuestion, onlyProperty } from '../lib/breakdowns.ts'
import { breakdownName, formatEvent } from '../lib/format.ts'
import type { TrendsMeasure } from '../lib/trends-words.ts'
import { measureWords } from '../lib/trends-words.ts'
import { insightBreakdown } from './insight-breakdown.ts'
import { type DrawnSeries, type DrawnTrend, seriesColors } from './series.ts'

/** What of a question tells its lines apart. */
export interface LinesQuestion {
  series: readonly {
    event: string
    measure: TrendsMeasure
    measure_property?: string | undefined
  }[]
  formulas: readonly string[]
  interval: Interval
  breakdowns: readonly BreakdownQuestion[]
}

/** One line of an answer with all that is shown of it. */
export interface ShownLine extends DrawnSeries {
  name: string
  color: string
  period: TrendsLine['period']
  /** The total against that of the earlier time, 0.1 for a tenth more; null where nothing is compared. */
  change: number | null
  /** Points at its numbers; null of a formula, which nobody is behind. */
  select: Record<string, unknown> | null
}

/** What adds up over series: bars of it may stand on each other. */
const ADDS_UP: readonly string[] = ['total', 'sum']

/** The lines of an answer, each followed by that of the earlier time. */
export function shownLines(result: TrendsResult, question: LinesQuestion): ShownLine[] {
  const current = result.series.filter(({ period }) => period === 'current')
  const colors = seriesColors(current.map(({ breakdown }) => breakdown))
  const earlier = new Map(
    result.series.filter(({ period }) => period === 'previous').map((line) => [keyOf(line), line]),
  )
  return current.flatMap((line, i) => {
    const before = earlier.get(keyOf(line))
    const color = colors[i] ?? ''
    const name = lineName(line, question)
    const shown = [show(line, { name, color, change: changeOf(line, before) })]
    if (before) shown.push(show(before, { name: `${name} (earlier)`, color, change: null }))
    return shown
  })
}

/** What chart and table of an answer are drawn from. */
export interface DrawnLines extends DrawnTrend {
  series: ShownLine[]
  previous_buckets: string[] | null
}

export function drawnLines(result: TrendsResult, question: LinesQuestion): DrawnLines {
  const measures = new Set(question.series.map(({ measure }) => measure))
  const [measure = ''] = measures
  const adds = measures.size === 1 && ADDS_UP.includes(measure)
  return {
    buckets: result.buckets,
    interval: question.interval,
    complete_until: result.complete_until,
    measure,
    future: result.states.map((state) => state === 'future'),
    previous_buckets: result.previous_buckets,
    adds_up: adds && question.formulas.length === 0 && result.previous_buckets === null,
    series: shownLines(result, question).map((line) => ({
      ...line,
      values: result.buckets.map((_, i) =>
        // Of what has not begun there is nothing to see, in the time before there is.
        result.states[i] === 'future' && line.period === 'current'
          ? null
          : (line.values[i] ?? null),
      ),
    })),
  }
}

/** The numbers of one series, or formula, by country. */
export interface CountryLines {
  name: string
  values: Map<string, number>
}

/** An answer broken down by country as maps, each by the name of its lines: what is other, or of no country, is on none of them. */
export function countryLines(
  result: TrendsResult,
  nameOf: (line: TrendsLine) => string,
): CountryLines[] {
  const maps = new Map<string, CountryLines>()
  for (const line of result.series) {
    const { breakdown, period, total } = line
    const country = breakdown?.kind === 'value' ? breakdown.values[0] : null
    if (period !== 'current' || !country || total === null) continue
    const name = nameOf({ ...line, breakdown: null })
    const key = JSON.stringify([line.series, line.formula])
    const map = maps.get(key) ?? { name, values: new Map() }
    maps.set(key, map)
    map.values.set(country, total)
  }
  return [...maps.values()]
}

/** What all lines show, in words. */
export function trendsTitle({ series, formulas }: LinesQuestion): string {
  if (formulas.length > 0) return formulas.length === 1 ? 'Formula' : 'Formulas'
  const words = new Set(
    series.map(({ measure, measure_property }) => measureWords(measure, measure_property)),
  )
  return words.size === 1 ? [...words].join() : 'Trends'
}

const keyOf = ({ series, formula, breakdown }: TrendsLine): string =>
  JSON.stringify([series, formula, breakdown])

/** What a line shows, in words; what all lines have in common is in the title. */
export function lineName(
  { series, formula, breakdown }: TrendsLine,
  question: LinesQuestion,
): string {
  const value = breakdown && breakdownName(breakdown, onlyProperty(question.breakdowns))
  const shown = question.formulas.length || question.series.length
  if (value !== null && shown === 1) return value
  const name =
    formula === null ? seriesName(question, series ?? 0) : (question.formulas[formula] ?? '')
  return value === null ? name : `${name} · ${value}`
}

// What several series have in common is in the title; those that differ by their filters only have letters.
function seriesName({ series }: LinesQuestion, place: number): string {
  type Series = (typeof series)[number]
  const wordsOf = ({ measure, measure_property }: Series) => measureWords(measure, measure_property)
  const differ = new Set(series.map(wordsOf)).size > 1
  const names = series.map((one) =>
    differ ? `${formatEvent(one.event)} · ${wordsOf(one)}` : formatEvent(one.event),
  )
  const name = names[place] ?? ''
  const isAlone = names.indexOf(name) === names.lastIndexOf(name)
  return isAlone ? name : `${String.fromCharCode(65 + place)}. ${name}`
}

function show(
  { series, period, breakdown, values, total }: TrendsLine,
  words: Pick<ShownLine, 'name' | 'color' | 'change'>,
): ShownLine {
  return {
    ...words,
    event: words.name,
    breakdown: insightBreakdown(breakdown),
    ...{ period, values, total },
    faint: period === 'previous',
    select: series === null ? null : { series, period, breakdown },
  }
}

function changeOf(line: TrendsLine, before: TrendsLine | undefined): number | null {
  if (!before || line.total === null || !before.total) return null
  return (line.total - before.total) / before.total
}
