import type { EventsResult } from '@headwater/schemas/insights/events'
import {
  type EventsQuestion,
  eventsQuery,
  readEvents,
  writeEvents,
} from '../../lib/events-question.ts'
import { usePageQuestion } from '../../lib/page-question.ts'
import { usePages } from '../../lib/pages.ts'
import { useCall } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { Paging } from '../paging.tsx'
import { QuestionPage } from '../question-page.tsx'
import { EventRows } from './event-rows.tsx'
import { EventsEditor } from './events-editor.tsx'
import { ExportButtons } from './export-buttons.tsx'

const PAGE_LENGTH = 50

/** Single events, the newest first: found, looked at, and taken along as a file. */
export function EventsPage() {
  const page = usePageQuestion(readEvents, writeEvents)
  const pages = useEvents(page.site, page.question)
  const newest = useNewest(page.site, page.question, page.paused)
  const shown = pages.data?.[0]
  const isBehind = !pages.stale && newest !== null && newest !== shown?.events[0]?.uuid
  return (
    <QuestionPage
      title="Events"
      page={page}
      answer={{ data: shown ?? null }}
      controls={(question, names) => (
        <EventsEditor question={question} names={names} onChange={page.ask} />
      )}
    >
      {(question, site) => (
        <Card title="Events" actions={<ExportButtons site={site} question={question} />}>
          {isBehind && shown && (
            <p className="newer">
              <button type="button" onClick={pages.reload}>
                Load newer events
              </button>
            </p>
          )}
          <Answer
            live={pages}
            emptyWords={([first]) =>
              first?.events.length ? null : 'No such events in this range.'
            }
          >
            {(all) => {
              const events = all.flatMap((one) => one.events)
              return (
                <>
                  <EventRows
                    site={site}
                    project={question.project}
                    events={events}
                    timeZone={all[0]?.time_zone ?? 'UTC'}
                    columns={question.columns}
                  />
                  <Paging pages={pages} shown={events.length} words="events" />
                </>
              )
            }}
          </Answer>
        </Card>
      )}
    </QuestionPage>
  )
}

function useEvents(site: Site | null, question: EventsQuestion | null) {
  return usePages<EventsResult>(
    site && question && JSON.stringify([site.connection.url, question]),
    (after, signal) => {
      if (!site || !question) throw new Error('asked without a question')
      const body = { ...eventsQuery(question), limit: PAGE_LENGTH, ...(after && { after }) }
      return site.client.call<EventsResult>(
        { method: 'POST', path: '/api/events', body, signal },
        'events',
      )
    },
  )
}

/** The uuid of the newest event that the question finds by now; null while nothing is known. */
function useNewest(site: Site | null, question: EventsQuestion | null, paused: boolean) {
  const body = question && { ...eventsQuery({ ...question, columns: [] }), limit: 1 }
  const call = body && { method: 'POST' as const, path: '/api/events', body }
  const { data, stale } = useCall<EventsResult>(site, call, 'events', paused)
  return stale ? null : (data?.events[0]?.uuid ?? null)
}
