import type { ReactNode } from 'react'
import { formatOwnMoment } from '../../lib/format.ts'
import { itemPath, type PastVersion, type SavedNoun } from '../../lib/saved.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, ErrorNotice } from '../card.tsx'

interface Versions<Body> {
  versions: PastVersion<Body>[]
  next: number | null
}

interface Props<Body> {
  site: Site
  /** Of the history; see HistoryOf for what has an id. */
  path: string
  /** The newest version; a change of it reads the history anew. */
  version: number
  /** What one version was, in a line. */
  describe(body: Body): ReactNode
  /** Makes an old version the newest one. */
  restore(version: PastVersion<Body>): Promise<void>
}

/** Every version of something, the newest first; any older one can be brought back. */
export function History<Body>({ site, path, version, describe, restore }: Props<Body>) {
  const live = useSaved<Versions<Body>>(site, path, 'versions', version)
  const action = useAction()
  return (
    <Answer
      live={live}
      emptyWords={({ versions }) => (versions.length === 0 ? 'Nothing was changed yet.' : null)}
    >
      {({ versions, next }) => (
        <>
          {action.error && <ErrorNotice error={action.error} />}
          <ol className="history">
            {versions.map((one, i) => (
              <li key={one.version}>
                <div>
                  <strong>Version {one.version}</strong>
                  {i === 0 && ' (now)'}
                  <span className="hint"> {formatOwnMoment(one.changed_at)}</span>
                  <p>{one.deleted ? 'Deleted' : describe(one.item)}</p>
                </div>
                {i > 0 && !one.deleted && (
                  <button
                    type="button"
                    disabled={action.busy}
                    onClick={() => action.run(() => restore(one))}
                  >
                    Restore<span className="visually-hidden"> version {one.version}</span>
                  </button>
                )}
              </li>
            ))}
          </ol>
          {next !== null && <p className="hint">Older versions are kept, and not listed here.</p>}
        </>
      )}
    </Answer>
  )
}

interface OfProps<Body> {
  site: Site
  noun: SavedNoun
  project: string
  item: { id: string; version: number }
  describe(body: Body): ReactNode
  onRestored(): void
}

/** The history of what has an id. */
export function HistoryOf<Body>(props: OfProps<Body>) {
  const { site, noun, project, item, describe, onRestored } = props
  return (
    <History<Body>
      site={site}
      path={itemPath(noun, project, item.id, 'history')}
      version={item.version}
      describe={describe}
      restore={async ({ version }) => {
        const path = itemPath(noun, project, item.id, 'restore')
        await site.client.call<{ id: string }>({ method: 'POST', path, body: { version } }, 'id')
        onRestored()
      }}
    />
  )
}
