import type { StickinessResult } from '@headwater/schemas/insights/stickiness'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatNumber, formatShare } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { everActive, type StickinessQuestion } from '../../lib/stickiness.ts'
import { seriesColors } from '../../plots/series.ts'
import { intervalsWords, stickinessNames, stickinessPlot } from '../../plots/stickiness.ts'
import type { AskedActors } from '../actors/actors-dialog.tsx'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: StickinessResult
  question: Pick<StickinessQuestion, 'bars' | 'cumulative' | 'interval' | 'breakdown'>
  /** The same as it was asked. */
  query: InsightInputOf<'stickiness'>
  site: Site
}

const HEIGHT = 320

export function StickinessChart({ height = HEIGHT, ...asked }: Props & { height?: number }) {
  const { result, question } = asked
  const { bars, cumulative, interval, breakdown } = question
  const names = stickinessNames(result, breakdown)
  const colors = seriesColors(result.series.map((line) => line.breakdown))
  return (
    <>
      <ul className="legend" aria-label="Series">
        {result.series.map((series, s) => (
          <li key={names[s]}>
            <Swatch color={colors[s]} />
            {names[s]}{' '}
            <span className="legend-total">{formatNumber(everActive(series, cumulative))}</span>
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.series, bars, cumulative, interval, breakdown, height])}
        height={height}
        who={([series, intervals]) => actorsOf(asked, Number(series), Number(intervals))}
        draw={(width) =>
          stickinessPlot(result, { width, height, bars, cumulative, interval, breakdown })
        }
      />
    </>
  )
}

/** The same numbers as a table: one row per series, with how many each number of intervals has. */
export function StickinessTable(asked: Props) {
  const { result, question } = asked
  const names = stickinessNames(result, question.breakdown)
  const colors = seriesColors(result.series.map((line) => line.breakdown))
  return (
    <ScrollRegion label="Stickiness as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col" className="number">
              Ever active
            </th>
            {Array.from({ length: result.intervals }, (_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a number of intervals is its place.
              <th scope="col" className="number" key={i}>
                {intervalsWords(i + 1, question)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.series.map((series, s) => {
            const all = everActive(series, question.cumulative)
            return (
              <tr key={names[s]}>
                <th scope="row">
                  <Swatch color={colors[s]} />
                  {names[s]}
                </th>
                <td className="number total">{formatNumber(all)}</td>
                {series.counts.map((count, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a number of intervals is its place.
                  <td className="number" key={i}>
                    <Who
                      count={count}
                      {...(question.bars === 'share' && {
                        words: formatShare(all === 0 ? null : count / all),
                      })}
                      {...actorsOf(asked, s, i + 1)}
                    />
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** @param place Of the series. */
function actorsOf(
  { result, question, query, site }: Props,
  place: number,
  intervals: number,
): AskedActors {
  const { series, breakdown } = result.series[place] ?? { series: place, breakdown: null }
  const name = stickinessNames(result, question.breakdown)[place]
  return {
    ...{ site, query, select: { series, intervals, breakdown } },
    title: `${name} on ${intervalsWords(intervals, question)}`,
  }
}

export function stickinessEmptyWords(result: StickinessResult): string | null {
  if (result.series.some(({ counts }) => counts.some((count) => count > 0))) return null
  return 'Nobody was active in this date range.'
}
