import type { EventDefinitions, PropertyDefinitions } from '@headwater/schemas/insights/definitions'
import { useState } from 'react'
import { useFullAddress, useSearch } from '../../lib/address.ts'
import {
  DEFINITION_KINDS,
  type DefinitionsQuestion,
  definitionsPath,
  matchingText,
  readDefinitions,
  writeDefinitions,
} from '../../lib/definitions-question.ts'
import { formatNumber } from '../../lib/format.ts'
import { useCall, useEventNames, useFreshness } from '../../lib/questions.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { optionsOf, TextField } from '../choice.tsx'
import { EventPicker } from '../event-picker.tsx'
import { FreshnessLine } from '../freshness-line.tsx'
import { PageFrame } from '../page-frame.tsx'
import { DefinitionTable } from './definition-table.tsx'
import { SessionPropertyTable } from './session-property-table.tsx'

type Definitions = EventDefinitions | PropertyDefinitions

/** What events and properties there are, what they look like, and what people say about them. */
export function DefinitionsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readDefinitions(search, site.defaults)
  const question = state?.question ?? null
  const live = useDefinitions(site, question, paused)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  useFullAddress(question && state?.ignored.length === 0 ? writeDefinitions(question) : null)
  if (!site || !state || !question) return null

  const ask = (change: Partial<DefinitionsQuestion>) =>
    push(writeDefinitions({ ...question, ...change }))
  return (
    <PageFrame
      title="Definitions"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={live.data?.complete_until}
          timeZone={undefined}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <DefinitionsEditor
          question={question}
          names={names.data?.events.map(({ event }) => event) ?? []}
          onChange={ask}
        />
      }
    >
      <Card title={DEFINITION_KINDS[question.kind]}>
        <Answer live={live} emptyWords={(result) => emptyWords(result, question)}>
          {(result) => (
            <Shown site={site} question={question} result={result} onChange={live.reload} />
          )}
        </Answer>
      </Card>
    </PageFrame>
  )
}

function useDefinitions(site: Site | null, question: DefinitionsQuestion | null, paused: boolean) {
  const call = question && { method: 'GET' as const, path: definitionsPath(question) }
  return useCall<Definitions>(site, call, 'days', paused)
}

/** What is shown of an answer: another kind's answer stays for a moment after a change of kinds. */
function shownOf(result: Definitions, { kind, search }: DefinitionsQuestion) {
  if ('events' in result) return matchingText<{ name: string }>(result.events, search)
  return matchingText<{ name: string }>(
    kind === 'sessions' ? named(result) : result.properties,
    search,
  )
}

function emptyWords(result: Definitions, question: DefinitionsQuestion): string | null {
  if (shownOf(result, question).length > 0) return null
  return question.search === '' ? 'None were seen yet.' : 'None has this text.'
}

interface ShownProps {
  site: Site
  question: DefinitionsQuestion
  result: Definitions
  onChange(): void
}

function Shown({ site, question, result, onChange }: ShownProps) {
  const { project, kind, search } = question
  if (kind === 'sessions' && !('events' in result)) {
    return <SessionPropertyTable properties={matchingText(named(result), search)} />
  }
  const ofEvents = 'events' in result
  return (
    <>
      <DefinitionTable
        site={site}
        project={project}
        kind={ofEvents ? 'events' : 'properties'}
        definitions={
          ofEvents ? matchingText(result.events, search) : matchingText(result.properties, search)
        }
        onChange={onChange}
      />
      <p className="hint">
        {ofEvents
          ? `Counts and times are of the last ${result.days} days.`
          : `Seen in a sample of ${formatNumber(result.sampled_events)} events of the last ${result.days} days: counts are of the sample.`}
      </p>
    </>
  )
}

const named = (result: PropertyDefinitions) =>
  result.session_properties.map((one) => ({ ...one, description: one.meaning }))

interface EditorProps {
  question: DefinitionsQuestion
  names: string[]
  onChange(change: Partial<DefinitionsQuestion>): void
}

function DefinitionsEditor({ question, names, onChange }: EditorProps) {
  return (
    <section className="controls" aria-label="Question">
      <fieldset className="tabs">
        <legend className="visually-hidden">What is shown</legend>
        {optionsOf(DEFINITION_KINDS).map(([kind, words]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === question.kind}
            onClick={() => onChange({ kind })}
          >
            {words}
          </button>
        ))}
      </fieldset>
      <div className="control-row">
        <TextField
          label="Search names and descriptions"
          value={question.search}
          onCommit={(search) => onChange({ search })}
        />
        {question.kind === 'properties' && (
          <EventPicker
            label="Of event"
            value={question.event || '*'}
            names={names}
            onChange={(event) => onChange({ event: event === '*' ? '' : event })}
          />
        )}
        <label className="switch">
          <input
            type="checkbox"
            checked={question.include_hidden}
            onChange={(event) => onChange({ include_hidden: event.target.checked })}
          />
          Show hidden ones
        </label>
      </div>
    </section>
  )
}
