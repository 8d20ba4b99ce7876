import { useState } from 'react'
import { useFullAddress, useSearch } from '../lib/address.ts'
import { MAX_WINDOW_VALUE, WINDOW_UNITS } from '../lib/choices.ts'
import { formatEvent } from '../lib/format.ts'
import { funnelInsight } from '../lib/insight-address.ts'
import { useEventNames, useFreshness, useFunnel } from '../lib/questions.ts'
import { useSite } from '../lib/site.ts'
import { type FunnelQuestion, readFunnel, writeFunnel } from '../lib/url-state.ts'
import { Answer, Card } from './card.tsx'
import { Choice, optionsOf, TextField } from './choice.tsx'
import { DateRange } from './date-range.tsx'
import { FilterList } from './filter-list.tsx'
import { FreshnessLine } from './freshness-line.tsx'
import { FunnelChart, FunnelTable, funnelEmptyWords } from './funnel-view.tsx'
import { PageFrame } from './page-frame.tsx'
import { BotSwitch, BreakdownPicker } from './question-options.tsx'
import { SaveInsight } from './saved/save-insight.tsx'
import { StepsEditor } from './steps-editor.tsx'

export function FunnelsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readFunnel(search, site.defaults)
  const question = state?.question ?? null
  const funnel = useFunnel(site, question, paused)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  useFullAddress(question && state?.ignored.length === 0 ? writeFunnel(question) : null)
  if (!site || !state || !question) return null

  const ask = (change: Partial<FunnelQuestion>) => push(writeFunnel({ ...question, ...change }))
  return (
    <PageFrame
      title="Funnels"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={funnel.data?.complete_until}
          timeZone={funnel.data?.time_zone}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <FunnelEditor
          question={question}
          names={names.data?.events.map(({ event }) => event) ?? []}
          onChange={ask}
        />
      }
    >
      <Card
        title="Persons who took each step"
        actions={
          <SaveInsight site={site} query={funnelInsight(question)} name={insightName(question)} />
        }
      >
        <Answer live={funnel} emptyWords={funnelEmptyWords}>
          {(result) => (
            <>
              <FunnelChart result={result} breakdown={question.breakdown} height={320} />
              <FunnelTable
                result={result}
                breakdown={question.breakdown}
                asked={{ site, question }}
              />
              <p className="hint">Answered in {Math.round(result.duration_ms)} ms.</p>
            </>
          )}
        </Answer>
      </Card>
    </PageFrame>
  )
}

function insightName({ steps }: FunnelQuestion): string {
  return steps
    .map(({ event }) => formatEvent(event))
    .join(' → ')
    .slice(0, 200)
}

interface EditorProps {
  question: FunnelQuestion
  names: string[]
  onChange(change: Partial<FunnelQuestion>): void
}

function FunnelEditor({ question, names, onChange }: EditorProps) {
  return (
    <section className="controls" aria-label="Question">
      <StepsEditor steps={question.steps} names={names} onChange={(steps) => onChange({ steps })} />
      <div className="control-row">
        <WindowEditor question={question} onChange={onChange} />
        <DateRange
          range={{ ...question, interval: 'day' }}
          withInterval={false}
          onChange={({ interval: _, ...range }) => onChange(range)}
        />
        <BreakdownPicker
          value={question.breakdown}
          onChange={(breakdown) => onChange({ breakdown })}
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

function WindowEditor({ question, onChange }: Omit<EditorProps, 'names'>) {
  const window = question.conversion_window
  const setValue = (text: string) => {
    const value = Math.round(Number(text))
    if (value >= 1 && value <= MAX_WINDOW_VALUE)
      onChange({ conversion_window: { ...window, value } })
  }
  return (
    <fieldset className="window">
      <legend>Conversion window</legend>
      <TextField
        label="Length"
        hideLabel
        type="number"
        value={String(window.value)}
        onCommit={setValue}
      />
      <Choice
        label="Unit"
        hideLabel
        value={window.unit}
        options={optionsOf(WINDOW_UNITS)}
        onChange={(unit) => onChange({ conversion_window: { ...window, unit } })}
      />
    </fieldset>
  )
}
