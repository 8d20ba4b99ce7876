import type { ImportReport } from '@headwater/schemas/insights/code'
import { type ChangeEvent, useState } from 'react'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Card, ErrorNotice } from '../card.tsx'
import { Lines, Switch } from '../saved/fields.tsx'

interface Props {
  site: Site
  project: string
  onImported(): void
}

/** All that a project's people have set up as one JSON document: out, and in again. */
export function CodeCard({ site, project, onImported }: Props) {
  const [text, setText] = useState('')
  const [prune, setPrune] = useState(false)
  /** Of the text and the switch as they are now; a change of either takes it away. */
  const [report, setReport] = useState<ImportReport | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const action = useAction()

  const change = (next: string) => {
    setText(next)
    setReport(null)
    setFault(null)
    action.clear()
  }
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? []
    if (file) change(await file.text())
  }
  const put = (dryRun: boolean) =>
    action.run(async () => {
      setFault(null)
      const document = parse(text)
      if (document === undefined) return setFault('This is not JSON.')
      const params = new URLSearchParams({ project, prune: `${prune}`, dry_run: `${dryRun}` })
      const path = `/api/dashboards/import?${params}`
      const call = { method: 'PUT', path, body: document } as const
      setReport(await site.client.call<ImportReport>(call, 'created'))
      if (!dryRun) onImported()
    })
  const exportAll = () =>
    action.run(async () => {
      const path = `/api/dashboards/export?${new URLSearchParams({ project })}`
      const document = await site.client.call<{ version: number }>(
        { method: 'GET', path },
        'version',
      )
      download(`${project}-dashboards.json`, `${JSON.stringify(document, null, 2)}\n`)
    })

  return (
    <Card
      title="As code"
      className="card-below"
      actions={
        <button type="button" disabled={action.busy} onClick={exportAll}>
          Export JSON
        </button>
      }
    >
      <p className="hint">
        One document with every insight, dashboard, cohort, alert, subscription and setting of the
        project, to be kept with your sources. Addresses of webhooks and people are in it.
      </p>
      <details>
        <summary>Import a document</summary>
        <div className="form form-below">
          <div className="field">
            <label htmlFor="code-file">From a file</label>
            <input id="code-file" type="file" accept=".json,application/json" onChange={choose} />
          </div>
          <Lines label="The document" value={text} onChange={change} />
          <Switch
            label="Delete what it does not name"
            checked={prune}
            onChange={(checked) => {
              setPrune(checked)
              setReport(null)
            }}
          />
          {fault && (
            <p className="notice notice-error" role="alert">
              {fault}
            </p>
          )}
          {action.error && <ErrorNotice error={action.error} />}
          {report && <Report report={report} />}
          <div className="form-actions">
            <button type="button" disabled={action.busy || text === ''} onClick={() => put(true)}>
              Show what would change
            </button>
            <button
              type="button"
              className="primary"
              disabled={action.busy || report?.dry_run !== true}
              onClick={() => put(false)}
            >
              Import
            </button>
          </div>
        </div>
      </details>
    </Card>
  )
}

function Report({ report }: { report: ImportReport }) {
  const { dry_run, unchanged, ...changed } = report
  return (
    <div className="notice notice-plain" role="status">
      <p>
        {dry_run ? 'This would change:' : 'This was changed:'} {unchanged.length} stay as they are.
      </p>
      <ul>
        {(['created', 'updated', 'removed'] as const).flatMap((what) =>
          changed[what].map(({ kind, key }) => (
            <li key={`${kind} ${key}`}>
              {what}: {kind} <code>{key}</code>
            </li>
          )),
        )}
      </ul>
    </div>
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url))
}
