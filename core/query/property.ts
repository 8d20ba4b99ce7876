import type { PropertyRef } from '@headwater/schemas/insights/property'
import { eventText } from './event-property.ts'
import { isOwned, ownedText } from './persons/owned-property.ts'
import { isOfSession, sessionText } from './sessions/session-property.ts'
import type { Statement } from './statement.ts'

export { pathText, refuseSubcolumnSyntax, unescapeDots } from './event-property.ts'

/** SQL for a property's value as text, '' when there is none. */
export function propertyText(ref: PropertyRef, statement: Statement, field = 'breakdown'): string {
  if (isOwned(ref)) return ownedText(ref, statement, field)
  if (isOfSession(ref)) return sessionText(ref, statement)
  return eventText(ref.property, statement, field)
}
