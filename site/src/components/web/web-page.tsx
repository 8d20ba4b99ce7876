import { usePageQuestion } from '../../lib/page-question.ts'
import { useInsight } from '../../lib/questions.ts'
import { readWeb, type WebQuestion, webQueries, writeWeb } from '../../lib/web-question.ts'
import { ErrorNotice } from '../card.tsx'
import { DateRange } from '../date-range.tsx'
import { BotSwitch } from '../question-options.tsx'
import { QuestionPage } from '../question-page.tsx'
import { WebChart } from './web-chart.tsx'
import { WebFilters } from './web-filters.tsx'
import { WebLists } from './web-lists.tsx'
import { WebTiles } from './web-tiles.tsx'
import { WebVitals } from './web-vitals.tsx'

/** How a website is visited, on one page. */
export function WebPage() {
  const page = usePageQuestion(readWeb, writeWeb)
  const { site, question, paused } = page
  const queries = question && webQueries(question)
  const numbers = useInsight<'web_overview'>(site, queries?.numbers ?? null, paused)
  const lists = useInsight<'web_overview'>(site, queries?.lists ?? null, paused)
  const places = useInsight<'web_overview'>(site, queries?.places ?? null, paused)
  return (
    <QuestionPage
      title="Web"
      page={page}
      answer={numbers}
      controls={(asked) => <WebControls question={asked} onChange={page.ask} />}
    >
      {(asked, at) => (
        <>
          {numbers.error && <ErrorNotice error={numbers.error} />}
          {/* What was never answered has nothing to show beside its error. */}
          {(numbers.data || !numbers.error) && (
            <>
              <WebTiles
                live={numbers}
                metric={asked.metric}
                onChange={(metric) => page.ask({ metric })}
              />
              <WebChart site={at} live={numbers} question={asked} />
              <div className="grid-two web-cards">
                <WebLists
                  site={at}
                  question={asked}
                  lists={lists}
                  places={places}
                  onChange={page.ask}
                />
                <WebVitals live={numbers} />
              </div>
            </>
          )}
        </>
      )}
    </QuestionPage>
  )
}

interface ControlsProps {
  question: WebQuestion
  onChange(change: Partial<WebQuestion>): void
}

function WebControls({ question, onChange }: ControlsProps) {
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <DateRange range={question} onChange={onChange} />
        <label className="switch">
          <input
            type="checkbox"
            checked={question.compare}
            onChange={(event) => onChange({ compare: event.target.checked })}
          />
          Compare with the time before
        </label>
      </div>
      <div className="control-row">
        <WebFilters question={question} onChange={onChange} />
        <BotSwitch
          checked={question.include_bots}
          onChange={(include_bots) => onChange({ include_bots })}
        />
      </div>
    </section>
  )
}
