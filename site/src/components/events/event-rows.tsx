import { useState } from 'react'
import { formatMoment, formatProperty } from '../../lib/format.ts'
import { personPath } from '../../lib/persons.ts'
import type { Site } from '../../lib/site.ts'
import { ScrollRegion } from '../scroll-region.tsx'
import { EventDetails } from './event-details.tsx'

export interface ListedEvent {
  uuid: string
  event: string
  distinct_id: string
  timestamp: string
  person_id?: string
  is_bot?: boolean
  properties: Record<string, unknown>
}

interface Props {
  site: Site
  project: string
  events: readonly ListedEvent[]
  timeZone: string
  /** Properties that get a column. @default none */
  columns?: readonly string[]
}

/** Events as rows that unfold to everything that is known of them. */
export function EventRows({ site, project, events, timeZone, columns = [] }: Props) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const toggle = (uuid: string) => {
    const next = new Set(open)
    if (!next.delete(uuid)) next.add(uuid)
    setOpen(next)
  }
  const titles = ['Event', 'Distinct id', ...columns.map(formatProperty), `Time (${timeZone})`]
  return (
    <ScrollRegion label="Events as a table">
      <table className="event-rows">
        <thead>
          <tr>
            {titles.map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {events.map((event) => (
          <tbody key={`${event.uuid} ${event.timestamp}`}>
            <tr>
              <th scope="row">
                <button
                  type="button"
                  className="unfold"
                  aria-expanded={open.has(event.uuid)}
                  onClick={() => toggle(event.uuid)}
                >
                  {event.event}
                </button>
                {event.is_bot && <span className="badge">bot</span>}
              </th>
              <td className="clipped">
                {event.person_id === undefined ? (
                  event.distinct_id
                ) : (
                  <a href={personPath(project, event.person_id)}>{event.distinct_id}</a>
                )}
              </td>
              {columns.map((name) => (
                <td className="clipped" key={name}>
                  {event.properties[name] === null ? '–' : String(event.properties[name])}
                </td>
              ))}
              <td>{formatMoment(event.timestamp, timeZone)}</td>
            </tr>
            {open.has(event.uuid) && (
              <tr className="unfolded">
                <td colSpan={titles.length}>
                  <EventDetails site={site} project={project} event={event} timeZone={timeZone} />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  )
}
