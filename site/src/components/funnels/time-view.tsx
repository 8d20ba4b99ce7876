import type { FunnelTimeResult } from '@headwater/schemas/insights/funnel-time'
import type { InsightInputOf } from '../../lib/api.ts'
import { onlyProperty } from '../../lib/breakdowns.ts'
import { breakdownName, formatSeconds } from '../../lib/format.ts'
import { type FunnelsQuestion, funnelTimeQuery } from '../../lib/funnels.ts'
import type { Site } from '../../lib/site.ts'
import { barWords, funnelTimePlot } from '../../plots/funnel-time.ts'
import { seriesColors } from '../../plots/series.ts'
import type { AskedActors } from '../actors/actors-dialog.tsx'
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
  const asked = { result, breakdown, site, query: funnelTimeQuery(question) }
  const who = (group: number, bar: number | null, count: number) => (
    <Who count={count} {...actorsOf(asked, group, bar)} />
  )
  return (
    <>
      <FunnelTimeChart {...asked} height={HEIGHT} />
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

interface Asked {
  result: FunnelTimeResult
  breakdown: string | undefined
  site: Site
  query: InsightInputOf<'funnel_time'>
}

/** @param bar Null for all of them. */
function actorsOf(
  { result, breakdown, site, query }: Asked,
  place: number,
  bar: number | null,
): AskedActors {
  const group = result.groups[place]?.breakdown ?? null
  const when = bar === null ? 'converted' : barWords(result, bar)
  return {
    ...{ site, query, select: { bar, breakdown: group } },
    title: `${breakdownName(group, breakdown)}, ${when}`,
  }
}

/** The histogram, with the legend of its groups. */
export function FunnelTimeChart({ height, ...asked }: Asked & { height: number }) {
  const { result, breakdown } = asked
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
        who={([group, bar]) => actorsOf(asked, Number(group), Number(bar))}
        draw={(width) => funnelTimePlot(result, { width, breakdown, height })}
      />
    </>
  )
}

export function funnelTimeEmptyWords(result: FunnelTimeResult): string | null {
  return result.edges.length > 0 ? null : 'Nobody reached the last step in this date range.'
}
