import type { TrendsResult } from '@headwater/schemas/insights/trends'
import { formatAmount, formatBucket, formatNumber } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { type TrendsQuestion, trendsQuery } from '../../lib/trends.ts'
import { type ShownLine, shownLines } from '../../plots/lines.ts'
import { Who } from '../actors/who.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'
import { Change } from './change.tsx'

interface Props {
  result: TrendsResult
  question: TrendsQuestion
  site: Site
  /** False where the whole range is one bucket. */
  withBuckets: boolean
}

const MAX_BUCKETS = 62

/** The numbers of all lines: one row each, the newest buckets at the right. */
export function LinesTable({ result, question, site, withBuckets }: Props) {
  const first = Math.max(0, result.buckets.length - MAX_BUCKETS)
  const buckets = withBuckets ? result.buckets.slice(first) : []
  const compared = result.previous_buckets
  const query = trendsQuery(question)
  const who = (line: ShownLine, value: number | null, bucket: string | null) => {
    if (value === null || line.select === null) return formatAmount(value)
    const when = bucket === null ? '' : `, ${formatBucket(bucket, question.interval)}`
    const select = { ...line.select, bucket }
    return <Who count={value} {...{ site, query, select }} title={`${line.name}${when}`} />
  }
  return (
    <>
      {withBuckets && first > 0 && (
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
              {compared && (
                <th scope="col" className="number">
                  Change
                </th>
              )}
              {buckets.map((bucket) => (
                <th scope="col" className="number" key={bucket}>
                  {formatBucket(bucket, question.interval)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shownLines(result, question).map((line, i) => {
              const own = line.period === 'current' ? result.buckets : (compared ?? [])
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name.
                <tr key={i} data-faint={line.faint}>
                  <th scope="row">
                    <Swatch color={line.color} />
                    {line.name}
                  </th>
                  <td className="number total">{who(line, line.total, null)}</td>
                  {compared && (
                    <td className="number">
                      {line.period === 'current' && <Change change={line.change} />}
                    </td>
                  )}
                  {buckets.map((bucket, b) => {
                    const place = first + b
                    const at = own[place]
                    const isFuture = line.period === 'current' && result.states[place] === 'future'
                    return (
                      <td
                        className="number"
                        key={bucket}
                        title={line.faint && at ? formatBucket(at, question.interval) : undefined}
                      >
                        {at !== undefined && !isFuture && who(line, line.values[place] ?? null, at)}
                      </td>
                    )
                  })}
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}

export function linesEmptyWords(result: TrendsResult): string | null {
  if (result.series.some(({ total, values }) => total || values.some(Boolean))) return null
  return 'No such events in this date range.'
}
