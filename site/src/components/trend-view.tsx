import type { Chart } from '../lib/choices.ts'
import { formatAmount } from '../lib/format.ts'
import type { PlacedAnnotation } from '../plots/annotations.ts'
import { type DrawnTrend, drawnColors, seriesNames } from '../plots/series.ts'
import { trendPlot } from '../plots/trend.ts'
import { PlotFigure } from './plot-figure.tsx'
import type { LineActors } from './trend-table.tsx'

interface Props {
  result: DrawnTrend
  chart: Chart
  breakdown?: string | undefined
  height?: number
  annotations?: readonly PlacedAnnotation[]
  /** Lets bars and points name who is behind them. */
  actorsOf?: LineActors | undefined
}

const HEIGHT = 264

/** A trend as a picture with its legend. */
export function TrendChart(props: Props) {
  const { result, chart, breakdown, height = HEIGHT, annotations = [], actorsOf } = props
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
        who={([line, bucket]) =>
          result.series[Number(line)]?.values[Number(bucket)]
            ? (actorsOf?.(Number(line), Number(bucket)) ?? null)
            : null
        }
        draw={(width) => trendPlot(result, { width, chart, breakdown, height, annotations })}
      />
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
