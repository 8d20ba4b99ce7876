import type { PersonList } from '@headwater/schemas/insights/persons'
import { type FormEvent, useId, useState } from 'react'
import { QueryError, toQueryError } from '../../lib/api.ts'
import type { Site } from '../../lib/site.ts'
import { ErrorNotice } from '../card.tsx'

interface Props {
  site: Site
  project: string
  /** Whose number stays. */
  into: string
  onMerged(): void
}

/** Makes another person, named by a distinct_id, one with this one. */
export function MergeForm({ site, project, into, onMerged }: Props) {
  const id = useId()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<QueryError | null>(null)

  const merge = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(null)
    try {
      const person = await find(site, project, name.trim())
      if (person === into) throw new QueryError('refused', `${name} is this person already.`)
      const body = { project, into, persons: [person] }
      const path = '/api/persons/merge'
      await site.client.call<{ person: string }>({ method: 'POST', path, body }, 'person')
      setName('')
      onMerged()
    } catch (error) {
      setFailure(toQueryError(error))
    }
    setBusy(false)
  }

  return (
    <form className="merge-form" onSubmit={merge}>
      <label htmlFor={id}>Merge another person into this one</label>
      <div>
        <input
          id={id}
          value={name}
          maxLength={200}
          placeholder="Its distinct_id"
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" disabled={busy || name.trim() === ''}>
          {busy ? 'Merging …' : 'Merge'}
        </button>
      </div>
      {failure && <ErrorNotice error={failure} />}
    </form>
  )
}

/** The number of whoever is known by a distinct_id. */
async function find(site: Site, project: string, distinct_id: string): Promise<string> {
  const path = `/api/persons?${new URLSearchParams({ project, distinct_id })}`
  const { persons } = await site.client.call<PersonList>({ method: 'GET', path }, 'persons')
  const [person] = persons
  if (!person) throw new QueryError('refused', `Nobody is known by ${distinct_id}.`)
  return person.id
}
