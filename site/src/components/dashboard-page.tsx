import { useState } from 'react'
import { useFullAddress, useSearch } from '../lib/address.ts'
import { type DashboardQuestions, dashboardQuestions } from '../lib/dashboard.ts'
import type { Live } from '../lib/live.ts'
import { useEventNames, useFreshness, useFunnel, useTrend } from '../lib/questions.ts'
import { type Site, useSite } from '../lib/site.ts'
import { type RangeQuestion, readRange, writeRange } from '../lib/url-reader.ts'
import { earliest } from '../plots/series.ts'
import { Answer, Card } from './card.tsx'
import { BreakdownCard, FunnelCard, TrendCard } from './dashboard-cards.tsx'
import { DateRange } from './date-range.tsx'
import { EventList } from './event-list.tsx'
import { FreshnessLine } from './freshness-line.tsx'
import { Headline } from './headline.tsx'
import { PageFrame } from './page-frame.tsx'

export function DashboardPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readRange(search, site.defaults)
  const range = state?.question ?? null
  const questions = range && dashboardQuestions(range)
  const answers = useAnswers(site, questions, paused)
  const names = useEventNames(site, range?.project ?? null, paused)
  const freshness = useFreshness(site, range?.project ?? null, paused)
  useFullAddress(range && state?.ignored.length === 0 ? writeRange(range) : null)
  if (!site || !state || !range || !questions) return null

  const ask = (change: Partial<RangeQuestion>) => push(writeRange({ ...range, ...change }))
  return (
    <PageFrame
      title="Dashboard"
      site={site}
      project={range.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={completeUntil([answers.trend, answers.funnel])}
          timeZone={answers.trend.data?.time_zone}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <section className="controls controls-slim" aria-label="Question">
          <div className="control-row">
            <DateRange range={range} onChange={ask} />
          </div>
        </section>
      }
    >
      <Headline {...answers} />
      <div className="grid-two">
        <TrendCard live={answers.trend} question={questions.trend} />
        <FunnelCard live={answers.funnel} question={questions.funnel} />
        <BreakdownCard
          live={answers.breakdown}
          property={questions.breakdown.breakdown ?? ''}
          onChange={(breakdown) => ask({ breakdown })}
        />
        <Card title="Events of the last 90 days">
          <Answer live={names} emptyWords={() => null}>
            {(result) => <EventList names={result} range={range} />}
          </Answer>
        </Card>
      </div>
    </PageFrame>
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

// The page is as complete as the least complete of its pictures; undefined before the first.
function completeUntil(lives: Live<{ complete_until: string | null }>[]) {
  const times = lives.flatMap(({ data }) => (data ? [data.complete_until] : []))
  return times.length > 0 ? earliest(times) : undefined
}
