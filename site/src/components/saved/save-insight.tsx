import type { SavedDashboard } from '@headwater/schemas/insights/dashboard'
import type { InsightInput } from '@headwater/schemas/insights/insight'
import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { type FormEvent, useState } from 'react'
import { dashboardBody } from '../../lib/board.ts'
import { addTo, creation, type Listed, listPath, replacement } from '../../lib/saved.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { nextPlace, TILE_SIZE } from '../../lib/tile-layout.ts'
import { ErrorNotice } from '../card.tsx'
import { Choice } from '../choice.tsx'
import { Dialog } from './dialog.tsx'
import { Line, Lines } from './fields.tsx'

interface Props {
  site: Site
  /** The question as POST /api/query takes it. */
  query: InsightInput
  /** Proposed for a new insight. */
  name: string
}

/** The button that saves a page's question, as a new insight or in place of an old one. */
export function SaveInsight(props: Props) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Save
      </button>
      {open && (
        <Dialog title="Save this insight" onClose={() => setOpen(false)}>
          <SaveForm {...props} onClose={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  )
}

const NEW = 'new'
const NONE = ''

function SaveForm({ site, query, name: proposed, onClose }: Props & { onClose(): void }) {
  const { project } = query
  const [target, setTarget] = useState(NEW)
  const [name, setName] = useState(proposed)
  const [description, setDescription] = useState('')
  const [dashboard, setDashboard] = useState(NONE)
  const [dashboardName, setDashboardName] = useState('')
  const [saved, setSaved] = useState<SavedInsight | null>(null)
  const [done, setDone] = useState(false)
  const action = useAction()
  const insights = useSaved<Listed<SavedInsight>>(site, listPath('insight', project), 'items')
  const dashboards = useSaved<Listed<SavedDashboard>>(site, listPath('dashboard', project), 'items')
  // Of what was chosen when it was chosen: what somebody saves later is not overwritten unseen.
  const [replaced, setReplaced] = useState<SavedInsight | null>(null)

  const choose = (id: string) => {
    const old = insights.data?.items.find((item) => item.id === id) ?? null
    setTarget(id)
    setReplaced(old)
    setName(old?.name ?? proposed)
    setDescription(old?.description ?? '')
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    await action.run(async () => {
      const body = { name, description, tags: replaced?.tags ?? [], query }
      // A second press after a dashboard failed goes on with what was saved.
      const insight =
        saved ??
        (await site.client.call<SavedInsight>(
          replaced
            ? replacement('insight', project, replaced, body)
            : creation('insight', project, body),
          'id',
        ))
      setSaved(insight)
      await addToDashboard(site, project, insight.id, { dashboard, dashboardName })
      setDone(true)
    })
  }
  if (done && saved) return <Saved insight={saved} dashboard={dashboard} onClose={onClose} />

  const alike = insights.data?.items.filter((item) => item.query.kind === query.kind) ?? []
  return (
    <form className="form" onSubmit={save}>
      <Choice
        label="Save as"
        value={target}
        options={[
          [NEW, 'A new insight'],
          ...alike.map(({ id, name }) => [id, `In place of: ${name}`] as const),
        ]}
        onChange={choose}
      />
      <Line label="Name" value={name} required maxLength={200} onChange={setName} />
      <Lines label="Description" value={description} maxLength={5_000} onChange={setDescription} />
      <Choice
        label="Add to dashboard"
        value={dashboard}
        options={[
          [NONE, 'None'],
          ...(dashboards.data?.items ?? []).map(({ id, name }) => [id, name] as const),
          [NEW, 'A new dashboard …'],
        ]}
        onChange={setDashboard}
      />
      {dashboard === NEW && (
        <Line
          label="Name of the dashboard"
          value={dashboardName}
          required
          maxLength={200}
          onChange={setDashboardName}
        />
      )}
      {action.error && <ErrorNotice error={action.error} />}
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy}>
          {action.busy ? 'Saving …' : 'Save'}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  )
}

interface SavedProps {
  insight: SavedInsight
  dashboard: string
  onClose(): void
}

function Saved({ insight, dashboard, onClose }: SavedProps) {
  const project = new URLSearchParams({ project: insight.query.project })
  return (
    <>
      <p role="status">
        Saved as <strong>{insight.name}</strong>, version {insight.version}.
      </p>
      <div className="form-actions">
        <a href={`/saved?id=${insight.id}&${project}`}>Open the saved insight</a>
        {dashboard !== NONE && (
          <a href={`/dashboards?${dashboard === NEW ? '' : `id=${dashboard}&`}${project}`}>
            Open the dashboard{dashboard === NEW && 's'}
          </a>
        )}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  )
}

interface Wanted {
  dashboard: string
  dashboardName: string
}

async function addToDashboard(
  { client }: Site,
  project: string,
  insight: string,
  { dashboard, dashboardName }: Wanted,
): Promise<void> {
  if (dashboard === NONE) return
  if (dashboard === NEW) {
    const tiles = [{ insight, ...nextPlace([], TILE_SIZE) }]
    await client.call<SavedDashboard>(
      creation('dashboard', project, { name: dashboardName, tiles }),
      'id',
    )
    return
  }
  await addTo<SavedDashboard>(client, 'dashboard', project, dashboard, (item) => ({
    ...dashboardBody(item),
    tiles: [...item.tiles, { insight, ...nextPlace(item.tiles, TILE_SIZE) }],
  }))
}
