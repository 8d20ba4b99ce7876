import type { BreakdownValue } from '@headwater/schemas/insights/property'
import type { TrendsLine, TrendsResult, TrendsSeries } from '@headwater/schemas/insights/trends'
import { bucketLabels } from '../buckets.ts'
import { lineValue } from '../cohort/lines.ts'
import type { Answer } from '../insight.ts'
import { runningSums, smoothed } from './adjust.ts'
import { NONE_LINE, OTHER_LINE, type SplitPlan } from './breakdown.ts'
import type { TrendsRow } from './compile.ts'
import { evaluate } from './evaluate.ts'
import { emptyAmount, methodOf } from './measure.ts'
import type { Period, TrendsPlan } from './plan.ts'

type Numbers = Pick<TrendsLine, 'values' | 'total'>
/** Of one series in one period. */
type LineNumbers = (line: number) => Numbers

/**
 * Puts the rows on lines. A value that is on one series' line is on every other's, and in every period.
 *
 * @param rows Of each series and, within it, each period.
 */
export function shapeTrends(plan: TrendsPlan, rows: readonly TrendsRow[][]): Answer<TrendsResult> {
  const { query, periods, formulas } = plan
  const found = new Set(rows.flatMap((some) => some.map(({ line }) => Number(line))))
  const lines = shownLines({ ...plan, top: plan.top ?? rankedLabels(rows.flat()) }, found)
  const numbers = query.series.map((series, place) =>
    periods.map((period, at) =>
      numbersOf(plan, series, period, rows[place * periods.length + at] ?? []),
    ),
  )
  const numbersAt = (place: number, period: number, line: number): Numbers =>
    numbers[place]?.[period]?.(line) ?? { values: [], total: null }
  const draw = (
    kind: Pick<TrendsLine, 'series' | 'formula'>,
    of: (period: number, line: number) => Numbers,
  ) =>
    lines.flatMap(({ line, breakdown }) =>
      periods.map(
        ({ name }, at): TrendsLine => ({ ...kind, period: name, breakdown, ...of(at, line) }),
      ),
    )
  const series =
    formulas.length === 0
      ? query.series.flatMap((_, place) =>
          draw({ series: place, formula: null }, (period, line) => numbersAt(place, period, line)),
        )
      : formulas.flatMap((formula, place) =>
          draw({ series: null, formula: place }, (period, line) => ({
            values: (periods[period]?.starts ?? []).map((_, bucket) =>
              evaluate(formula, (letter) => numbersAt(letter, period, line).values[bucket] ?? null),
            ),
            total: evaluate(formula, (letter) => numbersAt(letter, period, line).total),
          })),
        )
  const [buckets = [], previous = null] = periods.map(({ starts }) =>
    bucketLabels(query.time_zone, starts),
  )
  return { buckets, states: plan.states, previous_buckets: previous, series }
}

/**
 * Every cohort, or the lines that any row is on, the top ones first, then Other and none.
 *
 * @param found Lines that rows are on.
 */
export function shownLines(
  { query, cohorts, top }: Omit<SplitPlan, 'bins'>,
  found: ReadonlySet<number>,
): { line: number; breakdown: BreakdownValue }[] {
  if (cohorts) {
    return cohorts.map((cohort, place) => ({ line: place + 1, breakdown: lineValue(cohort) }))
  }
  if (query.breakdowns.length === 0) return [{ line: OTHER_LINE, breakdown: null }]
  const lines = [
    ...(top ?? []).map((texts, place) => ({
      line: place + 1,
      breakdown: { kind: 'value' as const, values: texts.map((text) => text || null) },
    })),
    { line: OTHER_LINE, breakdown: { kind: 'other' as const, values: [] } },
    {
      line: NONE_LINE,
      breakdown: { kind: 'none' as const, values: query.breakdowns.map(() => null) },
    },
  ]
  return lines.filter(({ line }) => found.has(line))
}

/** Of rows that say which values their lines have. */
function rankedLabels(rows: readonly TrendsRow[]): string[][] {
  const labels: string[][] = []
  for (const { line, labels: texts } of rows) {
    if (texts && Number(line) > 0) labels[Number(line) - 1] = texts
  }
  return labels
}

function numbersOf(
  plan: TrendsPlan,
  series: TrendsSeries,
  { starts }: Period,
  rows: readonly TrendsRow[],
): LineNumbers {
  const empty = emptyAmount(series)
  const fresh = (): Numbers => ({ values: starts.map(() => empty), total: empty })
  const lines = new Map<number, Numbers>()
  for (const { line = OTHER_LINE, place, amount } of rows) {
    const numbers = lines.get(Number(line)) ?? fresh()
    lines.set(Number(line), numbers)
    if (place === null) numbers.total = amount
    else numbers.values[place] = amount
  }
  const adjusted = new Map(
    [...lines].map(([line, numbers]) => [line, adjust(plan, series, numbers)]),
  )
  const none = adjust(plan, series, fresh())
  return (line) => adjusted.get(line) ?? none
}

function adjust({ query, isWhole }: TrendsPlan, series: TrendsSeries, numbers: Numbers): Numbers {
  if (isWhole) return { values: [numbers.total], total: numbers.total }
  const isRolling = methodOf(series) === 'rolling'
  // Both come as what is new in each bucket.
  const sums = isRolling || query.cumulative
  const values = sums ? runningSums(numbers.values) : numbers.values
  return {
    values: smoothed(values, query.smoothing),
    total: isRolling ? (values.at(-1) ?? null) : numbers.total,
  }
}
