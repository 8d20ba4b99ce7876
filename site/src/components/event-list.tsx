import type { EventNames } from '@headwater/schemas/insight'
import { formatAgo, formatNumber } from '../lib/format.ts'
import type { RangeQuestion } from '../lib/url-reader.ts'
import { writeTrend } from '../lib/url-state.ts'

interface Props {
  names: EventNames
  range: RangeQuestion
}

const SHOWN = 9

/** The events of the project with their counts, each a way into Trends. */
export function EventList({ names, range }: Props) {
  const { breakdown: _, ...question } = range
  const trendOf = (event: string) =>
    writeTrend({
      ...question,
      events: [event],
      measure: 'total',
      chart: 'line',
      breakdown_limit: 8,
      include_bots: false,
    })
  const shown = names.events.slice(0, SHOWN)
  return (
    <table className="event-list">
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col" className="number">
            Count
          </th>
          <th scope="col" className="number">
            Last seen
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ event, count, last_seen }) => (
          <tr key={event}>
            <th scope="row">
              <a href={`/trends?${trendOf(event)}`}>{event}</a>
            </th>
            <td className="number">{formatNumber(count)}</td>
            <td className="number">{formatAgo(last_seen)}</td>
          </tr>
        ))}
      </tbody>
      {names.events.length > shown.length && (
        <caption>{names.events.length - shown.length} more event names in Trends</caption>
      )}
    </table>
  )
}
