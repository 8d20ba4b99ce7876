import type { WebOverviewResult } from '@headwater/schemas/insights/web-overview'
import { useState } from 'react'
import type { AskedOf } from '../../lib/insight-address.ts'
import { LIST_WORDS, type WebMetric } from '../../lib/web-question.ts'
import { ListTable } from './list-table.tsx'
import { WebFigure } from './web-chart.tsx'
import { WebTiles } from './web-tiles.tsx'

interface Props {
  result: WebOverviewResult
  query: AskedOf<'web_overview'>
  /** Of the picture, in pixels. */
  height: number
}

const ROWS = 5
const LISTS = 2

/** A website on one tile: its numbers, the chosen one over time, and the top of its first lists. */
export function WebGlance({ result, query, height }: Props) {
  const [metric, setMetric] = useState<WebMetric>('visitors')
  const live = { data: result, error: null, stale: false, loadedAt: null }
  return (
    <div className="web-glance">
      <WebTiles live={live} metric={metric} onChange={setMetric} />
      <WebFigure result={result} metric={metric} interval={query.interval} height={height} />
      <div className="grid-two">
        {result.lists.slice(0, LISTS).map(({ list, rows }) => (
          <section aria-label={LIST_WORDS[list]} key={list}>
            <ListTable list={list} rows={rows.slice(0, ROWS)} />
          </section>
        ))}
      </div>
    </div>
  )
}
