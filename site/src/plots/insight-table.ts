import type { AskedInsight, InsightResult } from '@headwater/schemas/insights/insight'
import {
  formatAmount,
  formatBreakdown,
  formatBucket,
  formatSeconds,
  formatShare,
} from '../lib/format.ts'
import { insightBreakdown, propertyOf } from './insight-breakdown.ts'
import { drawnTrend } from './insight-trend.ts'
import { seriesNames } from './series.ts'
import { stickinessNames } from './stickiness.ts'

/** An answer in words and numbers: the first column names the row. */
export interface InsightTable {
  columns: string[]
  rows: string[][]
}

type ResultOf<Kind extends InsightResult['kind']> = Extract<InsightResult, { kind: Kind }>

/** The answer to any question as one table. */
export function insightTable(query: AskedInsight, result: InsightResult): InsightTable {
  switch (result.kind) {
    case 'trends':
      return query.kind === 'trends' ? trendsTable(query, result) : { columns: [], rows: [] }
    case 'funnel':
      return funnelTable(result)
    case 'funnel_time':
      return {
        columns: ['Group', 'Converted', 'Mean', 'Median', 'Fastest', 'Slowest'],
        rows: result.groups.map(({ breakdown, count, ...seconds }) => [
          groupName(breakdown),
          formatAmount(count),
          formatSeconds(seconds.mean_seconds),
          formatSeconds(seconds.median_seconds),
          formatSeconds(seconds.min_seconds),
          formatSeconds(seconds.max_seconds),
        ]),
      }
    case 'funnel_trend':
      return {
        columns: ['Entered', ...namesOf(result.groups)],
        rows: result.buckets.map((bucket, b) => [
          formatBucket(bucket, query.kind === 'funnel_trend' ? query.interval : 'day'),
          ...result.groups.map(({ rates }) => formatShare(rates[b] ?? null)),
        ]),
      }
    case 'funnel_correlation':
      return {
        columns: ['Goes with', 'Converted', 'Dropped', 'Odds ratio'],
        rows: result.correlations.map(({ event, property, value, ...numbers }) => [
          event ?? `${property?.property} = ${value}`,
          formatAmount(numbers.converted),
          formatAmount(numbers.dropped),
          formatAmount(numbers.odds_ratio),
        ]),
      }
    case 'retention':
      return retentionTable(query, result)
    case 'paths':
      return {
        columns: ['Step', 'From', 'To', 'Paths', 'Actors', 'Mean time'],
        rows: result.edges.map(({ step, from, to, paths, actors, mean_seconds }) => [
          String(step),
          ...[from, to],
          formatAmount(paths),
          formatAmount(actors),
          formatSeconds(mean_seconds),
        ]),
      }
    case 'stickiness':
      return {
        columns: ['Active in', ...stickinessNames(result, propertyOf(query))],
        rows: Array.from({ length: result.intervals }, (_, i) => [
          String(i + 1),
          ...result.series.map(({ counts }) => formatAmount(counts[i] ?? 0)),
        ]),
      }
    case 'lifecycle':
      return {
        columns: ['Start', ...result.series.map(({ status }) => STATUS_WORDS[status])],
        rows: result.buckets.map((bucket, b) => [
          formatBucket(bucket, result.interval),
          ...result.series.map(({ values }) => formatAmount(values[b] ?? null)),
        ]),
      }
    case 'web_overview':
      return webTable(result)
  }
}

const STATUS_WORDS: Record<ResultOf<'lifecycle'>['series'][number]['status'], string> = {
  new: 'New',
  returning: 'Returning',
  resurrecting: 'Resurrecting',
  dormant: 'Dormant',
}

function trendsTable(
  query: Extract<AskedInsight, { kind: 'trends' }>,
  result: ResultOf<'trends'>,
): InsightTable {
  const drawn = drawnTrend(query, result)
  const names = seriesNames(drawn, propertyOf(query))
  if (query.display !== 'time') {
    return {
      columns: ['Series', 'Total'],
      rows: drawn.series.map(({ total }, i) => [names[i] ?? '', formatAmount(total)]),
    }
  }
  return {
    columns: [
      'Series',
      'Total',
      ...result.buckets.map((bucket) => formatBucket(bucket, query.interval)),
    ],
    rows: drawn.series.map(({ total, values }, i) => [
      names[i] ?? '',
      formatAmount(total),
      ...values.map(formatAmount),
    ]),
  }
}

function funnelTable({ groups }: ResultOf<'funnel'>): InsightTable {
  const many = groups.length > 1
  return {
    columns: [...(many ? ['Group'] : []), 'Step', 'Reached', 'Of step 1', 'Dropped', 'Open'],
    rows: groups.flatMap(({ breakdown, steps }) =>
      steps.map(({ name, event, count, rate_from_first, dropped, open }, s) => [
        ...(many ? [groupName(breakdown)] : []),
        `${s + 1}. ${name ?? event ?? 'Any'}`,
        formatAmount(count),
        formatShare(rate_from_first),
        formatAmount(dropped),
        formatAmount(open),
      ]),
    ),
  }
}

function retentionTable(query: AskedInsight, result: ResultOf<'retention'>): InsightTable {
  const many = result.groups.length > 1
  const isAmount = query.kind === 'retention' && query.aggregate !== undefined
  const columns = result.columns.map(({ first, last }) =>
    first === last ? String(first) : `${first}–${last}`,
  )
  return {
    columns: [...(many ? ['Group'] : []), `Start (${result.interval})`, 'Size', ...columns],
    rows: result.groups.flatMap(({ breakdown, rows }) =>
      rows.map(({ size, cells }, r) => [
        ...(many ? [groupName(breakdown)] : []),
        formatBucket(result.buckets[r] ?? '', result.interval),
        formatAmount(size),
        ...cells.map(({ value }) =>
          isAmount || value === null || !size ? formatAmount(value) : formatShare(value / size),
        ),
      ]),
    ),
  }
}

function webTable(result: ResultOf<'web_overview'>): InsightTable {
  const { visitors, sessions, page_views, bounce_rate, session_duration } = result
  const row = (
    name: string,
    { value, previous, change }: typeof visitors,
    format: (value: number | null) => string,
  ) => [name, format(value), format(previous), formatShare(change)]
  return {
    columns: ['Measure', 'Value', 'Before', 'Change'],
    rows: [
      row('Visitors', visitors, formatAmount),
      row('Sessions', sessions, formatAmount),
      row('Page views', page_views, formatAmount),
      row('Bounce rate', bounce_rate, formatShare),
      row('Session duration', session_duration, formatSeconds),
    ],
  }
}

type Group = Pick<ResultOf<'funnel_time'>['groups'][number], 'breakdown'>

const namesOf = (groups: readonly Group[]): string[] =>
  groups.map(({ breakdown }) => groupName(breakdown))

function groupName(breakdown: Group['breakdown']): string {
  const told = insightBreakdown(breakdown)
  return told ? formatBreakdown(told) : 'Everyone'
}
