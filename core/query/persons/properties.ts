import type { Actor } from '@headwater/schemas/insights/question'
import type { Query } from '../../store/store.ts'
import { projectCondition } from '../scope.ts'
import { Statement } from '../statement.ts'
import { isOneOf, personSql } from './person-sql.ts'
import { FOLDED } from './property-fold.ts'

/** Asks the store a statement about one project. */
export type Ask = <Row>(query: Query) => Promise<Row[]>

/** What is known of persons or groups, by their ids. */
export type Properties = Map<string, Record<string, unknown>>

interface PropertyRow {
  id: string
  name: string
  /** JSON. */
  value: string
}

/** The properties of some persons, by their numbers, or groups, by their keys; of others there are none. */
export async function propertiesOf(
  project: string,
  actor: Actor,
  ids: readonly string[],
  ask: Ask,
): Promise<Properties> {
  if (ids.length === 0 || actor === 'distinct_id' || actor === 'session') return new Map()
  const found = new Map<string, [string, unknown][]>()
  for (const { id, name, value } of await ask<PropertyRow>(compile(project, actor, ids))) {
    const own = found.get(id) ?? []
    own.push([name, JSON.parse(value)])
    found.set(id, own)
  }
  return new Map([...found].map(([id, entries]) => [id, Object.fromEntries(entries)]))
}

function compile(
  project: string,
  actor: 'person' | { group: string },
  ids: readonly string[],
): Query {
  const statement = new Statement(project)
  const isPerson = actor === 'person'
  const isWanted = isPerson
    ? isOneOf(ids, statement, 'id')
    : `owner IN ${statement.add('Array(String)', ids)}`
  return statement.query(`SELECT toString(actor) AS id, name, value
  FROM (
    SELECT ${isPerson ? personSql('id') : 'owner'} AS actor, name, ${FOLDED} AS value
    FROM actor_properties
    WHERE ${projectCondition(statement)}
      AND group_type = ${statement.add('String', isPerson ? '' : actor.group)} AND ${isWanted}
    GROUP BY actor, name)
  WHERE value != ''
  ORDER BY id, name`)
}
