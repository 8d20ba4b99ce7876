import { formatEvent } from '../../lib/format.ts'
import { usePageQuestion } from '../../lib/page-question.ts'
import { useInsight } from '../../lib/questions.ts'
import { readStickiness, stickinessQuery, writeStickiness } from '../../lib/stickiness.ts'
import { Answer, Card } from '../card.tsx'
import { QuestionPage } from '../question-page.tsx'
import { SaveInsight } from '../saved/save-insight.tsx'
import { StickinessEditor } from './stickiness-editor.tsx'
import { StickinessChart, StickinessTable, stickinessEmptyWords } from './stickiness-view.tsx'

export function StickinessPage() {
  const page = usePageQuestion(readStickiness, writeStickiness)
  const query = page.question && stickinessQuery(page.question)
  const answer = useInsight<'stickiness'>(page.site, query, page.paused)
  return (
    <QuestionPage
      title="Stickiness"
      page={page}
      answer={answer}
      controls={(question, names) => (
        <StickinessEditor question={question} names={names} onChange={page.ask} />
      )}
    >
      {(question, site) => (
        <Card
          title={`Persons by active ${question.interval}s`}
          actions={
            <SaveInsight
              site={site}
              query={stickinessQuery(question)}
              name={`Stickiness: ${question.events.map(formatEvent).join(', ')}`.slice(0, 200)}
            />
          }
        >
          <Answer live={answer} emptyWords={stickinessEmptyWords}>
            {(result) => (
              <>
                <StickinessChart
                  {...{ result, question, site }}
                  query={stickinessQuery(question)}
                />
                <StickinessTable
                  {...{ result, question, site }}
                  query={stickinessQuery(question)}
                />
                <p className="hint">
                  The last {question.interval} may not be over: it counts with the events there are.
                  Answered in {Math.round(result.duration_ms)} ms.
                </p>
              </>
            )}
          </Answer>
        </Card>
      )}
    </QuestionPage>
  )
}
