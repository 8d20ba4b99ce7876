import type { PersonList } from '@headwater/schemas/insights/persons'
import type { SavedCohort } from '@headwater/schemas/insights/saved-cohort'
import { useState } from 'react'
import { ruleWords } from '../../lib/cohort-rule.ts'
import { usePages } from '../../lib/pages.ts'
import { deletion, itemPath, replacement } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card, ErrorNotice } from '../card.tsx'
import { Paging } from '../paging.tsx'
import { PersonTable } from '../persons/person-table.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { DeleteButton } from '../saved/delete-button.tsx'
import { HistoryOf } from '../saved/history.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { CohortForm } from './cohort-form.tsx'
import { CohortSize } from './cohort-size.tsx'

interface Props {
  site: Site
  project: string
  id: string
  onGone(): void
}

/** One cohort: its rule, who belongs to it now, and its history. */
export function CohortOne({ site, project, id, onGone }: Props) {
  const [revision, setRevision] = useState(0)
  /** As it was when it was opened: its version is the one that is changed. */
  const [seen, setSeen] = useState<SavedCohort | null>(null)
  const action = useAction()
  const live = useSaved<SavedCohort>(site, itemPath('cohort', project, id), 'id', revision)
  const cohort = live.data
  const back = { href: `/cohorts?${savedSearch(project)}`, name: 'Cohorts' }
  const frame = { site, project, back, ignored: [] }
  if (!cohort) {
    return (
      <SavedFrame title="Cohort" {...frame}>
        {live.error && <ErrorNotice error={live.error} />}
      </SavedFrame>
    )
  }
  const again = () => {
    setSeen(null)
    action.clear()
    setRevision(revision + 1)
  }
  const remove = async () => {
    const call = deletion('cohort', project, cohort)
    const done = await action.run(
      async () => void (await site.client.call<SavedCohort>(call, 'id')),
    )
    if (done) onGone()
  }
  return (
    <SavedFrame
      title={cohort.name}
      {...frame}
      actions={
        <>
          <button type="button" onClick={() => setSeen(seen ? null : cohort)}>
            Edit
          </button>
          <DeleteButton name={cohort.name} busy={action.busy} onDelete={remove} />
        </>
      }
    >
      {live.error && <ErrorNotice error={live.error} />}
      <NotSaved error={action.error} onReload={again} />
      {seen ? (
        <Card title="Edit the cohort">
          <CohortForm
            site={site}
            project={project}
            cohort={seen}
            save={(body) =>
              site.client.call<SavedCohort>(replacement('cohort', project, seen, body), 'id')
            }
            onSaved={again}
            onCancel={() => setSeen(null)}
            onReload={again}
          />
        </Card>
      ) : (
        <Card title="Who belongs to it">
          {cohort.description && <p>{cohort.description}</p>}
          <p>Persons who {ruleWords(cohort.rule)}.</p>
          <p className="cohort-size">
            <strong>
              <CohortSize site={site} project={project} cohort={cohort} />
            </strong>{' '}
            persons now
          </p>
        </Card>
      )}
      <Members site={site} project={project} cohort={cohort} />
      <Card title="History" className="card-below">
        <p className="hint">
          Filters name it by <code>{cohort.id}</code>, dashboards as code by its key{' '}
          <code>{cohort.key}</code>.
        </p>
        <HistoryOf<SavedCohort>
          site={site}
          noun="cohort"
          project={project}
          item={cohort}
          describe={({ name, rule }) => `${name}: ${ruleWords(rule)}`}
          onRestored={again}
        />
      </Card>
    </SavedFrame>
  )
}

const PAGE_LENGTH = 50

interface MembersProps {
  site: Site
  project: string
  cohort: SavedCohort
}

function Members({ site, project, cohort: { id, version } }: MembersProps) {
  const pages = usePages<PersonList>(
    JSON.stringify([site.connection.url, project, id, version]),
    (after, signal) => {
      const params = new URLSearchParams({ project, limit: String(PAGE_LENGTH) })
      if (after !== undefined) params.set('after', after)
      const path = `/api/cohorts/${id}/persons?${params}`
      return site.client.call<PersonList>({ method: 'GET', path, signal }, 'persons')
    },
  )
  return (
    <Card title="Persons" className="card-below">
      <Answer
        live={pages}
        emptyWords={([first]) => (first?.persons.length ? null : 'Nobody belongs to it now.')}
      >
        {(all) => {
          const persons = all.flatMap((page) => page.persons)
          return (
            <>
              <PersonTable persons={persons} project={project} />
              <Paging pages={pages} shown={persons.length} words="persons" />
            </>
          )
        }}
      </Answer>
    </Card>
  )
}
