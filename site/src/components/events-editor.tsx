import { MAX_EVENTS_IN_TREND } from '../lib/choices.ts'
import { EventPicker } from './event-picker.tsx'

interface Props {
  events: string[]
  /** Those of the project. */
  names: string[]
  onChange(events: string[]): void
}

/** The events of a question, each a series of its own: none twice, and at least one. */
export function EventsEditor({ events, names, onChange }: Props) {
  const next = names.find((name) => !events.includes(name))
  return (
    <>
      {events.map((event, i) => (
        <div className="event-choice" key={event}>
          <EventPicker
            label={events.length > 1 ? `Event ${i + 1}` : 'Event'}
            value={event}
            names={names}
            onChange={(name) => onChange([...new Set(events.with(i, name))])}
          />
          {events.length > 1 && (
            <button
              type="button"
              className="icon"
              onClick={() => onChange(events.filter((name) => name !== event))}
            >
              <span aria-hidden="true">×</span>
              <span className="visually-hidden">Remove {event}</span>
            </button>
          )}
        </div>
      ))}
      {events.length < MAX_EVENTS_IN_TREND && next !== undefined && (
        <button type="button" className="quiet" onClick={() => onChange([...events, next])}>
          + Add event
        </button>
      )}
    </>
  )
}
