import { WEB_VITALS, type WebList, type WebVital } from '@headwater/schemas/insights/web-overview'
import type { Query } from '../../store/store.ts'
import { actorSql } from '../actor.ts'
import { bucketPlace } from '../bucket-place.ts'
import type { Range } from '../date-range.ts'
import { MAX_BREAKDOWN_LENGTH } from '../lines.ts'
import { propertyText } from '../property.ts'
import { instant, scopeConditions } from '../scope.ts'
import { HAS_SESSION, PAGE_VIEW, SESSION } from '../sessions/definition.ts'
import type { SqlParams } from '../sql-params.ts'
import { Statement } from '../statement.ts'
import type { WebPlan } from './plan.ts'

const WEB_VITALS_EVENT = '$web_vitals'

/** Lists of single page views: a property of each. */
export const VIEW_LISTS = {
  page: 'pathname',
  country: 'country',
  browser: 'browser',
  os: 'os',
  device: 'device_type',
} as const satisfies Partial<Record<WebList, string>>
export type ViewList = keyof typeof VIEW_LISTS
export const isViewList = (list: WebList): list is ViewList => Object.hasOwn(VIEW_LISTS, list)

/** What is counted of a bucket, or of a whole period. */
export interface ViewsRow {
  previous: number
  /** Of the bucket, those of the time before first; null of a period. */
  place: number | null
  visitors: string
  sessions: string
  views: string
}

export interface ViewListRow {
  value: string
  visitors: string
  views: string
}

/** Of each metric m: its percentile `m`, `m_previous`, and its number of samples `m_samples`. */
export type VitalsRow = Record<string, number | string | null>

/** Visitors, sessions and page views: of the periods and of their buckets. */
export function compileViews(plan: WebPlan): Query {
  const { query, previous, starts } = plan
  const statement = new Statement(query.project)
  const { id } = actorSql(query.actor, statement)
  const bucket = bucketPlace([...(previous?.starts ?? []), ...starts], statement)
  // A bucket's sets are gathered once, and a period's are made of them: a fifth less time than a row for each took.
  return statement.query(`SELECT previous, line.1 AS place, line.2 AS visitors, line.3 AS sessions, line.4 AS views
  FROM (
    SELECT previous,
      groupArray((toNullable(bucket), finalizeAggregation(visitors_of),
        finalizeAggregation(sessions_of), views_of)) AS lines,
      (NULL, uniqExactMerge(visitors_of), uniqExactIfMerge(sessions_of), sum(views_of)) AS whole
    FROM (
      SELECT timestamp < ${instant(plan.from, statement)} AS previous, ${bucket} AS bucket,
        uniqExactState(${id}) AS visitors_of,
        uniqExactIfState(${SESSION}, ${HAS_SESSION}) AS sessions_of,
        count() AS views_of
      FROM events
      WHERE ${periodConditions(plan, [PAGE_VIEW], statement)}
      GROUP BY previous, bucket)
    GROUP BY previous)
  ARRAY JOIN arrayPushFront(lines, whole) AS line`)
}

export function compileViewList(plan: WebPlan, list: ViewList): Query {
  const { query } = plan
  const statement = new Statement(query.project)
  const { id } = actorSql(query.actor, statement)
  return statement.query(`SELECT ${valueSql(VIEW_LISTS[list])} AS value,
    uniqExact(${id}) AS visitors, count() AS views
  FROM events
  WHERE ${scopeConditions({ ...query, ...rangeOf(plan), events: [PAGE_VIEW] }, statement)}
  GROUP BY value
  ORDER BY visitors DESC, value ASC LIMIT ${statement.add('UInt32', query.list_limit)}`)
}

export function compileVitals(plan: WebPlan): Query {
  const statement = new Statement(plan.query.project)
  const columns = WEB_VITALS.flatMap((metric) => {
    const number = `toFloat64OrNull(${propertyText({ property: vitalProperty(metric) }, statement)})`
    const now = `isFinite(${number}) AND timestamp >= ${instant(plan.from, statement)}`
    const before = `isFinite(${number}) AND timestamp < ${instant(plan.from, statement)}`
    return [
      `quantileExactInclusiveIf(0.75)(${number}, ${now}) AS ${metric}`,
      `quantileExactInclusiveIf(0.75)(${number}, ${before}) AS ${metric}_previous`,
      `countIf(${now}) AS ${metric}_samples`,
      `countIf(${before}) AS ${metric}_previous_samples`,
    ]
  })
  return statement.query(`SELECT ${columns.join(',\n    ')}
  FROM events
  WHERE ${periodConditions(plan, [WEB_VITALS_EVENT], statement)}`)
}

export const vitalProperty = (metric: WebVital): string => `$web_vitals_${metric}_value`

/** SQL of a list's value: as much of it as tells two rows apart. */
export const valueSql = (column: string): string => `leftUTF8(${column}, ${MAX_BREAKDOWN_LENGTH})`

export const rangeOf = ({ from, to }: Range): Range => ({ from, to })

/** SQL that holds at the times of a range. */
export const during = ({ from, to }: Range, params: SqlParams): string =>
  `timestamp >= ${instant(from, params)} AND timestamp < ${instant(to, params)}`

// From the start of the time before to the end of the range, without what is not compared yet.
function periodConditions(plan: WebPlan, events: readonly string[], statement: Statement): string {
  const { query, previous, from, to } = plan
  const scope = { ...query, from: previous?.from ?? from, to, events }
  const conditions = scopeConditions(scope, statement)
  if (!previous || previous.to === from) return conditions
  const gap = { from: previous.to, to: from }
  return `${conditions}\n    AND NOT (${during(gap, statement)})`
}
