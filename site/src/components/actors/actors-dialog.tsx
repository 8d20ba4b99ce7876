import type { ActorsResult } from '@headwater/schemas/insights/actors'
import type { InsightInput } from '@headwater/schemas/insights/insight'
import { useEffect, useId, useRef } from 'react'
import { formatMoment } from '../../lib/format.ts'
import { usePages } from '../../lib/pages.ts'
import type { Site } from '../../lib/site.ts'
import { Answer } from '../card.tsx'
import { Paging } from '../paging.tsx'
import { ActorName } from './actor-name.tsx'

/** A number of an insight whose people can be named. */
export interface AskedActors {
  site: Site
  /** The question whose number it is. */
  query: InsightInput
  /** What points at the number; its fields are those of the query's kind. */
  select: Record<string, unknown>
  /** Whose number it is, in words: `Dropped after step 2`. */
  title: string
}

interface Props extends AskedActors {
  onClose(): void
}

const PAGE_LENGTH = 50

/** Who is behind one number of an insight, page by page, each a way to its own page. */
export function ActorsDialog({ site, query, select, title, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const pages = usePages<ActorsResult>(
    JSON.stringify([site.connection.url, query, select]),
    (after, signal) =>
      site.client.call<ActorsResult>(
        {
          method: 'POST',
          path: '/api/actors',
          body: { query, select, limit: PAGE_LENGTH, ...(after !== undefined && { after }) },
          signal,
        },
        'actors',
      ),
  )
  useEffect(() => dialog.current?.showModal(), [])
  // Closing the element gives the focus back to what opened it; it tells onClose by its event.
  const close = () => dialog.current?.close()

  return (
    // The keyboard closes it with Escape; a click beside it does the same.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    <dialog
      ref={dialog}
      className="actors-dialog"
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="actors-frame">
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="icon" onClick={close}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Close</span>
          </button>
        </header>
        <Answer
          live={pages}
          emptyWords={([first]) => (first?.actors.length ? null : 'Nobody is behind this number.')}
        >
          {(all) => {
            const actors = all.flatMap((page) => page.actors)
            const [first] = all
            return (
              <>
                <ul className="actors-list">
                  {actors.map((actor) => (
                    <li key={actor.id}>
                      <ActorName actor={actor} kind={first?.actor} project={query.project} />
                      <span className="hint">last seen {formatMoment(actor.last_seen)} UTC</span>
                    </li>
                  ))}
                </ul>
                <Paging pages={pages} shown={actors.length} words={wordsOf(first?.actor)} />
              </>
            )
          }}
        </Answer>
      </div>
    </dialog>
  )
}

function wordsOf(kind: ActorsResult['actor'] | undefined): string {
  if (kind === 'session') return 'sessions'
  if (kind === 'distinct_id') return 'distinct_ids'
  return typeof kind === 'object' ? `groups of type ${kind.group}` : 'persons'
}
