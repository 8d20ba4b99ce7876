import type { EventResult } from '@headwater/schemas/insights/events'
import { formatMoment } from '../../lib/format.ts'
import { useCall } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { Answer } from '../card.tsx'

interface Props {
  site: Site
  project: string
  event: { uuid: string; timestamp: string }
  timeZone: string
}

/** Everything that is known of one event. It does not change, so it is asked once. */
export function EventDetails({ site, project, event: { uuid, timestamp }, timeZone }: Props) {
  const params = new URLSearchParams({ project, timestamp })
  const call = { method: 'GET' as const, path: `/api/events/${uuid}?${params}` }
  const live = useCall<EventResult>(site, call, 'properties', true)
  return (
    <Answer live={live} emptyWords={() => null}>
      {(event) => (
        <div className="event-details">
          <dl>
            {factsOf(event, timeZone).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Json title="Properties" value={event.properties} />
          <Json title="$set" value={event.person_set} />
          <Json title="$set_once" value={event.person_set_once} />
        </div>
      )}
    </Answer>
  )
}

function Json({ title, value }: { title: string; value: Record<string, unknown> }) {
  const isShown = title === 'Properties' || Object.keys(value).length > 0
  if (!isShown) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <pre>
        <code>{JSON.stringify(value, null, 2)}</code>
      </pre>
    </section>
  )
}

function factsOf(event: EventResult, timeZone: string): [string, string][] {
  const { uuid, session_id, sent_at, received_at, inserted_at, time_note, log } = event
  return [
    ['uuid', uuid],
    ['Session', session_id ?? '–'],
    ['Sent', sent_at === null ? '–' : formatMoment(sent_at, timeZone)],
    ['Received', formatMoment(received_at, timeZone)],
    ['In the store', formatMoment(inserted_at, timeZone)],
    ...(time_note === '' ? [] : [['Its time', time_note] as [string, string]]),
    ['On the log', `${log.id} · ${log.partition} · ${log.offset}`],
  ]
}
