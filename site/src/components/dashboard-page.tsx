import { type DashboardQuestions, dashboardQuestions } from '../lib/dashboard.ts'
import type { Live } from '../lib/live.ts'
import { usePageQuestion } from '../lib/page-question.ts'
import { useFunnel, useTrend } from '../lib/questions.ts'
import type { Site } from '../lib/site.ts'
import { readRange, writeRange } from '../lib/url-reader.ts'
import { earliest } from '../plots/series.ts'
import { Answer, Card } from './card.tsx'
import { BreakdownCard, FunnelCard, TrendCard } from './dashboard-cards.tsx'
import { DateRange } from './date-range.tsx'
import { EventList } from './event-list.tsx'
import { Headline } from './headline.tsx'
import { QuestionPage } from './question-page.tsx'

export function DashboardPage() {
  const page = usePageQuestion(readRange, writeRange)
  const questions = page.question && dashboardQuestions(page.question)
  const answers = useAnswers(page.site, questions, page.paused)
  return (
    <QuestionPage
      title="Dashboard"
      page={page}
      answer={{ data: leastComplete([answers.trend, answers.funnel]) }}
      controls={(range) => (
        <section className="controls controls-slim" aria-label="Question">
          <div className="control-row">
            <DateRange range={range} onChange={page.ask} />
          </div>
        </section>
      )}
    >
      {(range) => (
        <>
          <Headline {...answers} />
          {questions && (
            <div className="grid-two">
              <TrendCard live={answers.trend} question={questions.trend} />
              <FunnelCard live={answers.funnel} question={questions.funnel} />
              <BreakdownCard
                live={answers.breakdown}
                property={questions.breakdown.breakdown ?? ''}
                onChange={(breakdown) => page.ask({ breakdown })}
              />
              <Card title="Events of the last 90 days">
                <Answer live={page.names} emptyWords={() => null}>
                  {(result) => <EventList names={result} range={range} />}
                </Answer>
              </Card>
            </div>
          )}
        </>
      )}
    </QuestionPage>
  )
}

function useAnswers(site: Site | null, questions: DashboardQuestions | null, paused: boolean) {
  return {
    trend: useTrend(site, questions?.trend ?? null, paused),
    events: useTrend(site, questions?.events ?? null, paused),
    persons: useTrend(site, questions?.persons ?? null, paused),
    breakdown: useTrend(site, questions?.breakdown ?? null, paused),
    funnel: useFunnel(site, questions?.funnel ?? null, paused),
  }
}

interface Facts {
  complete_until: string | null
  time_zone: string
}

// The page is as complete as the least complete of its pictures; null before the first.
function leastComplete(lives: Live<Facts>[]): Facts | null {
  const facts = lives.flatMap(({ data }) => data ?? [])
  const [first] = facts
  if (!first) return null
  return { ...first, complete_until: earliest(facts.map((one) => one.complete_until)) }
}
