import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import { type FormEvent, useState } from 'react'
import { formatAgo } from '../../lib/format.ts'
import { creation, listPath } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSavedPages } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Card, ErrorNotice } from '../card.tsx'
import { TextField } from '../choice.tsx'
import { Dialog } from '../saved/dialog.tsx'
import { Line } from '../saved/fields.tsx'
import { RemovedList } from '../saved/removed-list.tsx'
import { SavedAnswer } from '../saved/saved-answer.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { CodeCard } from './code-card.tsx'

interface Props {
  site: Site
  project: string
  onOpen(id: string): void
}

/** The dashboards of a project, what was deleted of them, and all of it as code. */
export function BoardList({ site, project, onOpen }: Props) {
  const [wanted, setWanted] = useState('')
  const [making, setMaking] = useState(false)
  const [revision, setRevision] = useState(0)
  const path = listPath('dashboard', project, { search: wanted || undefined })
  const live = useSavedPages<SavedDashboard>(site, path, revision)
  const again = () => setRevision(revision + 1)
  return (
    <>
      <section className="controls controls-slim" aria-label="What is listed">
        <div className="control-row">
          <TextField label="Search" value={wanted} onCommit={setWanted} />
          <button type="button" className="primary" onClick={() => setMaking(true)}>
            New dashboard
          </button>
        </div>
      </section>
      <Card title="Dashboards">
        <SavedAnswer pages={live} empty={emptyWords(wanted)} words="dashboards">
          {(items) => <BoardTable items={items} project={project} />}
        </SavedAnswer>
        <p className="hint">
          The <a href="/dashboard">first dashboard</a> needs no setting up: it shows what every
          project has.
        </p>
      </Card>
      <CodeCard site={site} project={project} onImported={again} />
      <Card title="Deleted dashboards" className="card-below">
        <RemovedList
          site={site}
          noun="dashboard"
          project={project}
          revision={revision}
          onRestored={again}
        />
      </Card>
      {making && (
        <Dialog title="New dashboard" onClose={() => setMaking(false)}>
          <NewBoard site={site} project={project} onOpen={onOpen} />
        </Dialog>
      )}
    </>
  )
}

function BoardTable({ items, project }: { items: SavedDashboard[]; project: string }) {
  return (
    <ScrollRegion label="Saved dashboards">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className="number">
              Tiles
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ id, name, description, tiles, updated_at }) => (
            <tr key={id}>
              <th scope="row" title={description || undefined}>
                <a href={`/dashboards?${savedSearch(project, id)}`}>{name}</a>
              </th>
              <td className="number">{tiles.length}</td>
              <td>{formatAgo(updated_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function NewBoard({ site, project, onOpen }: Props) {
  const [name, setName] = useState('')
  const action = useAction()
  const make = async (event: FormEvent) => {
    event.preventDefault()
    await action.run(async () => {
      const call = creation('dashboard', project, { name })
      onOpen((await site.client.call<SavedDashboard>(call, 'id')).id)
    })
  }
  return (
    <form className="form" onSubmit={make}>
      <Line label="Name" value={name} required maxLength={200} onChange={setName} />
      {action.error && <ErrorNotice error={action.error} />}
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy}>
          Make it
        </button>
      </div>
    </form>
  )
}

const emptyWords = (wanted: string): string =>
  wanted === '' ? 'There is no dashboard yet.' : 'No dashboard holds this text.'
