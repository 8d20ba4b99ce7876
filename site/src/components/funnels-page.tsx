import { breakdownsWords } from '../lib/breakdowns.ts'
import { formatEvent } from '../lib/format.ts'
import {
  ACTORS,
  actorKind,
  type FunnelsQuestion,
  type FunnelView,
  funnelCorrelationQuery,
  funnelQuery,
  funnelsQuery,
  funnelTimeQuery,
  funnelTrendQuery,
  plainFunnel,
  readFunnels,
  writeFunnels,
} from '../lib/funnels.ts'
import { usePageQuestion } from '../lib/page-question.ts'
import { useFunnel, useInsight } from '../lib/questions.ts'
import { drawnFunnel } from '../plots/insight-funnel.ts'
import { Answer, Card } from './card.tsx'
import { funnelEmptyWords } from './funnel-view.tsx'
import { correlationEmptyWords, FunnelCorrelationView } from './funnels/correlation-view.tsx'
import { FunnelsEditor } from './funnels/funnels-editor.tsx'
import { FunnelRatesView, funnelRatesEmptyWords } from './funnels/rates-view.tsx'
import { Excluded, FunnelStepsView } from './funnels/steps-view.tsx'
import { FunnelTimeView, funnelTimeEmptyWords } from './funnels/time-view.tsx'
import { QuestionPage } from './question-page.tsx'
import { SaveInsight } from './saved/save-insight.tsx'

const TITLES: Record<FunnelView, string> = {
  steps: 'who took each step',
  time: 'Time from the first step to the last',
  trend: 'Conversion by when they entered',
  correlation: 'What goes with converting',
}

// POST /api/funnels answers the plain question; POST /api/query is asked where it knows too little.
export function FunnelsPage() {
  const page = usePageQuestion(readFunnels, writeFunnels)
  const { site, question, paused } = page
  const plain = question && plainFunnel(question)
  const shown = question && !plain ? question.view : null
  const asked = <Query,>(view: FunnelView, query: (question: FunnelsQuestion) => Query) =>
    question && shown === view ? query(question) : null
  const funnel = useFunnel(site, plain, paused)
  const steps = useInsight<'funnel'>(site, asked('steps', funnelQuery), paused)
  const time = useInsight<'funnel_time'>(site, asked('time', funnelTimeQuery), paused)
  const trend = useInsight<'funnel_trend'>(site, asked('trend', funnelTrendQuery), paused)
  const correlation = useInsight<'funnel_correlation'>(
    site,
    asked('correlation', funnelCorrelationQuery),
    paused,
  )
  return (
    <QuestionPage
      title="Funnels"
      page={page}
      answer={shown === null ? funnel : { steps, time, trend, correlation }[shown]}
      controls={(question, names, site) => (
        <FunnelsEditor site={site} question={question} names={names} onChange={page.ask} />
      )}
    >
      {(question, site) => (
        <Card
          title={title(question)}
          actions={
            <SaveInsight site={site} query={funnelsQuery(question)} name={insightName(question)} />
          }
        >
          {shown === null && (
            <Answer live={funnel} emptyWords={funnelEmptyWords}>
              {(result) => (
                <>
                  <FunnelStepsView result={result} question={question} site={site} />
                  <Took result={result} />
                </>
              )}
            </Answer>
          )}
          {shown === 'steps' && (
            <Answer live={steps} emptyWords={(result) => funnelEmptyWords(drawnFunnel(result))}>
              {(result) => (
                <>
                  <FunnelStepsView result={drawnFunnel(result)} question={question} site={site} />
                  <Excluded result={result} question={question} site={site} />
                  <Took result={result} />
                </>
              )}
            </Answer>
          )}
          {shown === 'time' && (
            <Answer live={time} emptyWords={funnelTimeEmptyWords}>
              {(result) => (
                <>
                  <FunnelTimeView result={result} question={question} site={site} />
                  <Took result={result} />
                </>
              )}
            </Answer>
          )}
          {shown === 'trend' && (
            <Answer live={trend} emptyWords={funnelRatesEmptyWords}>
              {(result) => (
                <>
                  <FunnelRatesView result={result} question={question} site={site} />
                  <Took result={result} />
                </>
              )}
            </Answer>
          )}
          {shown === 'correlation' && (
            <Answer live={correlation} emptyWords={correlationEmptyWords}>
              {(result) => (
                <>
                  <FunnelCorrelationView
                    result={result}
                    query={funnelCorrelationQuery(question)}
                    site={site}
                    height={null}
                  />
                  <Took result={result} />
                </>
              )}
            </Answer>
          )}
        </Card>
      )}
    </QuestionPage>
  )
}

function title({ view, actor, breakdowns }: FunnelsQuestion): string {
  const words = view === 'steps' ? `${ACTORS[actorKind(actor)]} ${TITLES.steps}` : TITLES[view]
  if (view === 'correlation') return words
  return breakdowns.length > 0 ? `${words}, by ${breakdownsWords(breakdowns)}` : words
}

function Took({ result }: { result: { duration_ms: number } }) {
  return <p className="hint">Answered in {Math.round(result.duration_ms)} ms.</p>
}

function insightName({ steps }: FunnelsQuestion): string {
  return steps
    .map(({ event }) => formatEvent(event))
    .join(' → ')
    .slice(0, 200)
}
