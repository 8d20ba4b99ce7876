import type { PersonList } from '@headwater/schemas/insights/persons'
import { useMemo, useState } from 'react'
import { useFullAddress, useSearch } from '../../lib/address.ts'
import { usePages } from '../../lib/pages.ts'
import {
  type PersonsQuestion,
  personsPath,
  readPersons,
  writePersons,
} from '../../lib/persons-question.ts'
import { useEventNames, useFreshness } from '../../lib/questions.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Answer, Card } from '../card.tsx'
import { TextField } from '../choice.tsx'
import { FilterList } from '../filter-list.tsx'
import { FreshnessLine } from '../freshness-line.tsx'
import { PageFrame } from '../page-frame.tsx'
import { Paging } from '../paging.tsx'
import { PropertyOptions } from '../property-options.ts'
import { PersonTable } from './person-table.tsx'

const PAGE_LENGTH = 50
const REFRESH_MS = 5_000

/** Everybody of the project, the last seen first, searched and filtered. */
export function PersonsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const [paused, setPaused] = useState(false)
  const state = site && readPersons(search, site.defaults)
  const question = state?.question ?? null
  const pages = usePersons(site, question, paused)
  const names = useEventNames(site, question?.project ?? null, paused)
  const freshness = useFreshness(site, question?.project ?? null, paused)
  const persons = useMemo(() => pages.data?.flatMap((page) => page.persons) ?? [], [pages.data])
  const properties = useMemo(
    () => [...new Set(persons.flatMap((person) => Object.keys(person.properties)))].sort(),
    [persons],
  )
  useFullAddress(question && state?.ignored.length === 0 ? writePersons(question) : null)
  if (!site || !state || !question) return null

  const ask = (change: Partial<PersonsQuestion>) => push(writePersons({ ...question, ...change }))
  const isNarrowed = writePersons(question).size > 1
  return (
    <PageFrame
      title="Persons"
      site={site}
      project={question.project}
      names={names}
      ignored={state.ignored}
      freshness={
        <FreshnessLine
          freshness={freshness}
          completeUntil={pages.data?.[0]?.complete_until}
          timeZone={undefined}
          paused={paused}
          onPause={setPaused}
        />
      }
      controls={
        <section className="controls" aria-label="Question">
          <div className="control-row">
            <TextField
              label="Search ids and properties"
              value={question.search}
              placeholder="ann@example.com"
              onCommit={(text) => ask({ search: text })}
            />
            <TextField
              label="Exactly this distinct_id"
              value={question.distinct_id}
              onCommit={(distinct_id) => ask({ distinct_id })}
            />
          </div>
          <PropertyOptions value={properties.map((name) => [name, name] as const)}>
            <FilterList
              label="Properties of the person"
              filters={question.filters}
              startWith={properties[0] ?? 'email'}
              onChange={(filters) => ask({ filters })}
            />
          </PropertyOptions>
        </section>
      }
    >
      <Card title={isNarrowed ? 'Persons found' : 'All persons'}>
        <Answer
          live={pages}
          emptyWords={([first]) =>
            first?.persons.length ? null : isNarrowed ? 'Nobody is like that.' : 'Nobody yet.'
          }
        >
          {() => (
            <>
              <PersonTable persons={persons} project={question.project} />
              <Paging pages={pages} shown={persons.length} words="persons" />
            </>
          )}
        </Answer>
      </Card>
    </PageFrame>
  )
}

function usePersons(site: Site | null, question: PersonsQuestion | null, paused: boolean) {
  return usePages<PersonList>(
    site && question && JSON.stringify([site.connection.url, question]),
    (after, signal) => {
      if (!site || !question) throw new Error('asked without a question')
      const path = personsPath(question, PAGE_LENGTH, after)
      return site.client.call<PersonList>({ method: 'GET', path, signal }, 'persons')
    },
    { refreshMs: paused ? null : REFRESH_MS },
  )
}
