import { formatNumber } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { useFeed } from '../../lib/use-feed.ts'
import { ErrorNotice } from '../card.tsx'
import { EventFeed } from '../live/event-feed.tsx'

/** Tells when the first event is there. */
export function Arrivals({ site, project }: { site: Site; project: string }) {
  const feed = useFeed(site, project)
  const { arrived, error, state } = feed
  const isListening = state === 'open'
  return (
    <div>
      {error && <ErrorNotice error={error} />}
      <p className="install-state" role="status" data-state={arrived > 0 ? 'ok' : 'waiting'}>
        {arrived > 0
          ? `It works: ${formatNumber(arrived)} ${arrived === 1 ? 'event' : 'events'} arrived since this page is open.`
          : isListening
            ? 'Waiting for an event …'
            : 'Connecting …'}
      </p>
      <EventFeed feed={feed} project={project} timeZone={undefined} />
    </div>
  )
}
