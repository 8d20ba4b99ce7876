import { useState } from 'react'
import type { Feed } from '../../lib/live-feed.ts'
import { lastHour, readLive, writeLive } from '../../lib/live-question.ts'
import { type PageQuestion, usePageQuestion } from '../../lib/page-question.ts'
import { useInsight } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { useFeed } from '../../lib/use-feed.ts'
import { ErrorNotice } from '../card.tsx'
import { PageFrame } from '../page-frame.tsx'
import { EventFeed } from './event-feed.tsx'
import { LiveLists } from './live-lists.tsx'
import { LiveNow } from './live-now.tsx'
import { LiveStatus } from './live-status.tsx'

type Page = PageQuestion<{ project: string }>

/** Who is there now, and what happens, as it happens. */
export function LivePage() {
  const page = usePageQuestion(readLive, writeLive)
  if (!page.site || !page.question) return null
  const { project } = page.question
  // Another project is another feed.
  return <LiveOf key={project} page={page} site={page.site} project={project} />
}

function LiveOf({ page, site, project }: { page: Page; site: Site; project: string }) {
  const feed = useFeed(site, project)
  const { frozen, setPaused } = useFrozen(feed)
  const hour = useInsight<'web_overview'>(site, lastHour(project), frozen !== null)
  const shown = frozen ?? feed
  return (
    <PageFrame
      title="Live"
      site={site}
      project={project}
      names={page.names}
      ignored={page.ignored}
      controls={null}
      freshness={
        <LiveStatus
          feed={feed}
          waiting={feed.arrived - shown.arrived}
          paused={frozen !== null}
          onPause={setPaused}
        />
      }
    >
      {feed.error && <ErrorNotice error={feed.error} />}
      <LiveNow feed={feed} timeZone={hour.data?.time_zone} />
      <div className="live-grid">
        <EventFeed feed={shown} project={project} timeZone={hour.data?.time_zone} />
        <LiveLists live={hour} project={project} />
      </div>
    </PageFrame>
  )
}

// A paused page goes on listening, so that it misses nothing, and shows what it showed.
function useFrozen(feed: Feed) {
  const [frozen, setFrozen] = useState<Feed | null>(null)
  return { frozen, setPaused: (paused: boolean) => setFrozen(paused ? feed : null) }
}
