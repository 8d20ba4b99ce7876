import type { ReactNode } from 'react'
import type { Live } from '../lib/live.ts'
import type { PageQuestion } from '../lib/page-question.ts'
import type { Site } from '../lib/site.ts'
import { FreshnessLine } from './freshness-line.tsx'
import { PageFrame } from './page-frame.tsx'

interface Props<Q> {
  title: string
  page: PageQuestion<Q>
  /** Of what the page shows: how far it is complete. */
  answer: Pick<Live<{ complete_until: string | null; time_zone: string }>, 'data'>
  /** Fields of the question; `names` are those of the project's events. */
  controls(question: Q, names: string[], site: Site): ReactNode
  children(question: Q, site: Site): ReactNode
}

/** A page of one question: its fields above, its answer below, both as the address has them. */
export function QuestionPage<Q extends { project: string }>(props: Props<Q>) {
  const { title, page, answer, controls, children } = props
  const { site, question, names } = page
  if (!site || !question) return null
  return (
    <PageFrame
      title={title}
      site={site}
      project={question.project}
      names={names}
      ignored={page.ignored}
      freshness={
        <FreshnessLine
          freshness={page.freshness}
          completeUntil={answer.data?.complete_until}
          timeZone={answer.data?.time_zone}
          paused={page.paused}
          onPause={page.setPaused}
        />
      }
      controls={controls(question, names.data?.events.map(({ event }) => event) ?? [], site)}
    >
      {children(question, site)}
    </PageFrame>
  )
}
