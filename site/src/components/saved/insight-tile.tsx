import type { AskedInsight, InsightResult } from '@headwater/schemas/insights/insight'
import type { InsightInputOf } from '../../lib/api.ts'
import { formatAmount } from '../../lib/format.ts'
import type { AskedOf } from '../../lib/insight-address.ts'
import { useInsight } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { measureWords } from '../../lib/trends-words.ts'
import type { PlacedAnnotation } from '../../plots/annotations.ts'
import { drawnFunnel } from '../../plots/insight-funnel.ts'
import { insightTable, propertyOf } from '../../plots/insight-table.ts'
import { drawnTrend } from '../../plots/insight-trend.ts'
import { countryLines } from '../../plots/lines.ts'
import { Answer } from '../card.tsx'
import { FunnelChart, FunnelTable, funnelEmptyWords } from '../funnel-view.tsx'
import { RetentionChart } from '../retention/retention-chart.tsx'
import { RetentionTable, retentionEmptyWords } from '../retention/retention-table.tsx'
import { TrendChart, TrendTable, trendEmptyWords } from '../trend-view.tsx'
import { WorldMap } from '../world-map.tsx'

interface Props {
  site: Site
  query: AskedInsight
  paused: boolean
  /** Of the picture, in pixels. */
  height: number
  /** What is marked on lines over time. @default nothing */
  annotationsOn?: (result: TrendsResult) => PlacedAnnotation[]
}

type TrendsResult = Extract<InsightResult, { kind: 'trends' }>

/** The answer to any question, drawn as its kind is drawn, with the numbers as a table. */
export function InsightTile({ site, query, paused, height, annotationsOn }: Props) {
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
          annotationsOn={annotationsOn}
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
  annotationsOn: Props['annotationsOn']
}

function Drawn({ site, query, result, height, annotationsOn }: DrawnProps) {
  if (query.kind === 'trends' && result.kind === 'trends') {
    return (
      <DrawnTrends
        query={query}
        result={result}
        height={height}
        annotations={annotationsOn?.(result) ?? []}
      />
    )
  }
  if (query.kind === 'funnel' && result.kind === 'funnel') {
    const drawn = drawnFunnel(result)
    return (
      <>
        <FunnelChart result={drawn} breakdown={propertyOf(query)} height={height} />
        <AsTable>
          <FunnelTable result={drawn} breakdown={propertyOf(query)} />
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
  return <PlainTable query={query} result={result} />
}

interface TrendsProps {
  query: AskedOf<'trends'>
  result: TrendsResult
  height: number
  annotations: PlacedAnnotation[]
}

function DrawnTrends({ query, result, height, annotations }: TrendsProps) {
  const [line, ...more] = result.series
  if (query.display === 'single_number' && line && more.length === 0) {
    return <p className="big-number">{formatAmount(line.total)}</p>
  }
  if (query.display === 'map') return <DrawnMap query={query} result={result} />
  if (query.display !== 'time') return <PlainTable query={query} result={result} />
  const drawn = drawnTrend(query, result)
  const breakdown = propertyOf(query)
  return (
    <>
      <TrendChart
        result={drawn}
        chart="line"
        breakdown={breakdown}
        height={height}
        annotations={annotations}
      />
      <AsTable>
        <TrendTable result={drawn} breakdown={breakdown} />
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

function AsTable({ children }: { children: React.ReactNode }) {
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
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by key.
    <section className="table-scroll" tabIndex={0} aria-label="Numbers">
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
    </section>
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
