import {
  type ComparedNumber,
  WEB_LISTS,
  WEB_VITALS,
  type WebOverviewResult,
  type WebVital,
} from '@headwater/schemas/insights/web-overview'
import { bucketLabels } from '../buckets.ts'
import type { Answer } from '../insight.ts'
import { formatInstant, offsetAt } from '../zone.ts'
import type { Period, WebPlan } from './plan.ts'
import type { SessionsRow } from './sessions-sql.ts'
import type { ViewListRow, ViewsRow, VitalsRow } from './views-sql.ts'

type ListRow = WebOverviewResult['lists'][number]['rows'][number]

/** The rows of every statement, by what they are. */
export interface WebRows {
  views: readonly ViewsRow[]
  sessions: readonly SessionsRow[]
  vitals: readonly VitalsRow[]
  /** By name of the list. */
  viewLists: ReadonlyMap<string, readonly ViewListRow[]>
}

export function shapeWeb(plan: WebPlan, rows: WebRows): Answer<WebOverviewResult> {
  const { query, previous } = plan
  const number = (of: (totals: Totals) => number | null): ComparedNumber =>
    compare(of(totalsOf(rows, 0)), previous && of(totalsOf(rows, 1)))
  return {
    range: spanOf(plan, query.time_zone),
    previous_range: previous && spanOf(previous, query.time_zone),
    visitors: number(({ visitors }) => visitors),
    sessions: number(({ sessions }) => sessions),
    page_views: number(({ pageViews }) => pageViews),
    bounce_rate: number(({ bounces, sessions }) => ratio(bounces, sessions)),
    session_duration: number(({ ms, sessions }) => ratio(ms / 1000, sessions)),
    views_per_session: number(({ sessionViews, sessions }) => ratio(sessionViews, sessions)),
    series: seriesOf(plan, query.time_zone, rows.views, previous?.starts.length ?? 0),
    previous_series: previous && seriesOf(previous, query.time_zone, rows.views, 0),
    lists: query.lists.map((list) => ({ list, rows: listOf(list, rows) })),
    web_vitals: WEB_VITALS.flatMap((metric) => vitalOf(metric, rows.vitals[0], previous !== null)),
  }
}

interface Totals {
  visitors: number
  sessions: number
  pageViews: number
  sessionViews: number
  bounces: number
  ms: number
}

function totalsOf({ views, sessions }: WebRows, previous: number): Totals {
  const all = views.find((row) => row.place === null && row.previous === previous)
  const whole = sessions.find((row) => row.list === null && row.previous === previous)
  return {
    visitors: Number(all?.visitors ?? 0),
    pageViews: Number(all?.views ?? 0),
    sessions: Number(whole?.sessions ?? 0),
    sessionViews: Number(whole?.views ?? 0),
    bounces: Number(whole?.bounces ?? 0),
    ms: Number(whole?.ms ?? 0),
  }
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

export function compare(value: number | null, previous: number | null): ComparedNumber {
  const known = value !== null && previous !== null && previous !== 0
  return { value, previous, change: known ? (value - previous) / previous : null }
}

function spanOf({ from, to }: Period, zone: string): { from: string; to: string } {
  const at = (instant: number) => formatInstant(instant, offsetAt(zone, instant))
  return { from: at(from), to: at(to) }
}

/** @param first Place of its first bucket. */
function seriesOf(
  { starts }: Period,
  zone: string,
  rows: readonly ViewsRow[],
  first: number,
): WebOverviewResult['series'] {
  const found = new Map(rows.map((row) => [row.place, row]))
  const values = (name: 'visitors' | 'sessions' | 'views') =>
    starts.map((_, at) => Number(found.get(first + at)?.[name] ?? 0))
  return {
    buckets: bucketLabels(zone, starts),
    visitors: values('visitors'),
    sessions: values('sessions'),
    page_views: values('views'),
  }
}

function listOf(list: (typeof WEB_LISTS)[number], rows: WebRows): ListRow[] {
  const place = WEB_LISTS.indexOf(list)
  const views = rows.viewLists.get(list)
  if (!views) return rows.sessions.filter((row) => row.list === place).map(sessionListRow)
  return views.map((row) => ({
    value: row.value || null,
    visitors: Number(row.visitors),
    page_views: Number(row.views),
    sessions: null,
    bounce_rate: null,
    session_duration: null,
  }))
}

function sessionListRow(row: SessionsRow): ListRow {
  const sessions = Number(row.sessions)
  return {
    value: row.value || null,
    visitors: Number(row.visitors),
    page_views: Number(row.views),
    sessions,
    bounce_rate: ratio(Number(row.bounces), sessions),
    session_duration: ratio(Number(row.ms) / 1000, sessions),
  }
}

/** Up to which a metric is good, and above which it is poor. */
const RATINGS: Record<WebVital, { good: number; poor: number }> = {
  LCP: { good: 2_500, poor: 4_000 },
  INP: { good: 200, poor: 500 },
  CLS: { good: 0.1, poor: 0.25 },
  FCP: { good: 1_800, poor: 3_000 },
}

function vitalOf(metric: WebVital, row: VitalsRow | undefined, isCompared: boolean) {
  const samples = Number(row?.[`${metric}_samples`] ?? 0)
  if (samples === 0) return []
  const before = Number(row?.[`${metric}_previous_samples`] ?? 0)
  const value = Number(row?.[metric])
  const previous = isCompared && before > 0 ? Number(row?.[`${metric}_previous`]) : null
  const { good, poor } = RATINGS[metric]
  const rating =
    value <= good
      ? ('good' as const)
      : value <= poor
        ? ('needs_improvement' as const)
        : ('poor' as const)
  return [{ metric, ...compare(value, previous), samples, rating }]
}
