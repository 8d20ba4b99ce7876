import { formatOwnMoment } from '../../lib/format.ts'
import { itemPath, listPath, type SavedNoun } from '../../lib/saved.ts'
import { useAction, useSavedPages } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { ErrorNotice } from '../card.tsx'
import { SavedAnswer } from './saved-answer.tsx'

interface Removed {
  id: string
  version: number
  deleted_at: string | null
  /** Of all but annotations, which have a text. */
  name?: string
  text?: string
}

interface Props {
  site: Site
  noun: SavedNoun
  project: string
  /** A change reads the list anew. */
  revision: number
  onRestored(): void
}

/** What was deleted, and can be brought back: folded until somebody looks for it. */
export function RemovedList({ site, noun, project, revision, onRestored }: Props) {
  const path = listPath(noun, project, { deleted: 'true' })
  const live = useSavedPages<Removed>(site, path, revision)
  const action = useAction()
  const restore = ({ id, version }: Removed) =>
    action.run(async () => {
      // Its newest version is its deletion.
      const call = { path: itemPath(noun, project, id, 'restore'), body: { version: version - 1 } }
      await site.client.call<Removed>({ method: 'POST', ...call }, 'id')
      onRestored()
    })
  return (
    <details>
      <summary>Show what was deleted</summary>
      <SavedAnswer pages={live} empty="Nothing was deleted." words="deleted ones">
        {(items) => (
          <>
            {action.error && <ErrorNotice error={action.error} />}
            <ul className="history">
              {items.map((item) => (
                <li key={item.id}>
                  <div>
                    <strong>{item.name ?? item.text}</strong>
                    <span className="hint">
                      {' '}
                      deleted {item.deleted_at && formatOwnMoment(item.deleted_at)}
                    </span>
                  </div>
                  <button type="button" disabled={action.busy} onClick={() => restore(item)}>
                    Restore<span className="visually-hidden"> {item.name ?? item.text}</span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </SavedAnswer>
    </details>
  )
}
