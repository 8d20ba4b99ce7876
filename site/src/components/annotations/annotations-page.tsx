import type { AnnotationBody, SavedAnnotation } from '@headwater/schemas/insights/annotation'
import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { formatOwnMoment } from '../../lib/format.ts'
import { deletion, type Listed, listPath } from '../../lib/saved.ts'
import { readSaved } from '../../lib/saved-address.ts'
import { useAction, useSaved, useSavedPages } from '../../lib/saved-calls.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { Card } from '../card.tsx'
import { TextField } from '../choice.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { DeleteButton } from '../saved/delete-button.tsx'
import { Dialog } from '../saved/dialog.tsx'
import { HistoryOf } from '../saved/history.tsx'
import { RemovedList } from '../saved/removed-list.tsx'
import { SavedAnswer } from '../saved/saved-answer.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { ScrollRegion } from '../scroll-region.tsx'
import { AnnotationForm, type Scope } from './annotation-form.tsx'

/** What happened when, for whoever reads the charts. */
export function AnnotationsPage() {
  const site = useSite()
  const [search] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  return (
    <SavedFrame title="Annotations" site={site} project={state.project} ignored={state.ignored}>
      <Annotations site={site} project={state.project} />
    </SavedFrame>
  )
}

const NEW = 'new'

function Annotations({ site, project }: { site: Site; project: string }) {
  const [wanted, setWanted] = useState('')
  const [revision, setRevision] = useState(0)
  const [open, setOpen] = useState<SavedAnnotation | typeof NEW | null>(null)
  const action = useAction()
  const places = usePlaces(site, project)
  const path = listPath('annotation', project, { search: wanted || undefined })
  const live = useSavedPages<SavedAnnotation>(site, path, revision)
  const again = () => {
    action.clear()
    setOpen(null)
    setRevision(revision + 1)
  }
  const remove = async (annotation: SavedAnnotation) => {
    const call = deletion('annotation', project, annotation)
    const removed = action.run(
      async () => void (await site.client.call<SavedAnnotation>(call, 'id')),
    )
    if (await removed) again()
  }
  return (
    <>
      <section className="controls controls-slim" aria-label="What is listed">
        <div className="control-row">
          <TextField label="Search" value={wanted} onCommit={setWanted} />
          <button type="button" className="primary" onClick={() => setOpen(NEW)}>
            New annotation
          </button>
        </div>
      </section>
      <NotSaved error={action.error} onReload={again} />
      <Card title="Annotations">
        <SavedAnswer
          pages={live}
          empty="None yet. An annotation marks on every chart when something happened."
          words="annotations"
        >
          {(items) => (
            <AnnotationTable
              items={items}
              places={places}
              busy={action.busy}
              onEdit={setOpen}
              onRemove={remove}
            />
          )}
        </SavedAnswer>
      </Card>
      <Card title="Deleted annotations" className="card-below">
        <RemovedList
          site={site}
          noun="annotation"
          project={project}
          revision={revision}
          onRestored={again}
        />
      </Card>
      {open && (
        <Dialog
          title={open === NEW ? 'New annotation' : 'Change the annotation'}
          onClose={() => setOpen(null)}
        >
          <AnnotationForm
            site={site}
            project={project}
            places={places}
            {...(open !== NEW && { annotation: open })}
            onDone={again}
          />
          {open !== NEW && (
            <details>
              <summary>History</summary>
              <HistoryOf<AnnotationBody>
                site={site}
                noun="annotation"
                project={project}
                item={open}
                describe={({ time, text }) => `${formatOwnMoment(time)}: ${text}`}
                onRestored={again}
              />
            </details>
          )}
        </Dialog>
      )}
    </>
  )
}

interface TableProps {
  items: SavedAnnotation[]
  places: readonly (readonly [Scope, string])[]
  busy: boolean
  onEdit(annotation: SavedAnnotation): void
  onRemove(annotation: SavedAnnotation): void
}

function AnnotationTable({ items, places, busy, onEdit, onRemove }: TableProps) {
  const nameOf = (scope: Scope) =>
    scope === 'project'
      ? 'Every chart'
      : (places.find(([place]) => JSON.stringify(place) === JSON.stringify(scope))?.[1] ?? '…')
  return (
    <ScrollRegion label="All annotations">
      <table className="manage-table">
        <thead>
          <tr>
            <th scope="col">What happened</th>
            <th scope="col">Time</th>
            <th scope="col">Shown on</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((annotation) => (
            <tr key={annotation.id}>
              <th scope="row" title={annotation.text}>
                {annotation.text}
              </th>
              <td>{formatOwnMoment(annotation.time)}</td>
              <td>{nameOf(annotation.scope)}</td>
              <td className="row-actions">
                <button type="button" onClick={() => onEdit(annotation)}>
                  Change<span className="visually-hidden"> {annotation.text}</span>
                </button>
                <DeleteButton
                  name={annotation.text}
                  busy={busy}
                  onDelete={() => onRemove(annotation)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** Dashboards and insights, as places of annotations. */
function usePlaces(site: Site, project: string): (readonly [Scope, string])[] {
  const dashboards = useSaved<Listed<SavedDashboard>>(site, listPath('dashboard', project), 'items')
  const insights = useSaved<Listed<SavedInsight>>(site, listPath('insight', project), 'items')
  return [
    ...(dashboards.data?.items ?? []).map(
      ({ id, name }) => [{ dashboard: id }, `Dashboard: ${name}`] as const,
    ),
    ...(insights.data?.items ?? []).map(
      ({ id, name }) => [{ insight: id }, `Insight: ${name}`] as const,
    ),
  ]
}
