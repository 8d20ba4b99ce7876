import { useState } from 'react'
import { useFullAddress, useSearch } from '../lib/address.ts'
import { DASHBOARD_BREAKDOWNS, dashboardQuestions } from '../lib/dashboard.ts'
import { useEventNames, useFreshness, useFunnel, useTrend } from '../lib/questions.ts'
import { useSite } from '../lib/site.ts'
import {
  type RangeQuestion,
  readRange,
  writeFunnel,
  writeRange,
  writeTrend,
} from '../lib/url-state.ts'
import { earliest } from '../plots/series.ts'
import { BreakdownList } from './breakdown-list.tsx'
import { Answer, Card } from './card.tsx'
import { DateRange } from './date-range.tsx'
import { EventList } from './event-list.tsx'
import { FreshnessLine } from './freshness-line.tsx'
import { FunnelChart, FunnelTable, funnelEmptyWords } from './funnel-view.tsx'
import { Headline } from './headline.tsx'
import { PageFrame } from './page-frame.tsx'
import { TrendChart, TrendTable, trendEmptyWords } from './trend-view.tsx'

export function DashboardPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readRange(search, site.defaults)
  const range = state?.question ?? null
  const questions = range && dashboardQuestions(range)
  const trend = useTrend(site, questions?.trend ?? null, paused)
  const events = useTrend(site, questions?.events ?? null, paused)
  const persons = useTrend(site, questions?.persons ?? null, paused)
  const breakdown = useTrend(site, questions?.breakdown ?? null, paused)
  const funnel = useFunnel(site, questions?.funnel ?? null, paused)
  const names = useEventNames(site, range?.project ?? null, paused)
  const freshness = useFreshness(site, range?.project ?? null, paused)
  useFullAddress(range && state?.ignored.length === 0 ? writeRange(range) : null)
  if (!site || !state || !range || !questions) return null

  const ask = (change: Partial<RangeQuestion>) => push(writeRange({ ...range, ...change }))
  const drawn = [trend, funnel].flatMap(({ data }) => (data ? [data.complete_until] : []))
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
          completeUntil={drawn.length > 0 ? earliest(drawn) : undefined}
          timeZone={range.time_zone}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <section className="controls controls-slim" aria-label="Date range">
          <div className="control-row">
            <DateRange range={range} onChange={ask} />
          </div>
        </section>
      }
    >
      <Headline trend={trend} events={events} persons={persons} funnel={funnel} />
      <div className="grid-two">
        <Card
          title="Trend"
          actions={<OpenIn href={`/trends?${writeTrend(questions.trend)}`} name="Trends" />}
        >
          <Answer live={trend} emptyWords={trendEmptyWords}>
            {(result) => (
              <>
                <TrendChart result={result} chart="line" />
                <details>
                  <summary>Show as table</summary>
                  <TrendTable result={result} />
                </details>
              </>
            )}
          </Answer>
        </Card>
        <Card
          title="Funnel"
          actions={<OpenIn href={`/funnels?${writeFunnel(questions.funnel)}`} name="Funnels" />}
        >
          <Answer live={funnel} emptyWords={funnelEmptyWords}>
            {(result) => (
              <>
                <FunnelChart result={result} />
                <details>
                  <summary>Show as table</summary>
                  <FunnelTable result={result} />
                </details>
              </>
            )}
          </Answer>
        </Card>
        <Card
          title="Persons by"
          actions={
            <BreakdownTabs
              value={questions.breakdown.breakdown ?? ''}
              onChange={(property) => ask({ breakdown: property })}
            />
          }
        >
          <Answer live={breakdown} emptyWords={trendEmptyWords}>
            {(result) => <BreakdownList result={result} property={questions.breakdown.breakdown} />}
          </Answer>
        </Card>
        <Card title="Events of all time">
          <Answer live={names} emptyWords={() => null}>
            {(result) => <EventList names={result} range={range} />}
          </Answer>
        </Card>
      </div>
    </PageFrame>
  )
}

function OpenIn({ href, name }: { href: string; name: string }) {
  return (
    <a href={href}>
      Open in {name} <span aria-hidden="true">→</span>
    </a>
  )
}

interface TabsProps {
  value: string
  onChange(property: string): void
}

function BreakdownTabs({ value, onChange }: TabsProps) {
  return (
    <fieldset className="tabs">
      <legend className="visually-hidden">Property</legend>
      {Object.entries(DASHBOARD_BREAKDOWNS).map(([property, words]) => (
        <button
          type="button"
          key={property}
          aria-pressed={property === value}
          onClick={() => onChange(property)}
        >
          {words}
        </button>
      ))}
    </fieldset>
  )
}
