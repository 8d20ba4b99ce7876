import type { TrendResult } from '@headwater/schemas/insight'
import type { TrendsResult } from '@headwater/schemas/insights/trends'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatBucket } from '../../lib/format.ts'
import { trendInsight, trendSelection } from '../../lib/questions-as-insights.ts'
import type { Site } from '../../lib/site.ts'
import type { TrendQuestion } from '../../lib/url-state.ts'
import type { DrawnLines } from '../../plots/lines.ts'
import { seriesNames } from '../../plots/series.ts'
import type { LineActors } from '../trend-table.tsx'

/** Who is behind the lines of POST /api/query. */
export const linesActors =
  (drawn: DrawnLines, query: InsightInputOf<'trends'>, site: Site): LineActors =>
  (place, b) => {
    const line = drawn.series[place]
    if (!line?.select) return null
    const own = line.period === 'current' ? drawn.buckets : (drawn.previous_buckets ?? [])
    const bucket = b === null ? null : (own[b] ?? null)
    const when = b === null ? '' : `, ${formatBucket(bucket ?? '', drawn.interval)}`
    return { site, query, select: { ...line.select, bucket }, title: `${line.name}${when}` }
  }

/** Who is behind the lines of GET /api/trends. */
export const trendActors =
  (result: TrendResult, question: TrendQuestion, site: Site): LineActors =>
  (place, b) => {
    const series = result.series[place]
    if (!series) return null
    const bucket = b === null ? null : (result.buckets[b] ?? null)
    const when = bucket === null ? '' : `, ${formatBucket(bucket, result.interval)}`
    return {
      ...{ site, query: trendInsight(question, series.event) },
      select: trendSelection(series, bucket),
      title: `${seriesNames(result, question.breakdown)[place]}${when}`,
    }
  }

export function linesEmptyWords(result: TrendsResult): string | null {
  if (result.series.some(({ total, values }) => total || values.some(Boolean))) return null
  return 'No such events in this date range.'
}
