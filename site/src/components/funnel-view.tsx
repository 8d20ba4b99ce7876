import type { FunnelResult } from '@headwater/schemas/insight'
import type { InsightInputOf } from '../lib/api.ts'
import {
  formatBreakdown,
  formatEvent,
  formatNumber,
  formatSeconds,
  formatShare,
} from '../lib/format.ts'
import { ACTOR_WORDS, ACTORS, type ActorKind } from '../lib/funnels.ts'
import { funnelSelection } from '../lib/questions-as-insights.ts'
import type { Site } from '../lib/site.ts'
import { type FunnelPart, funnelPlot, MAX_DRAWN_GROUPS } from '../plots/funnel.ts'
import type { DrawnFunnel } from '../plots/insight-funnel.ts'
import { seriesColors } from '../plots/series.ts'
import type { AskedActors } from './actors/actors-dialog.tsx'
import { Who } from './actors/who.tsx'
import { PlotFigure, type WhoOf } from './plot-figure.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Swatch } from './trend-view.tsx'

interface Props {
  result: DrawnFunnel
  breakdown?: string | undefined
  /** Whom it counts. @default person */
  actors?: ActorKind
  height?: number
  /** Lets numbers and bars name who is behind them. */
  asked?: { site: Site; query: InsightInputOf<'funnel'> } | undefined
}

const HEIGHT = 264

/** A funnel as a picture with its legend. */
export function FunnelChart({
  result,
  breakdown,
  actors = 'person',
  height = HEIGHT,
  asked,
}: Props) {
  const drawn = result.groups.slice(0, MAX_DRAWN_GROUPS)
  const colors = seriesColors(drawn.map((group) => group.breakdown))
  const more = result.groups.length - drawn.length
  const who: WhoOf | undefined =
    asked &&
    (([g, s, part]) => {
      const group = drawn[Number(g)]
      // The bar of a step shows what became of those who stood at the step before.
      const step = part === 'converted' ? Number(s) : Number(s) - 1
      const outcome = OUTCOME_OF[part as FunnelPart]
      return group ? actorsOf(asked, group, breakdown, step, outcome) : null
    })
  return (
    <>
      <ul className="legend" data-groups={result.groups.length > 1} aria-label="Parts of the bars">
        {drawn.map(
          ({ breakdown: value }, g) =>
            value && (
              <li key={`${value.kind} ${value.value}`}>
                <Swatch color={colors[g]} />
                {formatBreakdown(value, breakdown)}
              </li>
            ),
        )}
        <li className="legend-part" data-part="converted">
          Converted
        </li>
        <li className="legend-part" data-part="open">
          Open: may still convert
        </li>
        <li className="legend-part" data-part="dropped">
          Dropped
        </li>
        {more > 0 && <li>{more} more in the table</li>}
      </ul>
      <div className="plot-scroll">
        <PlotFigure
          signature={JSON.stringify([result.groups, breakdown, actors])}
          height={height}
          who={who}
          draw={(width) =>
            funnelPlot(result, { width, breakdown, height, words: ACTOR_WORDS[actors] })
          }
        />
      </div>
    </>
  )
}

/** The same numbers as a table: one row per step and group. */
export function FunnelTable({
  result,
  breakdown,
  actors = 'person',
  asked,
}: Omit<Props, 'height'>) {
  const colors = seriesColors(result.groups.map((group) => group.breakdown))
  const columns = columnsOf(actors)
  return (
    <ScrollRegion label="Funnel as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {columns.map(([title, hint]) => (
              <th scope="col" className="number" title={hint} key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {result.groups.map((group, g) => (
          <tbody key={group.breakdown ? `${group.breakdown.kind} ${group.breakdown.value}` : ''}>
            {group.breakdown && (
              <tr className="group-row">
                <th scope="rowgroup" colSpan={columns.length + 1}>
                  <Swatch color={colors[g]} />
                  {formatBreakdown(group.breakdown, breakdown)}
                </th>
              </tr>
            )}
            {group.steps.map((step, s) => {
              const who = (count: number, outcome: keyof typeof OUTCOMES) =>
                asked ? (
                  <Who count={count} {...actorsOf(asked, group, breakdown, s, outcome)} />
                ) : (
                  formatNumber(count)
                )
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; events may repeat.
                <tr key={s}>
                  <th scope="row">
                    {s + 1}. {formatEvent(step.event)}
                  </th>
                  <td className="number total">{who(step.count, 'reached')}</td>
                  <td className="number">{formatShare(step.rate_from_first)}</td>
                  <td className="number">{s === 0 ? '–' : formatShare(step.rate_from_previous)}</td>
                  <td className="number">{who(step.dropped, 'dropped')}</td>
                  <td className="number">{who(step.open, 'open')}</td>
                  <td className="number">{formatSeconds(step.mean_seconds)}</td>
                  <td className="number">{formatSeconds(step.median_seconds)}</td>
                </tr>
              )
            })}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  )
}

type Asked = NonNullable<Props['asked']>

/** @param s Place of the step, from 0. */
function actorsOf(
  { site, query }: Asked,
  group: DrawnFunnel['groups'][number],
  breakdown: string | undefined,
  s: number,
  outcome: keyof typeof OUTCOMES,
): AskedActors {
  const event = formatEvent(group.steps[s]?.event ?? '')
  const value = group.breakdown && `: ${formatBreakdown(group.breakdown, breakdown)}`
  return {
    ...{ site, query, select: funnelSelection(group, s + 1, outcome) },
    title: `${OUTCOMES[outcome]} step ${s + 1}, ${event}${value ?? ''}`,
  }
}

const OUTCOME_OF = { converted: 'reached', dropped: 'dropped', open: 'open' } as const
const OUTCOMES = { reached: 'Reached', dropped: 'Dropped after', open: 'Still at' } as const
const columnsOf = (actors: ActorKind) => [
  [ACTORS[actors], `${ACTORS[actors]} that reached this step within the conversion window`],
  ['Of step 1', 'Share of those who entered the funnel'],
  ['Of previous', 'Share of those who reached the step before'],
  ['Dropped here', 'Stopped at this step, and their window has ended'],
  ['Open', 'Stand at this step, and may still go on: their window has not ended'],
  ['Mean time', 'From the step before, over those who reached this one'],
  ['Median time', 'From the step before, over those who reached this one'],
]

export function funnelEmptyWords(result: FunnelResult): string | null {
  if (result.groups.some((group) => (group.steps[0]?.count ?? 0) > 0)) return null
  return 'Nobody did the first step in this date range.'
}
