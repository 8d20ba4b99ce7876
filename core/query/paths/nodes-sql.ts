import type { PathItem, PathsQuery } from '@headwater/schemas/insights/paths'
import { actorSql } from '../actor.ts'
import type { Range } from '../date-range.ts'
import { MAX_BREAKDOWN_LENGTH } from '../lines.ts'
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

/** Columns `actor`, `t`, `sequence`, `uuid` and `name` of every event that is a node. */
export function nodesSql(query: PathsQuery, range: Range, statement: Statement): string {
  const { id, known } = actorSql(query.actor, statement)
  const scope = scopeConditions({ ...query, ...range, events: eventsOf(query.items) }, statement)
  const names = query.items.map((item, place) => {
    const condition = selectorCondition(item, statement, `items.${place}`)
    return `${condition}, ${nameOf(item, place, statement)}`
  })
  const excluded = query.exclude.map((pattern) => ` AND NOT ${fits('name', pattern, statement)}`)
  return `SELECT ${id} AS actor, toUnixTimestamp64Milli(timestamp) AS t, sequence, uuid,
        leftUTF8(multiIf(${names.join(', ')}, ''), ${MAX_BREAKDOWN_LENGTH}) AS own_name,
        ${grouped('own_name', query.groupings, statement)} AS name
      FROM events
      WHERE ${scope} AND ${known ?? '1'} AND name != ''${excluded.join('')}`
}

function nameOf({ named_by }: PathItem, place: number, statement: Statement): string {
  if (!named_by) return 'toString(event)'
  const text = `toString(${propertyText(named_by, statement, `items.${place}.named_by.property`)})`
  if (!PAGES.includes(named_by.property)) return text
  return `if(endsWith(${text}, '/') AND length(${text}) > 1, substring(${text}, 1, length(${text}) - 1), ${text})`
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
