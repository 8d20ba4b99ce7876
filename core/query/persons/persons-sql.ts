import type { PersonsParams } from '@headwater/schemas/insights/persons'
import type { Query } from '../../store/store.ts'
import { filterConditions } from '../filters.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { isOneOf, PERSON, personSql } from './person-sql.ts'
import { FOLDED, textOf } from './property-fold.ts'

/** Where a page of persons ends: who was seen earlier comes after. */
export interface PersonsCursor {
  /** ms since 1970. */
  lastSeen: string
  id: string
}

export interface PersonRow {
  id: string
  first_seen: string
  last_seen: string
  events: string
}

export interface PersonIdsRow {
  id: string
  distinct_ids: string[]
}

type ListParams = Pick<PersonsParams, 'project' | 'search' | 'distinct_id' | 'filters' | 'limit'>

/** A page of persons, and one more, which tells that there is another page. */
export function compilePersons(
  { project, search, distinct_id, filters = [], limit }: ListParams,
  cursor: PersonsCursor | null,
): Query {
  const statement = new Statement(project)
  const conditions = [
    projectCondition(statement),
    ...filterConditions(filters, statement),
    ...(distinct_id === undefined ? [] : [hasDistinctId(distinct_id, statement)]),
    ...(search === undefined ? [] : [isFound(search, statement)]),
  ]
  const after = cursor
    ? `HAVING (last, person) < (${statement.add('Int64', cursor.lastSeen)}, ${idOf(cursor.id, statement)})`
    : ''
  return statement.query(`SELECT toString(person) AS id, first AS first_seen, last AS last_seen, events
  FROM (
    SELECT ${PERSON} AS person, count() AS events,
      toUnixTimestamp64Milli(min(timestamp)) AS first, toUnixTimestamp64Milli(max(timestamp)) AS last
    FROM events
    WHERE ${conditions.join(' AND ')}
    GROUP BY person ${after})
  ORDER BY last DESC, person DESC LIMIT ${statement.add('UInt32', limit + 1)}`)
}

const idOf = (id: string, statement: Statement): string =>
  `toUInt64(${statement.add('String', id)})`

const hasDistinctId = (distinctId: string, statement: Statement): string =>
  `${PERSON} = (SELECT ${personSql(`sipHash64({project:String}, ${statement.add('String', distinctId)})`)})`

function isFound(search: string, statement: Statement): string {
  const text = statement.add('String', search)
  const within = (value: string) => `positionCaseInsensitiveUTF8(${value}, ${text}) > 0`
  const ofPersons = `project_id = {project:String} AND group_type = ''`
  const actor = personSql('id')
  return `(${PERSON} IN (
        SELECT ${PERSON} FROM events WHERE project_id = {project:String} AND ${within('distinct_id')})
      OR ${PERSON} IN (
        SELECT actor FROM (
          SELECT ${actor} AS actor, name, ${FOLDED} AS value FROM actor_properties
          WHERE ${ofPersons} AND ${actor} IN (
            SELECT ${actor} FROM actor_properties WHERE ${ofPersons} AND ${within(textOf('value'))})
          GROUP BY actor, name)
        WHERE ${within(textOf('value'))}))`
}

/** When one person was seen. No row when there is no such person. */
export function compilePerson(project: string, id: string): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT toString(${PERSON}) AS id, count() AS events,
    toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
    toUnixTimestamp64Milli(max(timestamp)) AS last_seen
  FROM events
  WHERE ${projectCondition(statement)} AND ${isOneOf([id], statement)}
  GROUP BY id`)
}

/** By which distinct_ids persons were known. */
export function compileDistinctIds(project: string, ids: readonly string[], most: number): Query {
  const statement = new Statement(project)
  return statement.query(`SELECT toString(${PERSON}) AS id,
    arraySort(groupUniqArray(${statement.add('UInt32', most)})(distinct_id)) AS distinct_ids
  FROM events
  WHERE ${projectCondition(statement)} AND ${isOneOf(ids, statement)}
  GROUP BY id`)
}
