// The answer to each kind of question as a small table.
import type { InsightKind, InsightQuery, InsightResult } from '@headwater/schemas/insights/insight'
import type { BreakdownValue } from '@headwater/schemas/insights/property'
import type { TrendsLine, TrendsQuery } from '@headwater/schemas/insights/trends'
import { inCell, inWords, NO_UNIT, NOTHING, type Unit } from './amount.ts'
import type { Table } from './letter.ts'
import { actorUnit, lineUnit } from './unit-at.ts'

type Rows = Pick<Table, 'head' | 'rows'>
type QueryOf<Kind> = Extract<InsightQuery, { kind: Kind }>
type ResultOf<Kind> = Extract<InsightResult, { kind: Kind }>

const MAX_ROWS = 15
/** The newest ones. */
const MAX_BUCKETS = 5
/** After that of the start. */
const MAX_PERIODS = 7

const SHARE: Unit = { kind: 'percent' }
const SECONDS: Unit = { kind: 'seconds' }

/** A new kind does not compile until it has its own. */
const ROWS: { [Kind in InsightKind]: (query: QueryOf<Kind>, result: ResultOf<Kind>) => Rows } = {
  trends(query, { buckets, series }) {
    const isOverTime = query.display === 'time'
    const shown = isOverTime ? newest(buckets) : []
    return {
      head: ['', ...shown.map(({ bucket }) => dayOf(bucket)), isOverTime ? 'all of it' : 'value'],
      rows: series.map((line) => {
        const unit = lineUnit(line, query)
        const values = shown.map(({ place }) => inCell(line.values[place] ?? null, unit))
        return [trendLabel(line, query), ...values, inCell(line.total, unit)]
      }),
    }
  },

  funnel: (query, { groups }) => ({
    head: ['step', manyOf(actorUnit(query.actor)), 'of the first', 'median time'],
    rows: groups.flatMap(({ breakdown, steps }) =>
      steps.map((step, i) => [
        labelled(breakdown, `${i + 1}. ${step.name ?? step.event ?? 'any'}`),
        inCell(step.count, NO_UNIT),
        inCell(step.rate_from_first, SHARE),
        inCell(step.median_seconds, SECONDS),
      ]),
    ),
  }),

  funnel_time: (query, { groups }) => ({
    head: ['', manyOf(actorUnit(query.actor)), 'mean', 'median', 'shortest', 'longest'],
    rows: groups.map(({ breakdown, count, ...times }) => [
      labelled(breakdown, 'time to convert'),
      inCell(count, NO_UNIT),
      inCell(times.mean_seconds, SECONDS),
      inCell(times.median_seconds, SECONDS),
      inCell(times.min_seconds, SECONDS),
      inCell(times.max_seconds, SECONDS),
    ]),
  }),

  funnel_trend(_, { buckets, groups }) {
    const shown = newest(buckets)
    return {
      head: ['', ...shown.map(({ bucket }) => dayOf(bucket))],
      rows: groups.map(({ breakdown, entered, converted, rates }) => [
        labelled(breakdown, 'converted'),
        ...shown.map(({ place }) => {
          const [all, some] = [entered, converted].map((of) => inCell(of[place] ?? null, NO_UNIT))
          return `${some} of ${all} (${inCell(rates[place] ?? null, SHARE)})`
        }),
      ]),
    }
  },

  funnel_correlation: (_, { correlations, converted, dropped }) => ({
    head: ['', 'converted', 'dropped out', 'odds ratio'],
    rows: [
      ['everybody', inCell(converted, NO_UNIT), inCell(dropped, NO_UNIT), ''],
      ...correlations.map((one) => [
        one.event ?? `${one.property?.property} is ${one.value}`,
        inCell(one.converted, NO_UNIT),
        inCell(one.dropped, NO_UNIT),
        inCell(one.odds_ratio, NO_UNIT),
      ]),
    ],
  }),

  retention(query, { buckets, columns, groups, interval }) {
    const unit = query.aggregate ? NO_UNIT : actorUnit(query.actor)
    const shown = columns.slice(0, MAX_PERIODS)
    const rows = groups.flatMap(({ breakdown, rows }) =>
      newest(rows, MAX_ROWS).map(({ bucket: { size, cells }, place }) => [
        labelled(breakdown, dayOf(buckets[place] ?? '')),
        inCell(size, NO_UNIT),
        ...shown.map((_, i) => inCell(cells[i]?.value ?? null, unit)),
      ]),
    )
    const spans = shown.map(({ first, last }) => (first === last ? first : `${first}–${last}`))
    return {
      head: ['started', manyOf(actorUnit(query.actor)), ...spans.map((n) => `${interval} ${n}`)],
      rows,
    }
  },

  paths: (_, { edges }) => ({
    head: ['from, to', 'paths', 'mean time'],
    rows: edges.map(({ from, to, paths, mean_seconds }) => [
      `${from} → ${to}`,
      inCell(paths, NO_UNIT),
      inCell(mean_seconds, SECONDS),
    ]),
  }),

  stickiness: (query, { series, intervals }) => ({
    head: [
      `${query.interval}s active`,
      ...series.map((line) => labelled(line.breakdown, eventLabel(line.event))),
    ],
    rows: Array.from({ length: intervals }, (_, i) => [
      String(i + 1),
      ...series.map(({ counts }) => inWords(counts[i] ?? null, actorUnit(query.actor))),
    ]),
  }),

  lifecycle(_, { buckets, series }) {
    const shown = newest(buckets)
    return {
      head: ['', ...shown.map(({ bucket }) => dayOf(bucket))],
      rows: series.map(({ status, values }) => [
        status,
        ...shown.map(({ place }) => inCell(values[place] ?? null, NO_UNIT)),
      ]),
    }
  },

  web_overview: (_, result) => ({
    head: ['', 'value', 'before', 'change'],
    rows: (
      [
        ['visitors', result.visitors, NO_UNIT],
        ['sessions', result.sessions, NO_UNIT],
        ['page views', result.page_views, NO_UNIT],
        ['bounce rate', result.bounce_rate, SHARE],
        ['session duration', result.session_duration, SECONDS],
        ['page views per session', result.views_per_session, NO_UNIT],
      ] as const
    ).map(([name, { value, previous, change }, unit]) => [
      name,
      inCell(value, unit),
      inCell(previous, unit),
      inCell(change, SHARE),
    ]),
  }),
}

/** The first rows of an answer, as people read them. */
export function tableOf(
  query: InsightQuery,
  result: InsightResult,
): Omit<Table, 'title' | 'notes'> {
  const rowsOf = ROWS[query.kind] as (query: InsightQuery, result: InsightResult) => Rows
  const { head, rows } = rowsOf(query, result)
  return { head, rows: rows.slice(0, MAX_ROWS), more: Math.max(0, rows.length - MAX_ROWS) }
}

/** The last of them, each with its place among all. */
const newest = <Bucket>(buckets: readonly Bucket[], max = MAX_BUCKETS) =>
  buckets.map((bucket, place) => ({ bucket, place })).slice(-max)

/** A bucket by its start, in the zone of the question: days without the time. */
const dayOf = (bucket: string): string =>
  bucket.slice(11, 16) === '00:00' ? bucket.slice(0, 10) : bucket.slice(0, 16).replace('T', ' ')

const eventLabel = (event: string): string => (event === '*' ? 'every event' : event)
const manyOf = (unit: Unit): string => (unit.kind === 'count' ? unit.many : '')

function labelled(breakdown: BreakdownValue, label: string): string {
  const value = breakdownLabel(breakdown)
  return value === null ? label : `${value}, ${label}`
}

function breakdownLabel(breakdown: BreakdownValue): string | null {
  if (breakdown === null) return null
  if (breakdown.kind === 'other') return 'Other'
  if (breakdown.kind === 'none') return '(none)'
  return breakdown.values.map((value) => value ?? '(none)').join(' · ')
}

function trendLabel(line: TrendsLine, query: TrendsQuery): string {
  const series = query.series[line.series ?? -1]
  const formula = query.formulas[line.formula ?? -1]
  const name = series
    ? `${eventLabel(series.event)}, ${measured(series.measure, series.measure_property?.property)}`
    : (formula ?? NOTHING)
  const unit = lineUnit(line, query)
  const counted = unit.kind === 'count' && series?.measure !== 'total' ? ` (${unit.many})` : ''
  const before = line.period === 'previous' ? ', the time before' : ''
  return `${labelled(line.breakdown, name)}${counted}${before}`
}

const measured = (measure: string, property: string | undefined): string =>
  `${measure.replaceAll('_', ' ')}${property ? ` of ${property}` : ''}`
