import type { LifecycleResult, LifecycleStatus } from '@headwater/schemas/insights/lifecycle'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatBucket, formatNumber } from '../../lib/format.ts'
import { LIFECYCLE_STATUSES } from '../../lib/lifecycle.ts'
import type { Site } from '../../lib/site.ts'
import { LIFECYCLE_COLORS, lifecyclePlot } from '../../plots/lifecycle.ts'
import type { AskedActors } from '../actors/actors-dialog.tsx'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

const HEIGHT = 320

interface Props {
  result: LifecycleResult
  site: Site
  query: InsightInputOf<'lifecycle'>
}

export function LifecycleChart({ height = HEIGHT, ...asked }: Props & { height?: number }) {
  const { result } = asked
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
        who={([status, bucket]) => actorsOf(asked, status as LifecycleStatus, Number(bucket))}
        draw={(width) => lifecyclePlot(result, { width, height })}
      />
    </>
  )
}

/** The same numbers as a table: one row per status, one column per interval. */
export function LifecycleTable(asked: Props) {
  const { result } = asked
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
                      {...actorsOf(asked, status, i)}
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

/** @param bucket Its place. */
function actorsOf(
  { result, site, query }: Props,
  status: LifecycleStatus,
  bucket: number,
): AskedActors {
  const when = formatBucket(result.buckets[bucket] ?? '', result.interval)
  return {
    ...{ site, query, select: { status, bucket } },
    title: `${LIFECYCLE_STATUSES[status].name}, ${when}`,
  }
}

export function lifecycleEmptyWords(result: LifecycleResult): string | null {
  if (result.series.some(({ values }) => values.some(Boolean))) return null
  return 'Nobody was active in this date range, or just before it.'
}
