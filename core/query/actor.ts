import type { Actor } from '@headwater/schemas/insights/question'
import { PERSON } from './persons/person-sql.ts'
import { pathText, refuseSubcolumnSyntax } from './property.ts'
import type { Statement } from './statement.ts'

export { PERSON }

export interface ActorSql {
  /** Identifies whom the event is counted for. */
  id: string
  /** Holds for events that belong to somebody of that kind; null when every event does. */
  known: string | null
}

/** SQL that tells whom an event is counted for. */
export function actorSql(actor: Actor, statement: Statement): ActorSql {
  if (actor === 'person') return { id: PERSON, known: null }
  if (actor === 'distinct_id') return { id: 'distinct_id', known: null }
  if (actor === 'session') return { id: 'session_id', known: `session_id != ''` }
  refuseSubcolumnSyntax(actor.group, 'actor.group')
  const id = pathText(['$groups', actor.group], statement)
  return { id, known: `${id} != ''` }
}
