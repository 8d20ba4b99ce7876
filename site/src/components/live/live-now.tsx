import { formatClock, formatCompact, formatNumber } from '../../lib/format.ts'
import { type Feed, lastMinute } from '../../lib/live-feed.ts'
import { arrivalsPlot } from '../../plots/live.ts'
import { Card } from '../card.tsx'
import { PlotFigure } from '../plot-figure.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  feed: Feed
  timeZone: string | undefined
}

const HEIGHT = 116

/** The numbers of now: visitors, events of a minute, and how they came in the last five. */
export function LiveNow({ feed, timeZone }: Props) {
  const { slots, visitors } = feed
  return (
    <div className="live-now" data-state={feed.state}>
      <dl className="headline">
        <Tile
          name="Visitors now"
          value={visitors}
          hint="Persons with an event in the last 5 minutes, without bots"
        />
        <Tile
          name="Events in the last minute"
          value={lastMinute(feed)}
          hint="That arrived, since this page is open"
        />
      </dl>
      <Card title="Events every 5 seconds">
        <PlotFigure
          signature={JSON.stringify(slots)}
          height={HEIGHT}
          draw={(width) => arrivalsPlot(slots, { width, height: HEIGHT })}
        />
        <details>
          <summary>Show as table</summary>
          <ScrollRegion label="Chart as a table" className="table-scroll table-tall">
            <table>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col" className="number">
                    Events
                  </th>
                </tr>
              </thead>
              <tbody>
                {slots.toReversed().map(({ at, count }) => (
                  <tr key={at}>
                    <th scope="row">{formatClock(new Date(at).toISOString(), timeZone)}</th>
                    <td className="number">
                      {count === null ? 'not connected' : formatNumber(count)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </details>
      </Card>
    </div>
  )
}

function Tile({ name, value, hint }: { name: string; value: number | null; hint: string }) {
  return (
    <div className="tile">
      <dt>{name}</dt>
      <dd>{value === null ? '…' : formatCompact(value)}</dd>
      <dd className="tile-hint">{hint}</dd>
    </div>
  )
}
