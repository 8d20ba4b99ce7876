import { formatEvent } from '../../lib/format.ts'
import {
  type LifecycleQuestion,
  lifecycleQuery,
  readLifecycle,
  writeLifecycle,
} from '../../lib/lifecycle.ts'
import { usePageQuestion } from '../../lib/page-question.ts'
import { useInsight } from '../../lib/questions.ts'
import { Answer, Card } from '../card.tsx'
import { DateRange } from '../date-range.tsx'
import { EventPicker } from '../event-picker.tsx'
import { FilterRow } from '../filter-row.tsx'
import { QuestionPage } from '../question-page.tsx'
import { SaveInsight } from '../saved/save-insight.tsx'
import { LifecycleChart, LifecycleTable, lifecycleEmptyWords } from './lifecycle-view.tsx'

export function LifecyclePage() {
  const page = usePageQuestion(readLifecycle, writeLifecycle)
  const query = page.question && lifecycleQuery(page.question)
  const answer = useInsight<'lifecycle'>(page.site, query, page.paused)
  return (
    <QuestionPage
      title="Lifecycle"
      page={page}
      answer={answer}
      controls={(question, names) => (
        <LifecycleEditor question={question} names={names} onChange={page.ask} />
      )}
    >
      {(question, site) => (
        <Card
          title="Persons who came, stayed and left"
          actions={
            <SaveInsight
              site={site}
              query={lifecycleQuery(question)}
              name={`Lifecycle: ${formatEvent(question.event)}`.slice(0, 200)}
            />
          }
        >
          <Answer live={answer} emptyWords={lifecycleEmptyWords}>
            {(result) => (
              <>
                <LifecycleChart result={result} site={site} query={lifecycleQuery(question)} />
                <LifecycleTable result={result} site={site} query={lifecycleQuery(question)} />
                <p className="hint">
                  Dormant are those of the interval before who did not come again; until an interval
                  is over, who have not yet. Answered in {Math.round(result.duration_ms)} ms.
                </p>
              </>
            )}
          </Answer>
        </Card>
      )}
    </QuestionPage>
  )
}

interface EditorProps {
  question: LifecycleQuestion
  names: string[]
  onChange(change: Partial<LifecycleQuestion>): void
}

function LifecycleEditor({ question, names, onChange }: EditorProps) {
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <EventPicker
          label="Active by event"
          value={question.event}
          names={names}
          onChange={(event) => onChange({ event })}
        />
        <DateRange range={question} onChange={onChange} />
      </div>
      <FilterRow question={question} onChange={onChange} />
    </section>
  )
}
