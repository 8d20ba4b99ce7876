import { usePageQuestion } from '../../lib/page-question.ts'
import { useInsight } from '../../lib/questions.ts'
import { readRetention, retentionQuery, writeRetention } from '../../lib/retention.ts'
import { Answer, Card } from '../card.tsx'
import { QuestionPage } from '../question-page.tsx'
import { SaveInsight } from '../saved/save-insight.tsx'
import { RetentionChart } from './retention-chart.tsx'
import { RetentionEditor } from './retention-editor.tsx'
import { RetentionTable, retentionEmptyWords } from './retention-table.tsx'

export function RetentionPage() {
  const page = usePageQuestion(readRetention, writeRetention)
  const query = page.question && retentionQuery(page.question)
  const answer = useInsight<'retention'>(page.site, query, page.paused)
  return (
    <QuestionPage
      title="Retention"
      page={page}
      answer={answer}
      controls={(question, names) => (
        <RetentionEditor question={question} names={names} onChange={page.ask} />
      )}
    >
      {({ breakdown, cells, ...asked }, site) => (
        <Card
          title="Persons who came back"
          actions={
            query && (
              <SaveInsight site={site} query={query} name={`${asked.start} → ${asked.return}`} />
            )
          }
        >
          <Answer live={answer} emptyWords={retentionEmptyWords}>
            {(result) => (
              <>
                <RetentionChart result={result} breakdown={breakdown} />
                {query && (
                  <RetentionTable {...{ result, breakdown, cells }} asked={{ site, query }} />
                )}
                <p className="hint">
                  A mean counts rows by their size, and leaves out those whose period is not over.
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
