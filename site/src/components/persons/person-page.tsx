import type { Person, PersonResult } from '@headwater/schemas/insights/persons'
import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { personName } from '../../lib/persons.ts'
import { readPerson } from '../../lib/persons-question.ts'
import { useCall, useEventNames, useFreshness } from '../../lib/questions.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { FreshnessLine } from '../freshness-line.tsx'
import { PageFrame } from '../page-frame.tsx'
import { PropertyTable } from '../property-table.tsx'
import { PersonLinks } from './person-links.tsx'
import { Timeline } from './timeline.tsx'

/** One person: what is known of it, what it did, and what made it one. */
export function PersonPage() {
  const site = useSite()
  const [search] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readPerson(search, site.defaults)
  const { project = null, id = null } = state?.question ?? {}
  const call = id && {
    method: 'GET' as const,
    path: `/api/persons/${id}?${new URLSearchParams({ project: project ?? '' })}`,
  }
  const live = useCall<PersonResult>(site, call || null, 'person', paused)
  const names = useEventNames(site, project, paused)
  const freshness = useFreshness(site, project, paused)
  if (!site || !state || !project) return null

  return (
    <PageFrame
      title={live.data ? personName(live.data.person) : 'Person'}
      site={site}
      project={project}
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
        <p className="way-back">
          <a href={`/persons?${new URLSearchParams({ project })}`}>← All persons</a>
        </p>
      }
    >
      {id === null ? (
        <p className="answer-empty">This address names nobody: choose a person from the list.</p>
      ) : (
        <Answer live={live} emptyWords={() => null}>
          {({ person }) => (
            <Known
              site={site}
              project={project}
              person={person}
              paused={paused}
              onChange={live.reload}
            />
          )}
        </Answer>
      )}
    </PageFrame>
  )
}

interface KnownProps {
  site: Site
  project: string
  person: Person
  paused: boolean
  onChange(): void
}

function Known({ site, project, person, paused, onChange }: KnownProps) {
  const { id, distinct_ids, properties, events, first_seen, last_seen } = person
  const facts = [
    ['Events', formatNumber(events)],
    ['First seen (UTC)', formatMoment(first_seen)],
    ['Last seen (UTC)', formatMoment(last_seen)],
    ['Number', id],
  ] as const
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="person-grid">
        <Timeline site={site} project={project} id={id} paused={paused} />
        <div className="person-side">
          <Card title="Properties">
            {Object.keys(properties).length === 0 ? (
              <p className="hint">Nothing was set yet: events set properties by $set.</p>
            ) : (
              <PropertyTable properties={properties} label="Properties of the person" />
            )}
          </Card>
          <Card title={`Known by (${formatNumber(distinct_ids.length)})`}>
            <ul className="id-list">
              {distinct_ids.map((name) => (
                <li key={name}>
                  <code>{name}</code>
                </li>
              ))}
            </ul>
          </Card>
          <PersonLinks site={site} project={project} id={id} paused={paused} onChange={onChange} />
        </div>
      </div>
    </>
  )
}
