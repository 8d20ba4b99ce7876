import type { ActorsQuery, ActorsResult } from '@headwater/schemas/insights/actors'
import type { Actor } from '@headwater/schemas/insights/question'
import type { Query } from '../store/store.ts'
import { actorSql } from './actor.ts'
import type { ActorsSql } from './insight.ts'
import { isOneOf } from './persons/person-sql.ts'
import type { Properties } from './persons/properties.ts'
import { projectCondition } from './scope.ts'
import { Statement } from './statement.ts'

const MAX_DISTINCT_IDS = 10

export interface ActorIdRow {
  id: string
}

export interface ActorRow extends ActorIdRow {
  distinct_ids: string[]
  first_seen: string
  last_seen: string
}

/** One page of the actors behind a number, and one more, which tells that there is another page. */
export function compileActorIds(
  { statement, text }: ActorsSql,
  { limit, after }: Pick<ActorsQuery, 'limit' | 'after'>,
): Query {
  const begin = after === undefined ? '' : `WHERE id > ${statement.add('String', after)}`
  return statement.query(`SELECT toString(actor) AS id
  FROM (${text})
  ${begin}
  ORDER BY id LIMIT ${statement.add('UInt32', limit + 1)}`)
}

/** What is known of each actor, from all of its events. */
export function compileActors(project: string, actor: Actor, ids: readonly string[]): Query {
  const statement = new Statement(project)
  const { id } = actorSql(actor, statement)
  const isWanted =
    actor === 'person' ? isOneOf(ids, statement) : `${id} IN ${statement.add('Array(String)', ids)}`
  return statement.query(`SELECT toString(${id}) AS id,
    arraySort(groupUniqArray(${MAX_DISTINCT_IDS})(distinct_id)) AS distinct_ids,
    toUnixTimestamp64Milli(min(timestamp)) AS first_seen,
    toUnixTimestamp64Milli(max(timestamp)) AS last_seen
  FROM events
  WHERE ${projectCondition(statement)} AND ${isWanted}
  GROUP BY id ORDER BY id`)
}

export function shapeActors(
  ids: readonly ActorIdRow[],
  rows: readonly ActorRow[],
  limit: number,
  properties: Properties,
): Pick<ActorsResult, 'actors' | 'next'> {
  const actors = rows.map((row) => ({
    ...row,
    properties: properties.get(row.id) ?? {},
    first_seen: new Date(Number(row.first_seen)).toISOString(),
    last_seen: new Date(Number(row.last_seen)).toISOString(),
  }))
  return { actors, next: ids.length > limit ? (ids[limit - 1]?.id ?? null) : null }
}
