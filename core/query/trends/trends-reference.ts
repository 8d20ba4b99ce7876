// Which lines trends have, as slowly and plainly as it can be said. Only tests use it.
import type { Breakdown, BreakdownValue } from '@headwater/schemas/insights/property'
import type { TrendsLine } from '@headwater/schemas/insights/trends'
import { byProperties, type CohortLine, cohortLines } from '../cohort/lines.ts'
import {
  type Amount,
  type Asked,
  amountOf,
  compare,
  type HistoryEvent,
  hasLine,
  type IsOn,
  numeric,
  seen,
  textOf,
} from './amounts-reference.ts'

type Line = Omit<TrendsLine, 'formula'>

/** Every line of the answer, in order. */
export function referenceLines(asked: Asked): Line[] {
  const cohorts = cohortLines(asked.query.breakdowns)
  return cohorts ? cohortLinesOf(asked, cohorts) : valueLinesOf(asked)
}

/** What the question would answer if the cohort were one more filter, cohort by cohort. */
function cohortLinesOf(asked: Asked, lines: readonly CohortLine[]): Line[] {
  const answers = lines.map(({ name, cohort }) => {
    const filters = [...asked.query.filters, { cohort, operator: 'in' as const }]
    const value = { kind: 'value' as const, values: [name] }
    return linesOf({ ...asked, query: { ...asked.query, filters } }, [{ value, isOn: () => true }])
  })
  const inSeries = asked.query.series.map((_, place) =>
    answers.flatMap((answer) => answer.filter(({ series }) => series === place)),
  )
  return inSeries.flat()
}

function valueLinesOf(asked: Asked): Line[] {
  const { query, periods } = asked
  const limit = query.breakdown_limit
  const breakdowns = byProperties(query.breakdowns)
  const bins = breakdowns.map((breakdown) => binsOf(breakdown, asked))
  const labelOf = (event: HistoryEvent) =>
    breakdowns.map((breakdown, at) => bins[at]?.(event) ?? textOf(asked, event, breakdown))
  if (query.breakdowns.length === 0) return linesOf(asked, [{ value: null, isOn: () => true }])

  const labels = new Map<string, string[]>()
  for (const series of query.series) {
    for (const period of periods) {
      for (const event of asked.events) {
        const label = labelOf(event)
        const isOn: IsOn = (other) => same(labelOf(other), label)
        if (hasLine(asked, series, period, isOn)) labels.set(JSON.stringify(label), label)
      }
    }
  }
  const [current] = periods
  const totals = (isOn: IsOn) =>
    query.series.map((series) => (current ? amountOf(asked, series, current, null, isOn) : null))
  const isNone = (label: readonly string[]) => label.every((text) => text === '')
  const ranked = [...labels.values()]
    .filter((label) => !isNone(label))
    .filter((label) =>
      query.series.some(
        (one) => current && hasLine(asked, one, current, (event) => same(labelOf(event), label)),
      ),
    )
    .map((label) => ({ label, totals: totals((event) => same(labelOf(event), label)) }))
    .sort((a, b) => byTotals(a.totals, b.totals) || byTexts(a.label, b.label))
    .map(({ label }) => label)
  const top = ranked.slice(0, limit)
  const isTop = (label: readonly string[]) => top.some((one) => same(one, label))
  const lines: Drawn[] = [
    ...top.map((label) => ({
      value: { kind: 'value' as const, values: label.map((text) => text || null) },
      isOn: (event: HistoryEvent) => same(labelOf(event), label),
    })),
  ]
  const isOther: IsOn = (event) => !isNone(labelOf(event)) && !isTop(labelOf(event))
  const isNothing: IsOn = (event) => isNone(labelOf(event))
  const anyLine = (isOn: IsOn) =>
    query.series.some((series) => periods.some((period) => hasLine(asked, series, period, isOn)))
  if (anyLine(isOther)) lines.push({ value: { kind: 'other', values: [] }, isOn: isOther })
  if (anyLine(isNothing)) {
    const values = query.breakdowns.map(() => null)
    lines.push({ value: { kind: 'none', values }, isOn: isNothing })
  }
  return linesOf(asked, lines)
}

interface Drawn {
  value: BreakdownValue
  isOn: IsOn
}

function linesOf(asked: Asked, drawn: readonly Drawn[]) {
  const { query, periods } = asked
  return query.series.flatMap((series, place) =>
    drawn.flatMap(({ value, isOn }) =>
      periods.map((period) => {
        const buckets = period.starts.map((_, bucket) =>
          amountOf(asked, series, period, bucket, isOn),
        )
        const total = amountOf(asked, series, period, null, isOn)
        const values = query.display === 'time' ? smooth(buckets, query.smoothing) : [total]
        return { series: place, period: period.name, breakdown: value, values, total }
      }),
    ),
  )
}

function smooth(values: readonly Amount[], span: number): Amount[] {
  return values.map((_, at) => {
    const known = values.filter(
      (value, place) => place <= at && place > at - span && value !== null,
    )
    return known.length === 0
      ? null
      : known.reduce((sum: number, value) => sum + (value ?? 0), 0) / known.length
  })
}

/** The range that holds an event's number. */
function binsOf(
  { bins, ...ref }: Breakdown,
  asked: Asked,
): ((event: HistoryEvent) => string) | null {
  if (bins === undefined) return null
  const numbers = asked.query.series
    .flatMap((series) => asked.periods.flatMap((period) => seen(asked, series, period)))
    .map((event) => numeric(textOf(asked, event, ref)))
    .filter(Number.isFinite)
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const width = (high - low) / bins
  return (event) => {
    const number = numeric(textOf(asked, event, ref))
    if (!Number.isFinite(number)) return ''
    if (width === 0) return `[${low}, ${high}]`
    const at = Math.min(Math.max(Math.floor((number - low) / width), 0), bins - 1)
    const end = at === bins - 1 ? `${high}]` : `${low + (at + 1) * width})`
    return `[${low + at * width}, ${end}`
  }
}

const same = (a: readonly string[], b: readonly string[]) => JSON.stringify(a) === JSON.stringify(b)
const byTexts = (a: readonly string[], b: readonly string[]) =>
  a.map((text, at) => compare(text, b[at] ?? '')).find((order) => order !== 0) ?? 0
const byTotals = (a: readonly Amount[], b: readonly Amount[]) => {
  // Totals are equal when only their last digits differ.
  const numbers = (of: readonly Amount[]) =>
    of.map((one) => (one === null ? Number.NEGATIVE_INFINITY : Number(one.toFixed(9))))
  const [left, right] = [numbers(a), numbers(b)]
  const at = left.findIndex((one, place) => one !== right[place])
  return at === -1 ? 0 : (right[at] ?? 0) - (left[at] ?? 0)
}
