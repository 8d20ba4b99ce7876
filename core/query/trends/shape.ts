import type { BreakdownValue } from '@headwater/schemas/insights/property'
import type { TrendsLine, TrendsResult } from '@headwater/schemas/insights/trends'
import { bucketLabels } from '../buckets.ts'
import type { Answer } from '../insight.ts'
import { compareText, orderOf } from '../lines.ts'
import { runningSums, smoothed } from './adjust.ts'
import type { TrendsRow } from './compile.ts'
import { evaluate } from './evaluate.ts'
import { emptyAmount, methodOf } from './measure.ts'
import type { TrendsPlan } from './plan.ts'

type Amount = number | null
type Line = Pick<TrendsLine, 'values' | 'total'>
type Lines = Map<string, Line>

/** Puts the rows on lines; a value that is on one series' line is on every other's, and in every period. */
export function shapeTrends(plan: TrendsPlan, rows: readonly TrendsRow[]): Answer<TrendsResult> {
  const { query, periods } = plan
  const lines = linesOf(plan, rows)
  const at = (series: number, period: number, value: BreakdownValue) =>
    lines.get(keyOf(series, period, value)) ?? emptyLine(plan, series, period)
  const values = valuesOf(plan, rows, (series, value) => at(series, 0, value).total)
  const places = values.flatMap((breakdown) => periods.map((_, period) => ({ breakdown, period })))
  const nameOf = (period: number) => periods[period]?.name ?? 'current'
  const series =
    plan.formulas.length > 0
      ? plan.formulas.flatMap((formula, place) =>
          places.map(({ breakdown, period }): TrendsLine => {
            const line = (letter: number) => at(letter, period, breakdown)
            const starts = periods[period]?.starts ?? []
            const values = starts.map((_, bucket) =>
              evaluate(formula, (letter) => line(letter).values[bucket] ?? null),
            )
            const total = evaluate(formula, (letter) => line(letter).total)
            return {
              series: null,
              formula: place,
              period: nameOf(period),
              breakdown,
              values,
              total,
            }
          }),
        )
      : query.series.flatMap((_, place) =>
          places.map(({ breakdown, period }): TrendsLine => {
            const found = at(place, period, breakdown)
            return { series: place, formula: null, period: nameOf(period), breakdown, ...found }
          }),
        )
  const [buckets = [], previous = null] = periods.map(({ starts }) =>
    bucketLabels(query.time_zone, starts),
  )
  return { buckets, previous_buckets: previous, series }
}

/** The lines that rows speak of. */
function linesOf(plan: TrendsPlan, rows: readonly TrendsRow[]): Lines {
  const lines: Lines = new Map()
  const places = plan.periods.map(({ starts }) => new Map(starts.map((start, at) => [start, at])))
  for (const row of rows) {
    const key = keyOf(row.series, row.period, breakdownOf(row))
    const line = lines.get(key) ?? emptyLine(plan, row.series, row.period)
    lines.set(key, line)
    const amount = row.amount ?? emptyOf(plan, row.series)
    const place = row.start === null ? null : places[row.period]?.get(Number(row.start))
    if (place === null) line.total = amount
    else if (place !== undefined) line.values[place] = amount
  }
  for (const [key, line] of lines) adjust(plan, plan.query.series[seriesIn(key)], line)
  return lines
}

function adjust(
  plan: TrendsPlan,
  series: TrendsPlan['query']['series'][number] | undefined,
  line: Line,
) {
  if (plan.isWhole) {
    line.values = [line.total]
    return
  }
  const isRolling = series !== undefined && methodOf(series) === 'rolling'
  if (isRolling || plan.query.cumulative) line.values = runningSums(line.values)
  if (isRolling) line.total = line.values.at(-1) ?? 0
  line.values = smoothed(line.values, plan.query.smoothing)
}

function emptyLine(plan: TrendsPlan, series: number, period: number): Line {
  const empty = emptyOf(plan, series)
  return { values: (plan.periods[period]?.starts ?? []).map(() => empty), total: empty }
}

function emptyOf(plan: TrendsPlan, place: number): Amount {
  const series = plan.query.series[place]
  return series ? emptyAmount(series) : null
}

/** What the breakdown's lines are, in the order in which they are shown. */
function valuesOf(
  plan: TrendsPlan,
  rows: readonly TrendsRow[],
  totalOf: (series: number, value: BreakdownValue) => Amount,
): BreakdownValue[] {
  if (plan.query.breakdowns.length === 0) return [null]
  const found = new Map(rows.map((row) => [keyOf(0, 0, breakdownOf(row)), breakdownOf(row)]))
  return [...found.values()].sort(
    (a, b) =>
      orderOf(a?.kind) - orderOf(b?.kind) ||
      firstDifference(
        plan.query.series.map((_, series) => difference(totalOf(series, b), totalOf(series, a))),
      ) ||
      firstDifference(
        (a?.values ?? []).map((text, at) => compareText(text ?? '', b?.values[at] ?? '')),
      ),
  )
}

const firstDifference = (differences: readonly number[]): number =>
  differences.find((one) => one !== 0) ?? 0

const difference = (a: Amount, b: Amount): number =>
  (a ?? Number.NEGATIVE_INFINITY) === (b ?? Number.NEGATIVE_INFINITY)
    ? 0
    : (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY)

function breakdownOf({ kind, labels }: TrendsRow): BreakdownValue {
  if (kind === '') return null
  if (kind === 'other') return { kind, values: [] }
  return { kind, values: labels.map((text) => (text === '' ? null : text)) }
}

const keyOf = (series: number, period: number, value: BreakdownValue): string =>
  JSON.stringify([series, period, value])
const seriesIn = (key: string): number => Number(JSON.parse(key)[0])
