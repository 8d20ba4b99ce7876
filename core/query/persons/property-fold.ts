// What is known of persons and groups, of the facts that events left: see core/identity/property-facts.ts.
import type { Statement } from '../statement.ts'
import { personSql } from './person-sql.ts'

/** A property of persons, or of groups of one type. */
export interface OwnedProperty {
  /** '' for persons. */
  groupType: string
  name: string
}

/**
 * A SELECT of `actor` and `text`, the property's value, of every actor that has one. The last `$set` wins;
 * without one the first `$set_once` counts, and of a property that was unset the last one since. What was
 * added since is added.
 */
export function foldProperty({ groupType, name }: OwnedProperty, statement: Statement): string {
  const actor = groupType === '' ? personSql('id') : 'owner'
  return `SELECT actor, ${textOf('value')} AS text
    FROM (
      SELECT ${actor} AS actor, ${FOLDED} AS value
      FROM actor_properties
      WHERE project_id = ${statement.add('String', statement.project)}
        AND group_type = ${statement.add('String', groupType)}
        AND name = ${statement.add('String', name)}
      GROUP BY actor)
    WHERE text != ''`
}

/** SQL of a JSON value's text, as filters compare it; '' for null and for nothing. */
export const textOf = (json: string): string =>
  `multiIf(startsWith(${json}, '"'), JSONExtractString(${json}), ${json} = 'null', '', ${json})`

const SET_AT = `maxIf(rank, kind = 'set')`
const UNSET_AT = `maxIf(rank, kind = 'unset')`
const BASE = `multiIf(
        ${SET_AT} > ${UNSET_AT}, argMaxIf(value, rank, kind = 'set'),
        minIf(rank, kind = 'first') > ${UNSET_AT}, argMinIf(value, rank, kind = 'first'),
        maxIf(rank, kind = 'last') > ${UNSET_AT}, argMaxIf(value, rank, kind = 'last'), '')`
// A copy of a row must not be added twice.
const ADDED = `arrayFilter(a -> a.2 > greatest(${SET_AT}, ${UNSET_AT}),
        groupUniqArrayIf((slot, rank, value), kind = 'add'))`

/** SQL of an aggregate over the facts of one property: its value as JSON, '' when there is none. */
export const FOLDED = `(if(empty(${ADDED}) OR (${BASE} != '' AND toFloat64OrNull(${BASE}) IS NULL),
        ${BASE},
        toString(ifNull(toFloat64OrNull(${BASE}), 0) + arraySum(a -> toFloat64OrZero(a.3), ${ADDED}))))`
