import type { RetentionQuery } from '@headwater/schemas/insights/retention'
import { bucketPlace } from '../bucket-place.ts'
import { bucketSet } from '../bucket-set.ts'
import { eventOrder, msOfEventOrder } from '../event-order.ts'
import { lineText } from '../lines.ts'
import { propertyText } from '../property.ts'
import type { Statement } from '../statement.ts'
import { retentionEvents } from './events-sql.ts'
import { isPlain, isSet, type PlannedRetention, type RetentionPlan } from './plan.ts'

/**
 * One row for each actor with a cohort. `started` holds its starts, `(cohort, began, label)`; `returned`
 * where its returns lie: the places of their buckets or, for windows from an actor's own start, their
 * times, each with its number where a property is added up: `(at, value, is_number)`.
 */
export function actorsSql(plan: RetentionPlan, statement: Statement): string {
  const { query, windowMs, bounds } = plan
  const set = bucketSet(bounds.slice(0, -1), statement)
  const { columns, from } = retentionEvents(plan, statement)
  const [plain, asSet] = [isPlain(plan), isSet(plan)]
  const at = windowMs === null ? 'toInt64(place)' : 't'
  const returned = asSet
    ? `arrayMap(one -> toInt64(one), ${set.placesOf(set.gathered('mark', 'returns'))})`
    : query.aggregate
      ? `arrayZip(${[at, 'value', 'is_number'].map((fact) => `groupArrayIf(${fact}, returns)`).join(', ')})`
      : `groupArrayIf(${at}, returns)`
  const extra = [
    ...(plain || asSet ? [`${set.mark} AS mark`] : []),
    ...(plain && asSet ? [] : [`${bucketPlace(bounds.slice(0, -1), statement)} AS place`]),
    ...(plain ? [] : [`sequence, uuid, ${labelOf(query, statement)} AS label`]),
    ...(query.aggregate ? [numberOf(query.aggregate, statement)] : []),
  ]
  const started = plain
    ? plainStarts(plan, statement, set.placesOf(set.gathered('mark', 'starts')))
    : orderedStarts(plan, statement)
  return `SELECT actor, ${started} AS started, ${returned} AS returned
      FROM (
        SELECT ${[columns, ...extra].join(',\n          ')}
        ${from})
      GROUP BY actor
      HAVING notEmpty(started)`
}

/** Where only the cohorts matter: bits of the buckets, or the bucket of the first time. */
function plainStarts(plan: RetentionPlan, statement: Statement, places: string): string {
  const { query, from, bounds } = plan
  const first = 'minIf(t, candidate)'
  const place = bucketPlace(bounds.slice(0, -1), statement, first)
  const cohorts =
    query.mode === 'recurring'
      ? places
      : `if(max(candidate) AND ${first} >= ${statement.add('Int64', from)}, [${place}], [])`
  return `arrayMap(cohort -> (toInt64(cohort), toInt64(0), ''), ${cohorts})`
}

/** Where it matters which start is the first one, of all or of its interval. */
const orderedStarts = (plan: RetentionPlan, statement: Statement): string =>
  plan.query.mode === 'recurring' ? startOfEach(plan, statement) : startOfAll(plan, statement)

function startOfAll({ from }: RetentionPlan, statement: Statement): string {
  const first = `argMinIf((toInt64(place), t, label, starts), ${eventOrder('t')}, candidate)`
  return `arrayMap(one -> (one.1, one.2, one.3),
          arrayFilter(one -> one.4 AND one.2 >= ${statement.add('Int64', from)}, [${first}]))`
}

// Every candidate starts its interval, unless one came before. They are put in order by numbers alone, which also tell
// their times: sorting tuples of all facts took a quarter more time, and half as much memory again.
function startOfEach({ query, bounds }: RetentionPlan, statement: Statement): string {
  const place = bucketPlace(bounds.slice(0, -1), statement, 'time')
  const labels =
    query.breakdowns.length > 0
      ? 'arraySort((one, key) -> key, groupArrayIf(label, candidate), keys)'
      : `arrayWithConstant(length(keys), '')`
  return `arrayFilter((one, place, before) -> place != before,
          arrayZip(
            arrayMap(time -> toInt64(${place}),
              arrayMap(key -> ${msOfEventOrder('key')}, arraySort(groupArrayIf(${eventOrder('t')}, candidate) AS keys)) AS times) AS places,
            times, ${labels}),
          places, arrayShiftRight(places, 1, toInt64(-1)))`
}

/** One text for all breakdowns, '' where none has a value. */
export function labelOf({ breakdowns }: PlannedRetention, statement: Statement): string {
  const texts = breakdowns.map((breakdown, place) => {
    const text = propertyText(breakdown, statement, `breakdowns.${place}.property`)
    return lineText(`toString(${text})`)
  })
  if (texts.length < 2) return texts[0] ?? `''`
  return `if(concat(${texts.join(', ')}) = '', '', toJSONString([${texts.join(', ')}]))`
}

function numberOf(
  { property }: NonNullable<RetentionQuery['aggregate']>,
  statement: Statement,
): string {
  const text = propertyText(property, statement, 'aggregate.property.property')
  // "inf" and "nan" are numbers to the store, and would be all that is left of a sum.
  return `toFloat64OrNull(${text}) AS parsed,
          ifNull(isFinite(parsed), 0) AS is_number,
          if(is_number, assumeNotNull(parsed), 0) AS value`
}
