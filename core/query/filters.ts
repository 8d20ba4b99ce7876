import type { Filters } from '@headwater/schemas/insights/filters'
import type { PropertyFilter } from '@headwater/schemas/insights/property'
import { cohortCondition } from './cohort/members.ts'
import { QueryRefusal } from './errors.ts'
import { isOwned, ownedCondition } from './persons/owned-property.ts'
import { propertyText } from './property.ts'
import { isOfSession, type SessionRef, sessionCondition } from './sessions/session-property.ts'
import type { SqlParams } from './sql-params.ts'
import type { Statement } from './statement.ts'

type Scalar = string | number | boolean
type Match = 'all' | 'any'

const JOINTS = { all: ' AND ', any: ' OR ' }

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/**
 * SQL of conditions that must all hold. Of a filter's several values any one may match; is_not and
 * not_contains hold when none does, and so for events without the property too.
 */
export function filterConditions(
  filters: Filters,
  statement: Statement,
  field = 'filters',
): string[] {
  return conditionsOf(filters, 'all', statement, field)
}

/** What all, or any one, of the filters asks of sessions is one condition: sessions are told once. */
function conditionsOf(
  filters: Filters,
  match: Match,
  statement: Statement,
  field: string,
): string[] {
  const placed = filters.map((filter, index) => ({ filter, field: `${field}.${index}` }))
  const ofSessions = placed.filter(isPlacedOfSession)
  const conditions = placed
    .filter((one) => !isPlacedOfSession(one))
    .map((one) => either(one.filter, statement, one.field))
  return ofSessions.length === 0
    ? conditions
    : [...conditions, sessionsMeet(ofSessions, match, statement)]
}

interface Placed<Filter = Filters[number]> {
  filter: Filter
  field: string
}
type SessionFilter = PropertyFilter & SessionRef

const isPlacedOfSession = (placed: Placed): placed is Placed<SessionFilter> =>
  'property' in placed.filter && isOfSession(placed.filter)

function either(filter: Filters[number], statement: Statement, field: string): string {
  if ('cohort' in filter) return cohortCondition(filter, statement, field)
  if (!('match' in filter)) return condition(filter, statement, field)
  const conditions = conditionsOf(filter.filters, filter.match, statement, `${field}.filters`)
  return `(${conditions.join(JOINTS[filter.match])})`
}

function sessionsMeet(
  placed: readonly Placed<SessionFilter>[],
  match: Match,
  statement: Statement,
): string {
  const properties = [...new Set(placed.map(({ filter }) => filter.property))]
  const conditions = placed.map(({ filter, field }) =>
    conditionOn(`text${properties.indexOf(filter.property)}`, filter, statement, field),
  )
  const without = placed.map(({ filter }) => holdsWithout(filter))
  const about = {
    condition: `(${conditions.join(JOINTS[match])})`,
    holdsWithout: match === 'all' ? without.every(Boolean) : without.some(Boolean),
  }
  return sessionCondition(properties, about, statement)
}

function condition(filter: PropertyFilter, params: Statement, field: string): string {
  if (isOwned(filter)) {
    const about = {
      condition: conditionOn('text', filter, params, field),
      holdsWithout: holdsWithout(filter),
    }
    return ownedCondition(filter, about, params, `${field}.property`)
  }
  return conditionOn(propertyText(filter, params, `${field}.property`), filter, params, field)
}

function conditionOn(
  text: string,
  filter: PropertyFilter,
  params: SqlParams,
  field: string,
): string {
  const values = valuesOf(filter)
  switch (filter.operator) {
    case 'is':
      return equalsAny(text, values, params)
    case 'is_not':
      return `NOT ${equalsAny(text, values, params)}`
    case 'contains':
      return containsAny(text, values, params)
    case 'not_contains':
      return `NOT ${containsAny(text, values, params)}`
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compareAny(COMPARISONS[filter.operator], text, values, params, `${field}.value`)
    case 'is_set':
      return `(${text} != '')`
    case 'is_not_set':
      return `(${text} = '')`
  }
}

// What conditionOn says of an empty text: an empty value is in it, and is equal to it.
function holdsWithout(filter: PropertyFilter): boolean {
  const { operator } = filter
  const meetsEmpty = valuesOf(filter).includes('')
  if (operator === 'is' || operator === 'contains') return meetsEmpty
  if (operator === 'is_not' || operator === 'not_contains') return !meetsEmpty
  return operator === 'is_not_set'
}

const valuesOf = (filter: PropertyFilter): Scalar[] => [filter.value ?? []].flat()

// 10, 10.0 and "10" are one number; a text or a boolean is compared as it is written.
function equalsAny(text: string, values: readonly Scalar[], params: SqlParams): string {
  const numbers = values.filter((value) => typeof value === 'number')
  const texts = values.filter((value) => typeof value !== 'number').map(String)
  const either: string[] = []
  if (texts.length > 0) either.push(`${text} IN ${params.add('Array(String)', texts)}`)
  if (numbers.length > 0) {
    either.push(`has(${params.add('Array(Float64)', numbers)}, ${numberOf(text)})`)
  }
  return `(${either.join(' OR ')})`
}

function containsAny(text: string, values: readonly Scalar[], params: SqlParams): string {
  const needles = params.add('Array(String)', values.map(String))
  return `arrayExists(needle -> positionCaseInsensitiveUTF8(${text}, needle) > 0, ${needles})`
}

function compareAny(
  sign: string,
  text: string,
  values: readonly Scalar[],
  params: SqlParams,
  field: string,
): string {
  const either = values.map((value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw new QueryRefusal('invalid_query', 'must be a number to be compared', { field })
    }
    return `ifNull(${numberOf(text)} ${sign} ${params.add('Float64', number)}, 0)`
  })
  return `(${either.join(' OR ')})`
}

const numberOf = (text: string): string => `toFloat64OrNull(${text})`
