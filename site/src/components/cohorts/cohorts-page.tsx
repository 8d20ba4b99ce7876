import type { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { ruleWords } from '../../lib/cohort-rule.ts'
import { formatAgo } from '../../lib/format.ts'
import { creation, listPath } from '../../lib/saved.ts'
import { readSaved, savedSearch } from '../../lib/saved-address.ts'
import { useSavedPages } from '../../lib/saved-calls.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Card } from '../card.tsx'
import { TextField } from '../choice.tsx'
import { RemovedList } from '../saved/removed-list.tsx'
import { SavedAnswer } from '../saved/saved-answer.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { CohortForm } from './cohort-form.tsx'
import { CohortOne } from './cohort-one.tsx'
import { useCohortSizes } from './cohort-size.tsx'

/** All saved cohorts, or one of them. */
export function CohortsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  const { project, id, ignored } = state
  const toList = () => push(savedSearch(project))
  if (id !== null) {
    return <CohortOne key={id} site={site} project={project} id={id} onGone={toList} />
  }
  return (
    <CohortList
      site={site}
      project={project}
      ignored={ignored}
      onMade={(made) => push(savedSearch(project, made.id))}
    />
  )
}

interface ListProps {
  site: Site
  project: string
  ignored: string[]
  onMade(cohort: SavedCohort): void
}

function CohortList({ site, project, ignored, onMade }: ListProps) {
  const [wanted, setWanted] = useState('')
  const [revision, setRevision] = useState(0)
  const [making, setMaking] = useState(false)
  const path = listPath('cohort', project, { search: wanted || undefined })
  const live = useSavedPages<SavedCohort>(site, path, revision)
  return (
    <SavedFrame
      title="Cohorts"
      site={site}
      project={project}
      ignored={ignored}
      actions={
        <button type="button" className="primary" onClick={() => setMaking(!making)}>
          New cohort
        </button>
      }
    >
      {making && (
        <Card title="New cohort">
          <CohortForm
            site={site}
            project={project}
            save={(body) => site.client.call<SavedCohort>(creation('cohort', project, body), 'id')}
            onSaved={onMade}
            onCancel={() => setMaking(false)}
          />
        </Card>
      )}
      <section className="controls controls-slim" aria-label="What is listed">
        <div className="control-row">
          <TextField label="Search" value={wanted} onCommit={setWanted} />
        </div>
      </section>
      <Card title="Saved cohorts">
        <SavedAnswer pages={live} empty={emptyWords(wanted)} words="cohorts">
          {(items) => <CohortTable site={site} project={project} cohorts={items} />}
        </SavedAnswer>
      </Card>
      <Card title="Deleted cohorts" className="card-below">
        <RemovedList
          site={site}
          noun="cohort"
          project={project}
          revision={revision}
          onRestored={() => setRevision(revision + 1)}
        />
      </Card>
    </SavedFrame>
  )
}

const emptyWords = (wanted: string) =>
  wanted === ''
    ? 'No cohort yet: make one of what persons did, or of a list of ids.'
    : 'No cohort holds this text.'

interface TableProps {
  site: Site
  project: string
  cohorts: readonly SavedCohort[]
}

function CohortTable({ site, project, cohorts }: TableProps) {
  const sizes = useCohortSizes(site, project, cohorts)
  return (
    <ScrollRegion label="Cohorts as a table">
      <table className="cohort-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Who belongs to it</th>
            <th scope="col" className="number">
              Persons
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort.id}>
              <th scope="row" title={cohort.description || undefined}>
                <a href={`/cohorts?${savedSearch(project, cohort.id)}`}>{cohort.name}</a>
              </th>
              <td className="rule-words">{ruleWords(cohort.rule)}</td>
              <td className="number">{sizes(cohort.id)}</td>
              <td>{formatAgo(cohort.updated_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
