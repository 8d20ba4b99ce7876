import { useState } from 'react'
import { useFullAddress, useSearch } from '../lib/address.ts'
import { CHARTS, MEASURES } from '../lib/choices.ts'
import { formatEvent, formatProperty } from '../lib/format.ts'
import { trendInsight } from '../lib/insight-address.ts'
import { useEventNames, useFreshness, useTrend } from '../lib/questions.ts'
import { useSite } from '../lib/site.ts'
import { readTrend, type TrendQuestion, writeTrend } from '../lib/url-state.ts'
import { effectiveChart } from '../plots/trend.ts'
import { Answer, Card } from './card.tsx'
import { Choice, optionsOf } from './choice.tsx'
import { DateRange } from './date-range.tsx'
import { EventsEditor } from './events-editor.tsx'
import { FilterList } from './filter-list.tsx'
import { FreshnessLine } from './freshness-line.tsx'
import { PageFrame } from './page-frame.tsx'
import { BotSwitch, BreakdownPicker } from './question-options.tsx'
import { SaveInsight } from './saved/save-insight.tsx'
import { TrendChart, TrendTable, trendEmptyWords } from './trend-view.tsx'

export function TrendsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readTrend(search, site.defaults)
  const question = state?.question ?? null
  const trend = useTrend(site, question, paused)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  useFullAddress(question && state?.ignored.length === 0 ? writeTrend(question) : null)
  if (!site || !state || !question) return null

  const ask = (change: Partial<TrendQuestion>) => push(writeTrend({ ...question, ...change }))
  return (
    <PageFrame
      title="Trends"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={trend.data?.complete_until}
          timeZone={trend.data?.time_zone}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <TrendEditor
          question={question}
          names={names.data?.events.map(({ event }) => event) ?? []}
          onChange={ask}
        />
      }
    >
      <Card
        title={title(question)}
        actions={
          <SaveInsight site={site} query={trendInsight(question)} name={insightName(question)} />
        }
      >
        <Answer live={trend} emptyWords={trendEmptyWords}>
          {(result) => (
            <>
              <TrendChart
                result={result}
                chart={question.chart}
                breakdown={question.breakdown}
                height={320}
              />
              <TrendTable
                result={result}
                breakdown={question.breakdown}
                asked={{ site, question }}
              />
              {effectiveChart(question.chart, result) !== question.chart && (
                <p className="hint">
                  Drawn as lines: on bars that stand on each other, one person would count twice.
                </p>
              )}
              <p className="hint">Answered in {Math.round(result.duration_ms)} ms.</p>
            </>
          )}
        </Answer>
      </Card>
    </PageFrame>
  )
}

interface EditorProps {
  question: TrendQuestion
  names: string[]
  onChange(change: Partial<TrendQuestion>): void
}

function TrendEditor({ question, names, onChange }: EditorProps) {
  return (
    <section className="controls" aria-label="Question">
      <div className="control-row">
        <EventsEditor
          events={question.events}
          names={names}
          onChange={(events) => onChange({ events })}
        />
      </div>
      <div className="control-row">
        <Choice
          label="Measure"
          value={question.measure}
          options={optionsOf(MEASURES)}
          onChange={(measure) => onChange({ measure })}
        />
        <DateRange range={question} onChange={onChange} />
        <BreakdownPicker
          value={question.breakdown}
          onChange={(breakdown) => onChange({ breakdown })}
        />
        <Choice
          label="Drawn as"
          value={question.chart}
          options={optionsOf(CHARTS)}
          onChange={(chart) => onChange({ chart })}
        />
      </div>
      <div className="control-row">
        <FilterList filters={question.filters} onChange={(filters) => onChange({ filters })} />
        <BotSwitch
          checked={question.include_bots}
          onChange={(include_bots) => onChange({ include_bots })}
        />
      </div>
    </section>
  )
}

function insightName(question: TrendQuestion): string {
  return `${title(question)}: ${question.events.map(formatEvent).join(', ')}`.slice(0, 200)
}

function title({ measure, breakdown }: TrendQuestion): string {
  return breakdown
    ? `${MEASURES[measure]} by ${formatProperty(breakdown).toLowerCase()}`
    : MEASURES[measure]
}
