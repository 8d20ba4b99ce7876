import type { PersonLinks as Links, PersonLink } from '@headwater/schemas/insights/persons'
import { useState } from 'react'
import { type QueryError, toQueryError } from '../../lib/api.ts'
import { formatMoment, formatNumber } from '../../lib/format.ts'
import { useCall } from '../../lib/questions.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card, ErrorNotice } from '../card.tsx'
import { MergeForm } from './merge-form.tsx'

interface Props {
  site: Site
  project: string
  /** The person's number. */
  id: string
  paused: boolean
  /** Told when the person may have become another. */
  onChange(): void
}

const STATES: Record<NonNullable<PersonLink['state']>, string> = {
  joined: 'joined two persons',
  already_joined: 'they were one already',
  refused_identified: 'refused: who was to join is a known person',
  refused_id: 'refused: one of the ids is nobody’s',
  undone: 'undone',
}

const KINDS: Record<PersonLink['kind'], string> = {
  identify: '$identify',
  create_alias: '$create_alias',
  merge_dangerously: '$merge_dangerously',
  merge: 'Merged by hand',
  undo: 'Undo',
  redo: 'Redo',
}

/** What made the person one, and what did not; every link can be undone, and redone. */
export function PersonLinks({ site, project, id, paused, onChange }: Props) {
  const [failure, setFailure] = useState<QueryError | null>(null)
  const [turning, setTurning] = useState<string | null>(null)
  const params = new URLSearchParams({ project })
  const path = `/api/persons/${id}/links?${params}`
  const live = useCall<Links>(site, { method: 'GET', path }, 'links', paused)

  const changed = () => {
    live.reload()
    onChange()
  }

  const turn = async (link: PersonLink, act: 'undo' | 'redo') => {
    setTurning(link.uuid)
    setFailure(null)
    try {
      const path = `/api/persons/links/${link.uuid}/${act}`
      await site.client.call<{ link: PersonLink }>(
        { method: 'POST', path, body: { project } },
        'link',
      )
      changed()
    } catch (error) {
      setFailure(toQueryError(error))
    }
    setTurning(null)
  }

  return (
    <Card title="Links">
      {failure && <ErrorNotice error={failure} />}
      <Answer
        live={live}
        emptyWords={({ links }) => (links.length ? null : 'Nothing ever linked this person.')}
      >
        {({ links, total }) => (
          <>
            <ol className="link-list" aria-label="Links, the newest first">
              {links.map((link) => (
                <Entry
                  key={link.uuid}
                  link={link}
                  busy={turning === link.uuid}
                  onTurn={(act) => turn(link, act)}
                />
              ))}
            </ol>
            {total > links.length && (
              <p className="hint">{formatNumber(total - links.length)} older ones are not shown.</p>
            )}
          </>
        )}
      </Answer>
      <MergeForm site={site} project={project} into={id} onMerged={changed} />
    </Card>
  )
}

interface EntryProps {
  link: PersonLink
  busy: boolean
  onTurn(act: 'undo' | 'redo'): void
}

function Entry({ link, busy, onTurn }: EntryProps) {
  const { state, kind, from, to, timestamp } = link
  const act = state === 'undone' ? 'redo' : 'undo'
  return (
    <li data-state={state ?? kind}>
      <p>
        <code>{from}</code> → <code>{to}</code>
      </p>
      <p className="hint">
        {KINDS[kind]}
        {state && `: ${STATES[state]}`} · {formatMoment(timestamp)}
      </p>
      {state !== null && (
        <button type="button" disabled={busy} onClick={() => onTurn(act)}>
          {act === 'undo' ? 'Undo' : 'Redo'}
          <span className="visually-hidden">
            {' '}
            the link of {from} to {to}
          </span>
        </button>
      )}
    </li>
  )
}
