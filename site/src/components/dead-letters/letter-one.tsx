import type { Letter, ReplayResult } from '@headwater/schemas/dead-letter'
import { useState } from 'react'
import { formatOwnMoment } from '../../lib/format.ts'
import { OUTCOMES, prettyRecord, replayWords } from '../../lib/letters.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useAction, useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Answer, Card, ErrorNotice } from '../card.tsx'
import { Lines, Switch } from '../saved/fields.tsx'

interface Props {
  site: Site
  project: string
  id: string
}

/** One dead letter: why it died, its record, and its replays. */
export function LetterOne({ site, project, id }: Props) {
  const [revision, setRevision] = useState(0)
  const path = `/api/dead-letters/${id}?${new URLSearchParams({ project })}`
  const live = useSaved<Letter>(site, path, 'id', revision)
  return (
    <Answer live={live} emptyWords={() => null}>
      {(letter) => (
        <>
          <Card title="Why it died">
            <p className="letter-why">{letter.error}</p>
            <p className="hint">
              {letter.event ?? 'An unreadable event'} of {letter.distinct_id ?? 'nobody known'},{' '}
              {formatOwnMoment(letter.dead_at)}; partition {letter.log.partition}, offset{' '}
              {letter.log.offset} of log <code>{letter.log.id}</code>.
            </p>
          </Card>
          <Card title="Its record" className="card-below">
            <ReplayForm
              site={site}
              project={project}
              letter={letter}
              onReplayed={() => setRevision(revision + 1)}
            />
          </Card>
          <Card title="Its replays" className="card-below">
            <Replays letter={letter} project={project} />
          </Card>
        </>
      )}
    </Answer>
  )
}

interface FormProps {
  site: Site
  project: string
  letter: Letter
  onReplayed(): void
}

function ReplayForm({ site, project, letter, onReplayed }: FormProps) {
  const [start] = useState(() => prettyRecord(letter.record))
  const [text, setText] = useState(start)
  const [force, setForce] = useState(false)
  const [told, setTold] = useState('')
  const action = useAction()
  const isCorrected = text !== start
  const replay = () =>
    action.run(async () => {
      setTold('')
      const body = { project, ids: [letter.id], force, ...(isCorrected && { record: text }) }
      const call = { method: 'POST', path: '/api/dead-letters/replay', body } as const
      setTold(replayWords(await site.client.call<ReplayResult>(call, 'replayed')))
      onReplayed()
    })
  return (
    <div className="form letter-record">
      <Lines
        label="Record"
        value={text}
        hint="Correct it here, or replay it as it is once what refused it is mended."
        isFaulty={action.error?.field === 'record'}
        onChange={setText}
      />
      {letter.replayed_at !== null && (
        <Switch label="Although it was replayed before" checked={force} onChange={setForce} />
      )}
      {action.error && <ErrorNotice error={action.error} />}
      <div className="form-actions">
        <button type="button" className="primary" disabled={action.busy} onClick={replay}>
          {isCorrected ? 'Replay corrected' : 'Replay as it is'}
        </button>
        {isCorrected && (
          <button type="button" onClick={() => setText(start)}>
            Undo the correction
          </button>
        )}
        <span role="status">{told}</span>
      </div>
    </div>
  )
}

function Replays({ letter, project }: { letter: Letter; project: string }) {
  if (letter.replays.length === 0) return <p className="hint">It was never replayed.</p>
  return (
    <ol className="history">
      {letter.replays.map(({ replayed_at, corrected, outcome, letter: next }) => (
        <li key={replayed_at}>
          <div>
            <strong>{OUTCOMES[outcome]}</strong>
            <span className="hint"> {formatOwnMoment(replayed_at)}</span>
            <p>
              {corrected ? 'With a corrected record' : 'As it was'}
              {next && (
                <>
                  {' '}
                  · <a href={`/dead-letters?${savedSearch(project, next)}`}>its new letter</a>
                </>
              )}
            </p>
          </div>
        </li>
      ))}
    </ol>
  )
}
