import type { Chart } from '../lib/choices.ts'
import { formatAmount, formatBucket, formatNumber } from '../lib/format.ts'
import { trendInsight, trendSelection } from '../lib/questions-as-insights.ts'
import type { Site } from '../lib/site.ts'
import type { TrendQuestion } from '../lib/url-state.ts'
import type { PlacedAnnotation } from '../plots/annotations.ts'
import { type DrawnTrend, drawnColors, seriesNames } from '../plots/series.ts'
import { trendPlot } from '../plots/trend.ts'
import { Who } from './actors/who.tsx'
import { PlotFigure } from './plot-figure.tsx'
import { ScrollRegion } from './scroll-region.tsx'

interface Props {
  result: DrawnTrend
  chart: Chart
  breakdown?: string | undefined
  height?: number
  annotations?: readonly PlacedAnnotation[]
}

const HEIGHT = 264
const TABLE_BUCKETS = 62

/** A trend as a picture with its legend. */
export function TrendChart({ result, chart, breakdown, height = HEIGHT, annotations = [] }: Props) {
  const names = seriesNames(result, breakdown)
  const colors = drawnColors(result)
  // Whether a bucket is complete changes by the minute at most.
  const minute = result.complete_until?.slice(0, 16)
  const drawn = [result.buckets, result.series, minute, chart, breakdown, height, annotations]
  const signature = JSON.stringify(drawn)
  return (
    <>
      <ul className="legend" aria-label="Series">
        {result.series.map((series, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a series is its place; names may repeat.
          <li key={i} data-faint={series.faint}>
            <Swatch color={colors[i]} />
            {names[i]} <span className="legend-total">{formatAmount(series.total)}</span>
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={signature}
        height={height}
        draw={(width) => trendPlot(result, { width, chart, breakdown, height, annotations })}
      />
    </>
  )
}

interface TableProps extends Pick<Props, 'result' | 'breakdown'> {
  /** Lets numbers name who is behind them. */
  asked?: { site: Site; question: TrendQuestion }
}

/** The same numbers as a table: one row per series, the newest buckets at the right. */
export function TrendTable({ result, breakdown, asked }: TableProps) {
  const names = seriesNames(result, breakdown)
  const colors = drawnColors(result)
  const first = Math.max(0, result.buckets.length - TABLE_BUCKETS)
  const buckets = result.buckets.slice(first)
  const who = (line: number, count: number | null, bucket: string | null) => {
    const series = result.series[line]
    if (!asked || !series || count === null) return formatAmount(count)
    const when = bucket === null ? '' : `, ${formatBucket(bucket, result.interval)}`
    return (
      <Who
        count={count}
        site={asked.site}
        query={trendInsight(asked.question, series.event)}
        select={trendSelection(series, bucket)}
        title={`${names[line]}${when}`}
      />
    )
  }
  return (
    <>
      {first > 0 && (
        <p className="hint">
          The table shows the last {TABLE_BUCKETS} of {formatNumber(result.buckets.length)} buckets.
        </p>
      )}
      <ScrollRegion label="Trend as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Series</th>
              <th scope="col" className="number">
                Total
              </th>
              {buckets.map((bucket) => (
                <th scope="col" className="number" key={bucket}>
                  {formatBucket(bucket, result.interval)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.series.map((series, i) => (
              <tr key={names[i]}>
                <th scope="row">
                  <Swatch color={colors[i]} />
                  {names[i]}
                </th>
                <td className="number total">{who(i, series.total, null)}</td>
                {buckets.map((bucket, b) => (
                  <td className="number" key={bucket}>
                    {who(i, series.values[first + b] ?? null, bucket)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}

export function trendEmptyWords(result: DrawnTrend): string | null {
  if (result.series.some((series) => series.total !== null && series.total !== 0)) return null
  return 'No such events in this date range.'
}

export function Swatch({ color }: { color: string | undefined }) {
  return <span className="swatch" style={{ background: color }} aria-hidden="true" />
}
