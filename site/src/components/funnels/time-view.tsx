import type { FunnelTimeResult } from '@headwater/schemas/insights/funnel-time'
import { onlyProperty } from '../../lib/breakdowns.ts'
import { breakdownName, formatSeconds } from '../../lib/format.ts'
import { type FunnelsQuestion, funnelTimeQuery } from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import { barWords, funnelTimePlot } from '../../plots/funnel-time.ts'
import { seriesColors } from '../../plots/series.ts'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: FunnelTimeResult
  question: FunnelsQuestion
  site: Site
}

const HEIGHT = 320

/** How long it takes from the first step to the last: a histogram, and both of its tables. */
export function FunnelTimeView({ result, question, site }: Props) {
  const breakdown = onlyProperty(question.breakdowns)
  const colors = seriesColors(result.groups.map((group) => group.breakdown))
  const names = result.groups.map((group) => breakdownName(group.breakdown, breakdown))
  const who = (group: number, bar: number | null, count: number) => (
    <Who
      count={count}
      site={site}
      query={funnelTimeQuery(question)}
      select={{ bar, breakdown: result.groups[group]?.breakdown ?? null }}
      title={`${names[group]}, ${bar === null ? 'converted' : barWords(result, bar)}`}
    />
  )
  return (
    <>
      <FunnelTimeChart result={result} breakdown={breakdown} height={HEIGHT} />
      <ScrollRegion label="Times as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Group</th>
              {['Converted', 'Median', 'Mean', 'Least', 'Most'].map((title) => (
                <th scope="col" className="number" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.groups.map((group, g) => (
              <tr key={names[g]}>
                <th scope="row">
                  <Swatch color={colors[g]} />
                  {names[g]}
                </th>
                <td className="number total">{who(g, null, group.count)}</td>
                <td className="number">{formatSeconds(group.median_seconds)}</td>
                <td className="number">{formatSeconds(group.mean_seconds)}</td>
                <td className="number">{formatSeconds(group.min_seconds)}</td>
                <td className="number">{formatSeconds(group.max_seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <ScrollRegion label="Bars as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Group</th>
              {result.edges.slice(1).map((edge, b) => (
                <th scope="col" className="number" key={edge}>
                  {barWords(result, b)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.groups.map((group, g) => (
              <tr key={names[g]}>
                <th scope="row">
                  <Swatch color={colors[g]} />
                  {names[g]}
                </th>
                {group.bars.map((count, b) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
                  <td className="number" key={b}>
                    {who(g, b, count)}
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

interface ChartProps {
  result: FunnelTimeResult
  breakdown: string | undefined
  height: number
}

/** The histogram, with the legend of its groups. */
export function FunnelTimeChart({ result, breakdown, height }: ChartProps) {
  const colors = seriesColors(result.groups.map((group) => group.breakdown))
  return (
    <>
      <ul className="legend" aria-label="Groups">
        {result.groups.map((group, g) => {
          const name = breakdownName(group.breakdown, breakdown)
          return (
            <li key={name}>
              <Swatch color={colors[g]} />
              {name}
            </li>
          )
        })}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.edges, result.groups, breakdown])}
        height={height}
        draw={(width) => funnelTimePlot(result, { width, breakdown, height })}
      />
    </>
  )
}

export function funnelTimeEmptyWords(result: FunnelTimeResult): string | null {
  return result.edges.length > 0 ? null : 'Nobody reached the last step in this date range.'
}
