import type { PathItem, PathsQuery } from '@headwater/schemas/insights/paths'
import { actorSql } from '../actor.ts'
import type { Range } from '../date-range.ts'
import { lineText } from '../lines.ts'
import { propertyText } from '../property.ts'
import { scopeConditions } from '../scope.ts'
import { eventsOf, selectorCondition } from '../selector.ts'
import type { Statement } from '../statement.ts'

/** Properties whose texts with and without a slash at the end are one page. */
const PAGES = [
  '$pathname',
  '$current_url',
  '$entry_pathname',
  '$entry_current_url',
  '$exit_pathname',
  '$exit_current_url',
]

/**
 * Columns `actor`, `t`, `sequence`, `uuid` and `node` of every event that is a node. A node is the number
 * of its name: it is kept, sorted and grouped by at a fraction of a text's cost.
 */
export function nodesSql(query: PathsQuery, range: Range, statement: Statement): string {
  const { id, known } = actorSql(query.actor, statement)
  return `SELECT ${id} AS actor, toUnixTimestamp64Milli(timestamp) AS t, sequence, uuid,
        ${namesOf(query, statement)},
        ${nodeOf('name')} AS node
      FROM events
      WHERE ${namedEvents(query, range, statement)} AND ${known ?? '1'}`
}

/** Columns `node` and `name` of every node. */
export const nodeNamesSql = (query: PathsQuery, range: Range, statement: Statement): string =>
  `SELECT ${nodeOf('name')} AS node, name
    FROM (
      SELECT DISTINCT ${namesOf(query, statement)}
      FROM events
      WHERE ${namedEvents(query, range, statement)})`

/** SQL of what stands where there is no node. */
export const NO_NODE = 'toUInt64(0)'

/** SQL of the node that a question names. */
export const nodeNamed = (name: string, statement: Statement): string =>
  nodeOf(statement.add('String', name))

const nodeOf = (name: string): string => `sipHash64(${name})`

/** SQL of the column `name`, '' for what is no node. */
function namesOf(query: PathsQuery, statement: Statement): string {
  const own = ownName(query.items, statement)
  return query.groupings.length === 0
    ? `${own} AS name`
    : `${own} AS own_name, ${grouped('own_name', query.groupings, statement)} AS name`
}

function ownName(items: PathsQuery['items'], statement: Statement): string {
  const [only] = items
  // The scope reads no other events then.
  if (only && items.length === 1 && only.filters.length === 0) return nameOf(only, 0, statement)
  const names = items.map((item, place) => {
    const condition = selectorCondition(item, statement, `items.${place}`)
    return `${condition}, ${nameOf(item, place, statement)}`
  })
  return `multiIf(${names.join(', ')}, '')`
}

function namedEvents(query: PathsQuery, range: Range, statement: Statement): string {
  const scope = scopeConditions({ ...query, ...range, events: eventsOf(query.items) }, statement)
  const excluded = query.exclude.map((pattern) => ` AND NOT ${fits('name', pattern, statement)}`)
  return `${scope} AND name != ''${excluded.join('')}`
}

function nameOf({ named_by }: PathItem, place: number, statement: Statement): string {
  if (!named_by) return lineText('toString(event)')
  const text = `toString(${propertyText(named_by, statement, `items.${place}.named_by.property`)})`
  if (!PAGES.includes(named_by.property)) return lineText(text)
  // Most texts are as they should be, and looking is cheaper than cutting.
  return `if(endsWith(${text}, '/') AND length(${text}) > 1,
          ${lineText(`substring(${text}, 1, length(${text}) - 1)`)}, ${lineText(text)})`
}

function grouped(name: string, patterns: readonly string[], statement: Statement): string {
  const groups = patterns.map(
    (pattern) => `${fits(name, pattern, statement)}, ${statement.add('String', pattern)}`,
  )
  return groups.length === 0 ? name : `multiIf(${groups.join(', ')}, ${name})`
}

const fits = (name: string, pattern: string, statement: Statement): string =>
  `${name} LIKE ${statement.add('String', likeOf(pattern))}`

/** The store's own wildcards and its escape are texts like any other; a star is the one wildcard. */
const likeOf = (pattern: string): string =>
  pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%')
