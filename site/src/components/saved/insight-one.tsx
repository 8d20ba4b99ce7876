import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { type FormEvent, useState } from 'react'
import { annotationsOf, useAnnotations } from '../../lib/annotations.ts'
import { formatOwnMoment } from '../../lib/format.ts'
import { insightAddress } from '../../lib/insight-address.ts'
import { deletion, itemPath, KIND_WORDS, replacement } from '../../lib/saved.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { AddAnnotation } from '../annotations/chart-annotations.tsx'
import { Card, ErrorNotice } from '../card.tsx'
import { NotSaved } from './conflict.tsx'
import { DeleteButton } from './delete-button.tsx'
import { Dialog } from './dialog.tsx'
import { Line, Lines } from './fields.tsx'
import { HistoryOf } from './history.tsx'
import { InsightTile } from './insight-tile.tsx'
import { SavedFrame } from './saved-frame.tsx'

interface Props {
  site: Site
  project: string
  id: string
  onGone(): void
}

/** One saved insight: its picture, what it is called, and its history. */
export function InsightOne({ site, project, id, onGone }: Props) {
  const [revision, setRevision] = useState(0)
  const [renaming, setRenaming] = useState(false)
  const action = useAction()
  const live = useSaved<SavedInsight>(site, itemPath('insight', project, id), 'id', revision)
  const annotations = useAnnotations(site, project, revision)
  const insight = live.data
  const back = { href: `/saved?${savedSearch(project)}`, name: 'Saved insights' }
  const frame = { site, project, back, ignored: [] }
  if (!insight) {
    return (
      <SavedFrame title="Saved insight" {...frame}>
        {live.error && <ErrorNotice error={live.error} />}
      </SavedFrame>
    )
  }

  const address = insightAddress(insight.query)
  const again = () => setRevision(revision + 1)
  const remove = async () => {
    const call = deletion('insight', project, insight)
    if (await action.run(async () => void (await site.client.call<SavedInsight>(call, 'id')))) {
      onGone()
    }
  }
  return (
    <SavedFrame
      title={insight.name}
      {...frame}
      actions={
        <>
          {address && (
            <a className="button" href={address.href}>
              Open in {address.page}
            </a>
          )}
          <button type="button" onClick={() => setRenaming(true)}>
            Rename
          </button>
          <DeleteButton name={insight.name} busy={action.busy} onDelete={remove} />
        </>
      }
    >
      {live.error && <ErrorNotice error={live.error} />}
      <NotSaved
        error={action.error}
        onReload={() => {
          action.clear()
          again()
        }}
      />
      <Card
        title={KIND_WORDS[insight.query.kind]}
        actions={
          <AddAnnotation
            site={site}
            project={project}
            places={[[{ insight: id }, 'This insight only']]}
            onAdded={again}
          />
        }
      >
        {insight.description && <p className="described">{insight.description}</p>}
        <InsightTile
          site={site}
          query={insight.query}
          paused={false}
          height={320}
          annotations={annotationsOf(annotations, { insight: id })}
        />
      </Card>
      <Card title="History" className="card-below">
        <p className="hint">
          Saved first {formatOwnMoment(insight.created_at)}. Its key in dashboards as code is{' '}
          <code>{insight.key}</code>.
        </p>
        <HistoryOf<SavedInsight>
          site={site}
          noun="insight"
          project={project}
          item={insight}
          describe={({ name, query }) =>
            `${name}: ${KIND_WORDS[query.kind].toLowerCase()} from ${query.date_from}`
          }
          onRestored={again}
        />
      </Card>
      {renaming && (
        <Dialog title="Rename the insight" onClose={() => setRenaming(false)}>
          <RenameForm
            site={site}
            project={project}
            insight={insight}
            onDone={() => {
              setRenaming(false)
              again()
            }}
          />
        </Dialog>
      )}
    </SavedFrame>
  )
}

interface RenameProps {
  site: Site
  project: string
  insight: SavedInsight
  onDone(): void
}

function RenameForm({ site, project, insight, onDone }: RenameProps) {
  // As it was when the window opened: its version is the one that is changed.
  const [seen] = useState(insight)
  const [name, setName] = useState(seen.name)
  const [description, setDescription] = useState(seen.description)
  const action = useAction()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const body = { name, description, tags: seen.tags, query: seen.query }
    const call = replacement('insight', project, seen, body)
    if (await action.run(async () => void (await site.client.call<SavedInsight>(call, 'id')))) {
      onDone()
    }
  }
  return (
    <form className="form" onSubmit={save}>
      <Line label="Name" value={name} required maxLength={200} onChange={setName} />
      <Lines label="Description" value={description} maxLength={5_000} onChange={setDescription} />
      <NotSaved error={action.error} onReload={onDone} />
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy}>
          Save
        </button>
      </div>
    </form>
  )
}
