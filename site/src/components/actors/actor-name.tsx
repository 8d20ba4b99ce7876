import type { ActorsResult } from '@headwater/schemas/insights/actors'
import { personName, personPath } from '../../lib/persons.ts'

interface Props {
  actor: ActorsResult['actors'][number]
  kind: ActorsResult['actor'] | undefined
  project: string
}

/** Who it is, as a link to where more is known: persons have a page, distinct_ids lead to theirs. */
export function ActorName({ actor, kind, project }: Props) {
  const name = kind === 'person' ? personName(actor) : actor.id
  if (kind === 'person') {
    return (
      <a className="actor-name" href={personPath(project, actor.id)}>
        {name}
      </a>
    )
  }
  const distinctId = kind === 'distinct_id' ? actor.id : actor.distinct_ids[0]
  if (distinctId === undefined || typeof kind === 'object') {
    return <span className="actor-name">{name}</span>
  }
  const found = new URLSearchParams({ project, distinct_id: distinctId })
  return (
    <a className="actor-name" href={`/persons?${found}`}>
      {name}
    </a>
  )
}
