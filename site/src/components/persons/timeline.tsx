import type { Timeline as TimelinePage } from '@headwater/schemas/insights/persons'
import { usePages } from '../../lib/pages.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { EventRows } from '../events/event-rows.tsx'
import { Paging } from '../paging.tsx'

interface Props {
  site: Site
  project: string
  /** The person's number. */
  id: string
  paused: boolean
}

const PAGE_LENGTH = 50
const REFRESH_MS = 5_000

/** What a person did, the newest first. */
export function Timeline({ site, project, id, paused }: Props) {
  const pages = usePages<TimelinePage>(
    JSON.stringify([site.connection.url, project, id]),
    (before, signal) => {
      const params = new URLSearchParams({ project, limit: String(PAGE_LENGTH) })
      if (before !== undefined) params.set('before', before)
      const path = `/api/persons/${id}/events?${params}`
      return site.client.call<TimelinePage>({ method: 'GET', path, signal }, 'events')
    },
    { refreshMs: paused ? null : REFRESH_MS },
  )
  return (
    <Card title="Events">
      <Answer
        live={pages}
        emptyWords={([first]) => (first?.events.length ? null : 'It did nothing yet.')}
      >
        {(all) => {
          const events = all.flatMap((page) => page.events)
          return (
            <>
              <EventRows site={site} project={project} events={events} timeZone="UTC" />
              <Paging pages={pages} shown={events.length} words="events" />
            </>
          )
        }}
      </Answer>
    </Card>
  )
}
