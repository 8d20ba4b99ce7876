import type { FunnelCorrelationResult } from '@headwater/schemas/insights/funnel-correlation'
import { formatShare } from '../../lib/format.ts'
import { ACTOR_WORDS, actorKind } from '../../lib/funnels.ts'
import type { AskedOf } from '../../lib/insight-address.ts'
import type { Site } from '../../lib/site.ts'
import {
  CORRELATION_COLORS,
  correlationHeight,
  correlationName,
  correlationPlot,
  formatOdds,
  rowsWithin,
  shareOf,
  sideOf,
} from '../../plots/funnel-correlation.ts'
import type { AskedActors } from '../actors/actors-dialog.tsx'
import { Who } from '../actors/who.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { Swatch } from '../trend-view.tsx'

interface Props {
  result: FunnelCorrelationResult
  query: AskedOf<'funnel_correlation'>
  site: Site
  /** Of the picture, in pixels; null for as much as there is to show. */
  height: number | null
}

type Correlation = FunnelCorrelationResult['correlations'][number]
type Outcome = 'converted' | 'dropped'

const SIDES = { with: 'Goes with converting', against: 'Goes with dropping out' } as const

/** What goes with converting and with dropping out: bars of the odds, and the numbers behind them. */
export function FunnelCorrelationView({ result, query, site, height }: Props) {
  const empty = correlationEmptyWords(result)
  if (empty !== null) return <p className="answer-empty">{empty}</p>
  const all = result.correlations.length
  const rows = height === null ? all : Math.min(all, rowsWithin(height))
  const [, many] = ACTOR_WORDS[actorKind(query.actor)]
  const actorsOf = (outcome: Outcome, of?: Correlation): AskedActors => ({
    ...{ site, query },
    select: { outcome, ...(of && { event: of.event, property: of.property, value: of.value }) },
    title: `${of ? `${correlationName(of)}, ` : ''}${outcome === 'converted' ? outcome : 'dropped out'}`,
  })
  const who = (count: number, outcome: Outcome, of?: Correlation) => (
    <Who count={count} {...actorsOf(outcome, of)} />
  )
  return (
    <>
      <ul className="legend" aria-label="Colours of the bars">
        {(Object.keys(SIDES) as (keyof typeof SIDES)[]).map((side) => (
          <li key={side}>
            <Swatch color={CORRELATION_COLORS[side]} />
            {SIDES[side]}
          </li>
        ))}
        {rows < all && <li>{all - rows} more in the table</li>}
      </ul>
      <PlotFigure
        signature={JSON.stringify([result.correlations, rows])}
        height={correlationHeight(rows)}
        who={([place]) => {
          const one = result.correlations[Number(place)]
          return one ? actorsOf(one.odds_ratio < 1 ? 'dropped' : 'converted', one) : null
        }}
        draw={(width) => correlationPlot(result, { width, rows })}
      />
      <ScrollRegion label="Correlation as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">
                {query.correlate && 'events' in query.correlate ? 'Event' : 'Property'}
              </th>
              {['Converted', 'Of all', 'Dropped out', 'Of all', 'Odds'].map((title, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns have one title.
                <th scope="col" className="number" key={i}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {result.correlations.map((one) => (
              <tr key={JSON.stringify([one.event, one.property, one.value])}>
                <th scope="row">
                  <Swatch color={CORRELATION_COLORS[sideOf(one.odds_ratio)]} />
                  {correlationName(one)}
                </th>
                <td className="number">{who(one.converted, 'converted', one)}</td>
                <td className="number">{formatShare(shareOf(one.converted, result.converted))}</td>
                <td className="number">{who(one.dropped, 'dropped', one)}</td>
                <td className="number">{formatShare(shareOf(one.dropped, result.dropped))}</td>
                <td className="number total">{formatOdds(one.odds_ratio)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {/* No paragraph: one cannot hold the dialog of who they are. */}
      <div className="hint">
        Of {who(result.converted, 'converted')} {many} that converted and{' '}
        {who(result.dropped, 'dropped')} that dropped out; those that still may convert are not
        counted. It tells what goes together, not what causes what.
      </div>
    </>
  )
}

export function correlationEmptyWords(result: FunnelCorrelationResult): string | null {
  if (result.correlations.length > 0) return null
  return result.converted + result.dropped > 0
    ? 'Nothing is shared by as many as must share it.'
    : 'Nobody has converted or dropped out yet in this date range.'
}
