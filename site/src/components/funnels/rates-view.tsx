import type { Interval } from '@headwater/schemas/insight'
import type { FunnelTrendResult } from '@headwater/schemas/insights/funnel-trend'
import type { InsightInputOf } from '../../lib/api.ts'
import { onlyProperty } from '../../lib/breakdowns.ts'
import { breakdownName, formatBucket, formatShare } from '../../lib/format.ts'
import { type FunnelsQuestion, funnelTrendQuery } from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import { drawnRates } from '../../plots/funnel-rates.ts'
import { drawnColors } from '../../plots/series.ts'
import { trendPlot } from '../../plots/trend.ts'
import type { AskedActors } from '../actors/actors-dialog.tsx'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: FunnelTrendResult
  question: FunnelsQuestion
  site: Site
}

const HEIGHT = 320
const COUNTS = { entered: 'Entered', converted: 'Converted', open: 'Open' } as const

/** How many convert, by when they entered: a line for each group, and the numbers behind it. */
export function FunnelRatesView({ result, question, site }: Props) {
  const { interval } = question
  const breakdown = onlyProperty(question.breakdowns)
  const asked = { result, interval, breakdown, site, query: funnelTrendQuery(question) }
  const drawn = drawnRates(result, interval, breakdown)
  const colors = drawnColors(drawn)
  return (
    <>
      <FunnelRatesChart {...asked} height={HEIGHT} />
      <ScrollRegion label="Conversion as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">By when they entered</th>
              {result.buckets.map((bucket, b) => (
                <th scope="col" className="number" key={bucket}>
                  {formatBucket(bucket, interval)}
                  {!result.complete[b] && ' (so far)'}
                </th>
              ))}
            </tr>
          </thead>
          {result.groups.map((group, g) => {
            const name = breakdownName(group.breakdown, breakdown)
            return (
              <tbody key={name}>
                <tr>
                  <th scope="row">
                    <Swatch color={colors[g]} />
                    {name}
                  </th>
                  {group.rates.map((rate, b) => (
                    <td className="number total" key={result.buckets[b]}>
                      {formatShare(rate)}
                    </td>
                  ))}
                </tr>
                {(Object.keys(COUNTS) as (keyof typeof COUNTS)[]).map((outcome) => (
                  <tr key={outcome}>
                    <th scope="row" className="funnel-outcome">
                      {COUNTS[outcome]}
                    </th>
                    {group[outcome].map((count, b) => (
                      <td className="number" key={result.buckets[b]}>
                        <Who count={count} {...actorsOf(asked, g, b, outcome)} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            )
          })}
        </table>
      </ScrollRegion>
    </>
  )
}

interface Asked {
  result: FunnelTrendResult
  interval: Interval
  breakdown: string | undefined
  site: Site
  query: InsightInputOf<'funnel_trend'>
}

/** @param group Its place, and that of the bucket. */
function actorsOf(
  { result, interval, breakdown, site, query }: Asked,
  group: number,
  b: number,
  outcome: keyof typeof COUNTS,
): AskedActors {
  const bucket = result.buckets[b] ?? ''
  const value = result.groups[group]?.breakdown ?? null
  return {
    ...{ site, query, select: { outcome, bucket, breakdown: value } },
    title: `${breakdownName(value, breakdown)}, ${COUNTS[outcome].toLowerCase()}, ${formatBucket(bucket, interval)}`,
  }
}

/** A line for each group, with their legend. */
export function FunnelRatesChart({ height, ...asked }: Asked & { height: number }) {
  const { result, interval, breakdown } = asked
  const drawn = drawnRates(result, interval, breakdown)
  const colors = drawnColors(drawn)
  return (
    <>
      <ul className="legend" aria-label="Groups">
        {drawn.series.map(({ name }, g) => (
          <li key={name}>
            <Swatch color={colors[g]} />
            {name}
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={JSON.stringify(drawn)}
        height={height}
        // Whom a rate is of: those who converted.
        who={([group, bucket]) =>
          result.groups[Number(group)]?.converted[Number(bucket)]
            ? actorsOf(asked, Number(group), Number(bucket), 'converted')
            : null
        }
        draw={(width) => trendPlot(drawn, { width, chart: 'line', height, format: formatPercent })}
      />
    </>
  )
}

// The rates are drawn in per cent already.
const formatPercent = (value: number) => formatShare(value / 100)

export function funnelRatesEmptyWords(result: FunnelTrendResult): string | null {
  if (result.groups.some(({ entered }) => entered.some((count) => count > 0))) return null
  return 'Nobody did the first step in this date range.'
}
