import { useState } from 'react'
import { useFullAddress, useSearch } from '../../lib/address.ts'
import { useEventNames, useFreshness, useInsight } from '../../lib/questions.ts'
import { useSite } from '../../lib/site.ts'
import { readWeb, type WebQuestion, webQueries, writeWeb } from '../../lib/web-question.ts'
import { ErrorNotice } from '../card.tsx'
import { DateRange } from '../date-range.tsx'
import { FreshnessLine } from '../freshness-line.tsx'
import { PageFrame } from '../page-frame.tsx'
import { BotSwitch } from '../question-options.tsx'
import { WebChart } from './web-chart.tsx'
import { WebFilters } from './web-filters.tsx'
import { WebLists } from './web-lists.tsx'
import { WebTiles } from './web-tiles.tsx'
import { WebVitals } from './web-vitals.tsx'

/** How a website is visited, on one page. */
export function WebPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readWeb(search, site.defaults)
  const question = state?.question ?? null
  const queries = question && webQueries(question)
  const numbers = useInsight<'web_overview'>(site, queries?.numbers ?? null, paused)
  const lists = useInsight<'web_overview'>(site, queries?.lists ?? null, paused)
  const places = useInsight<'web_overview'>(site, queries?.places ?? null, paused)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  useFullAddress(question && state?.ignored.length === 0 ? writeWeb(question) : null)
  if (!site || !state || !question) return null

  const ask = (change: Partial<WebQuestion>) => push(writeWeb({ ...question, ...change }))
  return (
    <PageFrame
      title="Web"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={numbers.data?.complete_until}
          timeZone={numbers.data?.time_zone}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={<WebControls question={question} onChange={ask} />}
    >
      {numbers.error && <ErrorNotice error={numbers.error} />}
      {/* What was never answered has nothing to show beside its error. */}
      {(numbers.data || !numbers.error) && (
        <>
          <WebTiles
            live={numbers}
            metric={question.metric}
            onChange={(metric) => ask({ metric })}
          />
          <WebChart site={site} live={numbers} question={question} />
          <div className="grid-two web-cards">
            <WebLists
              site={site}
              question={question}
              lists={lists}
              places={places}
              onChange={ask}
            />
            <WebVitals live={numbers} />
          </div>
        </>
      )}
    </PageFrame>
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
