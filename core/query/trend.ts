import type { TrendQuery, TrendResult } from '@headwater/schemas/insight'
import type { Query } from '../store/store.ts'
import { bucketLabels, bucketSql, limitedStarts } from './buckets.ts'
import { type Range, resolveRange } from './date-range.ts'
import { propertyText } from './property.ts'
import { ANY_EVENT, type Scope, scopeConditions } from './scope.ts'
import { Statement } from './statement.ts'

/** Longest part of a property's value that tells two lines of a breakdown apart, in characters. */
export const MAX_BREAKDOWN_LENGTH = 500

export interface TrendPlan extends Range {
  query: TrendQuery
  /** Start of every bucket, ms. */
  starts: number[]
}

/** One number of the answer; the bucket '0' stands for the whole range. */
export interface TrendRow {
  kind: 'value' | 'other' | 'none' | ''
  value: string
  bucket: string
  amount: string
}

export type TrendAnswer = Omit<TrendResult, 'complete_until' | 'duration_ms' | 'from_cache'>

/** Decides dates and buckets. The range begins where its first bucket does. Throws a QueryRefusal. */
export function planTrend(query: TrendQuery, now: number): TrendPlan {
  const { from, to } = resolveRange(query, now, query.interval)
  const starts = limitedStarts(query, from, to)
  return { query, from: starts[0] ?? from, to, starts }
}

export function compileTrend({ query, from, to, starts }: TrendPlan): Query {
  const params = new Statement(query.project)
  const scope: Scope = { ...query, from, to, events: eventsOf(query) }
  const amount = query.measure === 'total' ? 'count()' : 'uniqExact(person_id)'
  const bucket = bucketSql(starts, params)
  if (query.breakdown === undefined) {
    return {
      text: `SELECT '' AS kind, '' AS value, ${bucket} AS bucket, ${amount} AS amount
  FROM events
  WHERE ${scopeConditions(scope, params)}
  GROUP BY GROUPING SETS ((bucket), ())`,
      params: params.values,
    }
  }
  const text = `leftUTF8(${propertyText({ property: query.breakdown }, params)}, ${MAX_BREAKDOWN_LENGTH})`
  const where = scopeConditions(scope, params)
  const limit = params.add('UInt32', query.breakdown_limit)
  return {
    text: `WITH top AS (
    SELECT ${text} AS label FROM events WHERE ${where} AND label != ''
    GROUP BY label ORDER BY ${amount} DESC, label ASC LIMIT ${limit})
  SELECT kind, value, bucket, ${amount} AS amount
  FROM (
    SELECT
      ${bucket} AS bucket,
      person_id,
      ${text} AS label,
      multiIf(label = '', 'none', label IN top, 'value', 'other') AS kind,
      if(kind = 'value', label, '') AS value
    FROM events
    WHERE ${where})
  GROUP BY GROUPING SETS ((kind, value, bucket), (kind, value))`,
    params: params.values,
  }
}

/** Puts the rows in their buckets, with zeros where nothing happened; Other and none come last. */
export function shapeTrend({ query, starts }: TrendPlan, rows: readonly TrendRow[]): TrendAnswer {
  const places = new Map(starts.map((start, place) => [String(start), place]))
  const lines = new Map<string, TrendAnswer['series'][number]>()
  const lineOf = ({ kind, value }: Pick<TrendRow, 'kind' | 'value'>) => {
    const key = `${kind} ${value}`
    const known = lines.get(key)
    if (known) return known
    const line = {
      event: query.event,
      breakdown: kind === '' ? null : { kind, value },
      values: starts.map(() => 0),
      total: 0,
    }
    lines.set(key, line)
    return line
  }
  if (query.breakdown === undefined) lineOf({ kind: '', value: '' })
  for (const row of rows) {
    const line = lineOf(row)
    const place = places.get(row.bucket)
    if (place === undefined) line.total = Number(row.amount)
    else line.values[place] = Number(row.amount)
  }
  return {
    buckets: bucketLabels(query.time_zone, starts),
    interval: query.interval,
    time_zone: query.time_zone,
    measure: query.measure,
    series: [...lines.values()].sort(
      (a, b) =>
        orderOf(a.breakdown?.kind) - orderOf(b.breakdown?.kind) ||
        b.total - a.total ||
        compareText(a.breakdown?.value ?? '', b.breakdown?.value ?? ''),
    ),
  }
}

const KIND_ORDER = ['value', 'other', 'none']
export const orderOf = (kind: string | undefined): number => KIND_ORDER.indexOf(kind ?? '')
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const eventsOf = ({ event }: TrendQuery): string[] | null => (event === ANY_EVENT ? null : [event])
