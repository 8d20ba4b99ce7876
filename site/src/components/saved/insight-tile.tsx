import type { SavedAnnotation } from '@headwater/schemas/insights/annotation'
import type { AskedInsight, InsightResult } from '@headwater/schemas/insights/insight'
import type { ReactNode } from 'react'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatAmount } from '../../lib/format.ts'
import { actorKind } from '../../lib/funnels.ts'
import type { AskedOf } from '../../lib/insight-address.ts'
import { useInsight } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { measureWords } from '../../lib/trends-words.ts'
import { placeAnnotations } from '../../plots/annotations.ts'
import { propertyOf } from '../../plots/insight-breakdown.ts'
import { drawnFunnel } from '../../plots/insight-funnel.ts'
import { insightTable } from '../../plots/insight-table.ts'
import { drawnTrend } from '../../plots/insight-trend.ts'
import { countryLines } from '../../plots/lines.ts'
import { AnnotationList } from '../annotations/chart-annotations.tsx'
import { Answer } from '../card.tsx'
import { FunnelChart, FunnelTable, funnelEmptyWords } from '../funnel-view.tsx'
import { FunnelCorrelationView } from '../funnels/correlation-view.tsx'
import { FunnelRatesChart } from '../funnels/rates-view.tsx'
import { FunnelTimeChart } from '../funnels/time-view.tsx'
import { LifecycleChart } from '../lifecycle/lifecycle-view.tsx'
import { PathsFlow } from '../paths/paths-flow.tsx'
import { RetentionChart } from '../retention/retention-chart.tsx'
import { RetentionTable, retentionEmptyWords } from '../retention/retention-table.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { StickinessChart } from '../stickiness/stickiness-view.tsx'
import { TrendTable } from '../trend-table.tsx'
import { TrendChart, trendEmptyWords } from '../trend-view.tsx'
import { linesActors } from '../trends/line-actors.ts'
import { WebGlance } from '../web/web-glance.tsx'
import { WorldMap } from '../world-map.tsx'

interface Props {
  site: Site
  query: AskedInsight
  paused: boolean
  /** Of the picture, in pixels. */
  height: number
  /** What happened meanwhile, marked on lines over time. @default nothing */
  annotations?: readonly SavedAnnotation[]
}

type TrendsResult = Extract<InsightResult, { kind: 'trends' }>

/** The answer to any question, drawn as its kind is drawn, with the numbers as a table. */
export function InsightTile({ site, query, paused, height, annotations = [] }: Props) {
  const live = useInsight(site, query as InsightInputOf<AskedInsight['kind']>, paused)
  // An answer that is still that of the question before may be of another kind.
  const shown = { ...live, data: live.data?.kind === query.kind ? live.data : null }
  return (
    <Answer live={shown} emptyWords={(result) => emptyWords(query, result)}>
      {(result) => (
        <Drawn
          site={site}
          query={query}
          result={result}
          height={height}
          annotations={annotations}
        />
      )}
    </Answer>
  )
}

interface DrawnProps {
  site: Site
  query: AskedInsight
  result: InsightResult
  height: number
  annotations: readonly SavedAnnotation[]
}

function Drawn({ site, query, result, height, annotations }: DrawnProps) {
  if (query.kind === 'trends' && result.kind === 'trends') {
    return <DrawnTrends {...{ site, query, result, height, annotations }} />
  }
  if (query.kind === 'funnel' && result.kind === 'funnel') {
    const drawn = {
      result: drawnFunnel(result),
      breakdown: propertyOf(query),
      actors: actorKind(query.actor),
      asked: { site, query },
    }
    return (
      <>
        <FunnelChart {...drawn} height={height} />
        <AsTable>
          <FunnelTable {...drawn} />
        </AsTable>
      </>
    )
  }
  if (query.kind === 'retention' && result.kind === 'retention' && !query.aggregate) {
    return (
      <>
        <RetentionChart result={result} breakdown={propertyOf(query)} height={height} />
        <AsTable>
          <RetentionTable
            result={result}
            breakdown={propertyOf(query)}
            cells="share"
            asked={{ site, query }}
          />
        </AsTable>
      </>
    )
  }
  if (query.kind === 'funnel_correlation' && result.kind === 'funnel_correlation') {
    return <FunnelCorrelationView result={result} query={query} site={site} height={height} />
  }
  const table = <PlainTable query={query} result={result} />
  const picture = pictureOf(site, query, result, height)
  if (!picture) return table
  return (
    <>
      {picture}
      <AsTable>{table}</AsTable>
    </>
  )
}

/** What is drawn of a kind whose numbers stand in a plain table; null when that is all. */
function pictureOf(
  site: Site,
  query: AskedInsight,
  result: InsightResult,
  height: number,
): ReactNode {
  const breakdown = propertyOf(query)
  if (query.kind === 'web_overview' && result.kind === 'web_overview') {
    return <WebGlance result={result} query={query} height={height} />
  }
  if (query.kind === 'funnel_time' && result.kind === 'funnel_time') {
    return <FunnelTimeChart {...{ result, breakdown, site, query, height }} />
  }
  if (query.kind === 'funnel_trend' && result.kind === 'funnel_trend') {
    const { interval } = query
    return <FunnelRatesChart {...{ result, interval, breakdown, site, query, height }} />
  }
  if (query.kind === 'lifecycle' && result.kind === 'lifecycle') {
    return <LifecycleChart {...{ result, site, query, height }} />
  }
  if (result.kind === 'paths') return <PathsFlow result={result} />
  if (query.kind !== 'stickiness' || result.kind !== 'stickiness') return null
  const { cumulative, interval } = query
  const question = { cumulative, interval, bars: 'count' as const, ...(breakdown && { breakdown }) }
  return <StickinessChart {...{ result, question, site, query, height }} />
}

interface TrendsProps {
  site: Site
  query: AskedOf<'trends'>
  result: TrendsResult
  height: number
  annotations: readonly SavedAnnotation[]
}

function DrawnTrends({ site, query, result, height, annotations }: TrendsProps) {
  const [line, ...more] = result.series
  if (query.display === 'single_number' && line && more.length === 0) {
    return <p className="big-number">{formatAmount(line.total)}</p>
  }
  if (query.display === 'map') return <DrawnMap query={query} result={result} />
  if (query.display !== 'time') return <PlainTable query={query} result={result} />
  const drawn = drawnTrend(query, result)
  const actorsOf = linesActors(drawn, query, site)
  const placed = placeAnnotations(annotations, drawn, result.time_zone)
  return (
    <>
      <TrendChart
        result={drawn}
        chart="line"
        actorsOf={actorsOf}
        height={height}
        annotations={placed}
      />
      <AsTable>
        <AnnotationList annotations={placed} />
        <TrendTable result={drawn} actorsOf={actorsOf} />
      </AsTable>
    </>
  )
}

// Several series would be several maps, which a tile has no place for.
function DrawnMap({ query, result }: Pick<TrendsProps, 'query' | 'result'>) {
  const [map, ...more] = countryLines(result, () => '')
  const [series] = query.series
  if (!map || !series || more.length > 0) return <PlainTable query={query} result={result} />
  return (
    <>
      <WorldMap
        values={map.values}
        label={measureWords(series.measure, series.measure_property?.property)}
      />
      <AsTable>
        <PlainTable query={query} result={result} />
      </AsTable>
    </>
  )
}

function AsTable({ children }: { children: ReactNode }) {
  return (
    <details>
      <summary>Show as table</summary>
      {children}
    </details>
  )
}

function PlainTable({ query, result }: Pick<DrawnProps, 'query' | 'result'>) {
  const { columns, rows } = insightTable(query, result)
  return (
    <ScrollRegion label="Numbers">
      <table>
        <thead>
          <tr>
            {columns.map((column, c) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; names may repeat.
              <th scope="col" className={c > 0 ? 'number' : undefined} key={c}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the answer.
            <tr key={r}>
              {row.map((text, c) =>
                c === 0 ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as its column.
                  <th scope="row" key={c}>
                    {text}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as its column.
                  <td className="number" key={c}>
                    {text}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function emptyWords(query: AskedInsight, result: InsightResult): string | null {
  if (query.kind === 'trends' && result.kind === 'trends') {
    return query.display === 'single_number' ? null : trendEmptyWords(drawnTrend(query, result))
  }
  if (result.kind === 'retention') return retentionEmptyWords(result)
  if (result.kind === 'funnel') return funnelEmptyWords(drawnFunnel(result))
  return insightTable(query, result).rows.length === 0 ? 'Nothing in this date range.' : null
}
