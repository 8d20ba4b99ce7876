import type { Described } from '@headwater/schemas/insights/definitions'
import { type FormEvent, useId, useState } from 'react'
import { type QueryError, toQueryError } from '../../lib/api.ts'
import type { Site } from '../../lib/site.ts'
import { ErrorNotice } from '../card.tsx'

interface Props {
  site: Site
  project: string
  kind: 'events' | 'properties'
  said: Described
  onSaid(): void
  onCancel(): void
}

/** The contract's, which a browser would get with all of zod. */
const MAX_DESCRIPTION_LENGTH = 2_000

/** Says something of a name from now on, for everybody of the project. */
export function DescribeForm({ site, project, kind, said, onSaid, onCancel }: Props) {
  const id = useId()
  const [description, setDescription] = useState(said.description)
  const [hidden, setHidden] = useState(said.hidden)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<QueryError | null>(null)

  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(null)
    try {
      const body = { project, name: said.name, description: description.trim(), hidden }
      const path = `/api/definitions/${kind}`
      await site.client.call<Described>({ method: 'PUT', path, body }, 'name')
      onSaid()
    } catch (error) {
      setFailure(toQueryError(error))
      setBusy(false)
    }
  }

  return (
    <form className="describe-form" onSubmit={save} aria-label={`What is said of ${said.name}`}>
      <label htmlFor={id}>Description</label>
      <textarea
        id={id}
        value={description}
        rows={3}
        maxLength={MAX_DESCRIPTION_LENGTH}
        // biome-ignore lint/a11y/noAutofocus: the row was just opened to be written in.
        autoFocus
        onChange={(event) => setDescription(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      />
      <label className="switch">
        <input
          type="checkbox"
          checked={hidden}
          onChange={(event) => setHidden(event.target.checked)}
        />
        Hidden: pickers leave it out, questions can name it all the same
      </label>
      {failure && <ErrorNotice error={failure} />}
      <p className="form-actions">
        <button type="submit" className="primary" disabled={busy}>
          {busy ? 'Saving …' : 'Save'}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  )
}
