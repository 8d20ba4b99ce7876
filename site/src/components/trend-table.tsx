import { formatAmount, formatBucket, formatNumber } from '../lib/format.ts'
import { type DrawnTrend, drawnColors, seriesNames } from '../plots/series.ts'
import type { AskedActors } from './actors/actors-dialog.tsx'
import { Who } from './actors/who.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Swatch } from './trend-view.tsx'
import { Change } from './trends/change.tsx'

/** Who is behind a line, in a bucket by its place or in the whole range; null where nobody can be named. */
export type LineActors = (line: number, bucket: number | null) => AskedActors | null

interface Props {
  result: DrawnTrend
  breakdown?: string | undefined
  /** False where the whole range is one bucket. @default true */
  withBuckets?: boolean
  /** Lets numbers name who is behind them. */
  actorsOf?: LineActors | undefined
}

const MAX_BUCKETS = 62

/** The numbers of all lines as a table: one row each, the newest buckets at the right. */
export function TrendTable({ result, breakdown, withBuckets = true, actorsOf }: Props) {
  const names = seriesNames(result, breakdown)
  const colors = drawnColors(result)
  const first = withBuckets ? Math.max(0, result.buckets.length - MAX_BUCKETS) : 0
  const buckets = withBuckets ? result.buckets.slice(first) : []
  const who = (line: number, count: number | null, bucket: number | null) => {
    const asked = count === null ? null : (actorsOf?.(line, bucket) ?? null)
    return asked && count !== null ? <Who count={count} {...asked} /> : formatAmount(count)
  }
  return (
    <>
      {first > 0 && (
        <p className="hint">
          The table shows the last {MAX_BUCKETS} of {formatNumber(result.buckets.length)} buckets.
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
              {result.previous_buckets && (
                <th scope="col" className="number">
                  Change
                </th>
              )}
              {buckets.map((bucket) => (
                <th scope="col" className="number" key={bucket}>
                  {formatBucket(bucket, result.interval)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.series.map((series, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name.
              <tr key={i} data-faint={series.faint}>
                <th scope="row">
                  <Swatch color={colors[i]} />
                  {names[i]}
                </th>
                <td className="number total">{who(i, series.total, null)}</td>
                {result.previous_buckets && (
                  <td className="number">
                    {!series.faint && <Change change={series.change ?? null} />}
                  </td>
                )}
                {buckets.map((bucket, b) => {
                  const place = first + b
                  const earlier = series.faint ? result.previous_buckets?.[place] : undefined
                  const isThere = series.faint ? earlier !== undefined : !result.future?.[place]
                  return (
                    <td
                      className="number"
                      key={bucket}
                      title={earlier && formatBucket(earlier, result.interval)}
                    >
                      {isThere && who(i, series.values[place] ?? null, place)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}
