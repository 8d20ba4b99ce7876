import type { LifecycleResult } from '@headwater/schemas/insights/lifecycle'
import { formatBucket, formatNumber } from '../../lib/format.ts'
import { LIFECYCLE_STATUSES, type LifecycleQuestion, lifecycleQuery } from '../../lib/lifecycle.ts'
import type { Site } from '../../lib/site.ts'
import { LIFECYCLE_COLORS, lifecyclePlot } from '../../plots/lifecycle.ts'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

const HEIGHT = 320

interface ChartProps {
  result: LifecycleResult
  height?: number
}

export function LifecycleChart({ result, height = HEIGHT }: ChartProps) {
  return (
    <>
      <ul className="legend" aria-label="Statuses">
        {result.series.map(({ status }) => (
          <li key={status} title={LIFECYCLE_STATUSES[status].meaning}>
            <Swatch color={LIFECYCLE_COLORS[status]} />
            {LIFECYCLE_STATUSES[status].name}
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.buckets, result.states, result.series, height])}
        height={height}
        draw={(width) => lifecyclePlot(result, { width, height })}
      />
    </>
  )
}

interface TableProps {
  result: LifecycleResult
  question: LifecycleQuestion
  site: Site
}

/** The same numbers as a table: one row per status, one column per interval. */
export function LifecycleTable({ result, question, site }: TableProps) {
  return (
    <ScrollRegion label="Lifecycle as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Status</th>
            {result.buckets.map((bucket, i) => (
              <th scope="col" className="number" key={bucket}>
                {formatBucket(bucket, result.interval)}
                {result.states[i] === 'incomplete' && ' (so far)'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.series.map(({ status, values }) => (
            <tr key={status}>
              <th scope="row" title={LIFECYCLE_STATUSES[status].meaning}>
                <Swatch color={LIFECYCLE_COLORS[status]} />
                {LIFECYCLE_STATUSES[status].name}
              </th>
              {values.map((value, i) => (
                <td className="number" key={result.buckets[i]}>
                  {value !== null && (
                    <Who
                      count={Math.abs(value)}
                      words={formatNumber(value)}
                      site={site}
                      query={lifecycleQuery(question)}
                      select={{ status, bucket: i }}
                      title={`${LIFECYCLE_STATUSES[status].name}, ${formatBucket(result.buckets[i] ?? '', result.interval)}`}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

export function lifecycleEmptyWords(result: LifecycleResult): string | null {
  if (result.series.some(({ values }) => values.some(Boolean))) return null
  return 'Nobody was active in this date range, or just before it.'
}
