import type { StickinessResult } from '@headwater/schemas/insights/stickiness'
import { formatEvent, formatNumber, formatShare } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { everActive, type StickinessQuestion, stickinessQuery } from '../../lib/stickiness.ts'
import { seriesColors } from '../../plots/series.ts'
import { intervalsWords, stickinessPlot } from '../../plots/stickiness.ts'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: StickinessResult
  question: StickinessQuestion
}

const HEIGHT = 320

export function StickinessChart({ result, question }: Props) {
  const { bars, cumulative, interval } = question
  const colors = seriesColors(result.series.map(() => null))
  return (
    <>
      <ul className="legend" aria-label="Series">
        {result.series.map((series, s) => (
          <li key={series.event}>
            <Swatch color={colors[s]} />
            {formatEvent(series.event)}{' '}
            <span className="legend-total">{formatNumber(everActive(series, cumulative))}</span>
          </li>
        ))}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.series, bars, cumulative, interval])}
        height={HEIGHT}
        draw={(width) => stickinessPlot(result, { width, bars, cumulative, interval })}
      />
    </>
  )
}

/** The same numbers as a table: one row per series, with how many each number of intervals has. */
export function StickinessTable({ result, question, site }: Props & { site: Site }) {
  const colors = seriesColors(result.series.map(() => null))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by key.
    <section className="table-scroll" tabIndex={0} aria-label="Stickiness as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Event</th>
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
              <tr key={series.event}>
                <th scope="row">
                  <Swatch color={colors[s]} />
                  {formatEvent(series.event)}
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
                      site={site}
                      query={stickinessQuery(question)}
                      select={{ series: s, intervals: i + 1 }}
                      title={`${formatEvent(series.event)} on ${intervalsWords(i + 1, question)}`}
                    />
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

export function stickinessEmptyWords(result: StickinessResult): string | null {
  if (result.series.some(({ counts }) => counts.some((count) => count > 0))) return null
  return 'Nobody was active in this date range.'
}
