import { formatBreakdown, formatClock } from '../../lib/format.ts'
import { type Feed, type LiveEvent, MAX_EVENTS } from '../../lib/live-feed.ts'
import { Card } from '../card.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  feed: Feed
  project: string
  timeZone: string | undefined
}

/** The latest events, the newest first. */
export function EventFeed({ feed, project, timeZone }: Props) {
  const { events, state } = feed
  return (
    <Card title="Latest events">
      {events.length === 0 ? (
        <p className="answer-empty">
          {state === 'connecting' ? 'Connecting …' : 'No events yet. They appear as they arrive.'}
        </p>
      ) : (
        <ScrollRegion label="Events" className="live-feed">
          <table>
            <thead>
              <tr>
                <th scope="col">Arrived</th>
                <th scope="col">Event</th>
                <th scope="col">Who</th>
                <th scope="col">Page</th>
                <th scope="col">Where</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <EventRow key={event.uuid} event={event} project={project} timeZone={timeZone} />
              ))}
            </tbody>
          </table>
          {events.length === MAX_EVENTS && (
            <p className="hint">The latest {MAX_EVENTS}: earlier ones are not kept here.</p>
          )}
        </ScrollRegion>
      )}
    </Card>
  )
}

interface RowProps {
  event: LiveEvent
  project: string
  timeZone: string | undefined
}

function EventRow({ event, project, timeZone }: RowProps) {
  const { distinct_id, pathname } = event
  const who = new URLSearchParams({ project, distinct_id })
  return (
    <tr>
      <td title={`Happened ${formatClock(event.timestamp, timeZone)}`}>
        {formatClock(event.inserted_at, timeZone)}
      </td>
      <th scope="row">
        {event.event}
        {event.is_bot && <span className="bot-mark">bot</span>}
      </th>
      <td>
        <a href={`/persons?${who}`} title={distinct_id}>
          {distinct_id}
        </a>
      </td>
      <td title={pathname ?? undefined}>{pathname ?? '–'}</td>
      <td>{whereOf(event)}</td>
    </tr>
  )
}

function whereOf({ country, browser, device_type }: LiveEvent): string {
  const place = country && formatBreakdown({ kind: 'value', value: country }, '$country')
  return [place, browser, device_type].filter(Boolean).join(' · ') || '–'
}
