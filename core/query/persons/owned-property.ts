import type { PropertyRef } from '@headwater/schemas/insights/property'
import { pathText, refuseSubcolumnSyntax } from '../event-property.ts'
import type { Statement } from '../statement.ts'
import { PERSON } from './person-sql.ts'
import { foldProperty } from './property-fold.ts'

/** A reference to a property that is not the event's own. */
export type OwnedRef = PropertyRef & { type: 'person' | 'group' }

export const isOwned = (ref: PropertyRef): ref is OwnedRef =>
  ref.type === 'person' || ref.type === 'group'

/** SQL of the text that the event's person, or its group, has in a property; '' when there is none. */
export function ownedText(ref: OwnedRef, statement: Statement, field: string): string {
  const owner = ownerSql(ref, statement, field)
  // Equal texts are read once by the store, however often they stand in a statement.
  const values = statement.once(`values ${keyOf(ref)}`, () => {
    return `(SELECT groupArray((actor, text)) FROM (${fold(ref, statement)}))`
  })
  return `transform(${owner}, ${values}.1, ${values}.2, '')`
}

/**
 * SQL that holds for events whose person or group meets a condition.
 * @param condition SQL of it, about the column \`text\`.
 * @param holdsWithout Whether it holds for those without the property.
 */
export function ownedCondition(
  ref: OwnedRef,
  { condition, holdsWithout }: { condition: string; holdsWithout: boolean },
  statement: Statement,
  field: string,
): string {
  const owner = ownerSql(ref, statement, field)
  const found = `SELECT actor FROM (${fold(ref, statement)})`
  return holdsWithout
    ? `(${owner} NOT IN (${found} WHERE NOT (${condition})))`
    : `(${owner} IN (${found} WHERE ${condition}))`
}

function ownerSql(ref: OwnedRef, statement: Statement, field: string): string {
  if (ref.type === 'person') return PERSON
  const group = ref.group ?? ''
  refuseSubcolumnSyntax(group, field.replace(/property$/, 'group'))
  return statement.once(`group ${group}`, () => pathText(['$groups', group], statement))
}

const fold = (ref: OwnedRef, statement: Statement): string =>
  foldProperty(
    { groupType: ref.type === 'group' ? (ref.group ?? '') : '', name: ref.property },
    statement,
  )

const keyOf = ({ type, group = '', property }: OwnedRef): string =>
  JSON.stringify([type, group, property])
