import type { LetterList as Letters, ReplayResult } from '@headwater/schemas/dead-letter'
import { useState } from 'react'
import { formatOwnMoment } from '../../lib/format.ts'
import { replayWords } from '../../lib/letters.ts'
import { usePages } from '../../lib/pages.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card, ErrorNotice } from '../card.tsx'
import { Paging } from '../paging.tsx'
import { ScrollRegion } from '../scroll-region.tsx'

interface Props {
  site: Site
  project: string
}

const REFRESH_MS = 10_000

/** The dead letters of a project, the newest first. */
export function LetterList({ site, project }: Props) {
  const [told, setTold] = useState('')
  const [asked, setAsked] = useState(false)
  const action = useAction()
  const pages = usePages<Letters>(
    JSON.stringify([site.connection.url, project, 'letters']),
    (before, signal) => {
      const params = new URLSearchParams({ project, ...(before !== undefined && { before }) })
      const path = `/api/dead-letters?${params}`
      return site.client.call<Letters>({ method: 'GET', path, signal }, 'letters')
    },
    { refreshMs: REFRESH_MS },
  )
  const replayAll = () =>
    action.run(async () => {
      setAsked(false)
      const body = { project, all: true }
      const call = { method: 'POST', path: '/api/dead-letters/replay', body } as const
      setTold(replayWords(await site.client.call<ReplayResult>(call, 'replayed')))
      pages.reload()
    })
  return (
    <Card
      title="Records that could not become rows"
      actions={
        asked ? (
          <>
            <button type="button" className="primary" onClick={replayAll}>
              Really replay all
            </button>
            <button type="button" onClick={() => setAsked(false)}>
              Leave them
            </button>
          </>
        ) : (
          <button type="button" disabled={action.busy} onClick={() => setAsked(true)}>
            Replay all that never were
          </button>
        )
      }
    >
      {action.error && <ErrorNotice error={action.error} />}
      <p className="hint" role="status">
        {told}
      </p>
      <Answer
        live={pages}
        emptyWords={([first]) =>
          first?.letters.length ? null : 'None: every accepted event became a row.'
        }
      >
        {(all) => {
          const letters = all.flatMap((page) => page.letters)
          return (
            <>
              <LetterTable letters={letters} project={project} />
              <Paging pages={pages} shown={letters.length} words="dead letters" />
            </>
          )
        }}
      </Answer>
    </Card>
  )
}

function LetterTable({ letters, project }: { letters: Letters['letters']; project: string }) {
  return (
    <ScrollRegion label="Dead letters">
      <table className="manage-table">
        <thead>
          <tr>
            <th scope="col">Died</th>
            <th scope="col">Event</th>
            <th scope="col">Of</th>
            <th scope="col">Why</th>
            <th scope="col">Replayed</th>
          </tr>
        </thead>
        <tbody>
          {letters.map(({ id, dead_at, event, distinct_id, error, replayed_at }) => (
            <tr key={id}>
              <th scope="row">
                <a href={`/dead-letters?${savedSearch(project, id)}`}>{formatOwnMoment(dead_at)}</a>
              </th>
              <td>{event ?? 'unreadable'}</td>
              <td>{distinct_id ?? '–'}</td>
              <td className="letter-error" title={error}>
                {error}
              </td>
              <td>{replayed_at ? formatOwnMoment(replayed_at) : 'never'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
