import type { WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { formatBucket, formatNumber } from '../../lib/format.ts'
import type { Live } from '../../lib/live.ts'
import type { Site } from '../../lib/site.ts'
import { WEB_METRICS, type WebQuestion, webQueries } from '../../lib/web-question.ts'
import { webPlot, webPoints } from '../../plots/web.ts'
import { Who } from '../actors/who.tsx'
import { Answer, Card } from '../card.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  site: Site
  live: Live<WebOverviewResult>
  question: WebQuestion
}

const HEIGHT = 260

/** The chosen count over time, beside the time before, with its table. */
export function WebChart({ site, live, question }: Props) {
  const quiet = { ...live, error: null }
  return (
    <Card title={`${WEB_METRICS[question.metric]} over time`} className="web-chart">
      <Answer live={quiet} emptyWords={emptyWords}>
        {(result) => <Chart site={site} result={result} question={question} />}
      </Answer>
    </Card>
  )
}

interface ChartProps {
  site: Site
  result: WebOverviewResult
  question: WebQuestion
}

function Chart({ site, result, question }: ChartProps) {
  const { metric, interval } = question
  return (
    <>
      <WebFigure result={result} metric={metric} interval={interval} height={HEIGHT} />
      <details>
        <summary>Show as table</summary>
        <ChartTable site={site} result={result} question={question} />
      </details>
    </>
  )
}

interface FigureProps extends Pick<WebQuestion, 'metric' | 'interval'> {
  result: WebOverviewResult
  height: number
}

/** A count over time, beside the time before, with its legend. */
export function WebFigure({ result, metric, interval, height }: FigureProps) {
  const minute = result.complete_until?.slice(0, 16)
  const { series, previous_series } = result
  return (
    <>
      <ul className="legend" aria-label="Lines">
        <li>
          <Swatch color="var(--series-1)" />
          {WEB_METRICS[metric]}
        </li>
        {previous_series && (
          <li>
            <Swatch color="var(--axis)" />
            Time before
          </li>
        )}
      </ul>
      <PlotFigure
        signature={JSON.stringify([series, previous_series, minute, metric, interval])}
        height={height}
        draw={(width) => webPlot(result, { width, metric, interval, height })}
      />
    </>
  )
}

function ChartTable({ site, result, question }: ChartProps) {
  const { metric, interval } = question
  const compared = result.previous_series !== null
  return (
    <ScrollRegion label="Chart as a table" className="table-scroll table-tall">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" className="number">
              {WEB_METRICS[metric]}
            </th>
            {compared && (
              <>
                <th scope="col" className="number">
                  Before
                </th>
                <th scope="col">Time before</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {webPoints(result, metric, interval).map(({ bucket, value, previous }, i) => (
            <tr key={bucket}>
              <th scope="row">{formatBucket(bucket, interval)}</th>
              <td className="number">
                {metric === 'visitors' && value !== null ? (
                  <Who
                    site={site}
                    query={webQueries(question).numbers}
                    select={{ bucket: i }}
                    count={value}
                    title={`Visitors: ${formatBucket(bucket, interval)}`}
                  />
                ) : (
                  numberOrDash(value)
                )}
              </td>
              {compared && (
                <>
                  <td className="number">{numberOrDash(previous?.value ?? null)}</td>
                  <td>{previous ? formatBucket(previous.bucket, interval) : '–'}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

const numberOrDash = (value: number | null) => (value === null ? '–' : formatNumber(value))

function emptyWords({ page_views }: WebOverviewResult): string | null {
  if (page_views.value || page_views.previous) return null
  return 'No page views in this date range.'
}
