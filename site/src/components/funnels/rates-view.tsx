import type { FunnelTrendResult } from '@headwater/schemas/insights/funnel-trend'
import { onlyProperty } from '../../lib/breakdowns.ts'
import { breakdownName, formatBucket, formatShare } from '../../lib/format.ts'
import { type FunnelsQuestion, funnelTrendQuery } from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import { drawnRates } from '../../plots/funnel-rates.ts'
import { type DrawnTrend, drawnColors } from '../../plots/series.ts'
import { trendPlot } from '../../plots/trend.ts'
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
  const drawn = drawnRates(result, interval, breakdown)
  const colors = drawnColors(drawn)
  return (
    <>
      <FunnelRatesChart drawn={drawn} height={HEIGHT} />
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
                        <Who
                          count={count}
                          site={site}
                          query={funnelTrendQuery(question)}
                          select={{
                            ...{ outcome, bucket: result.buckets[b] },
                            breakdown: group.breakdown,
                          }}
                          title={`${name}, ${COUNTS[outcome].toLowerCase()}, ${formatBucket(result.buckets[b] ?? '', interval)}`}
                        />
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

interface ChartProps {
  drawn: DrawnTrend
  height: number
}

/** A line for each group, with their legend. */
export function FunnelRatesChart({ drawn, height }: ChartProps) {
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
