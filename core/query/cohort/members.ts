import type { CohortCondition, CohortFilter, CohortRef } from '@headwater/schemas/insights/cohort'
import { QueryRefusal } from '../errors.ts'
import { UUID_ORDER } from '../event-order.ts'
import { EVERYTHING } from '../events-read.ts'
import { filterConditions } from '../filters.ts'
import { PERSON, personSql } from '../persons/person-sql.ts'
import { instant, projectCondition } from '../scope.ts'
import { eventsOf, selectorCondition } from '../selector.ts'
import { spanMs } from '../span.ts'
import type { Statement } from '../statement.ts'

type Did = Extract<CohortCondition, { type: 'did' }>
type Sequence = Extract<CohortCondition, { type: 'did_sequence' }>
type List = Extract<CohortCondition, { type: 'list' }>

const COMPARISONS = { gte: '>=', lte: '<=', is: '=' }

/** SQL that holds for events whose person belongs to the cohort, or does not. */
export function cohortCondition(
  { cohort, operator }: CohortFilter,
  statement: Statement,
  field: string,
): string {
  const member = ruleCondition(cohort, statement, `${field}.cohort`)
  return operator === 'in' ? member : `(NOT ${member})`
}

/** SQL that holds for events whose person meets a rule. Throws a QueryRefusal that names what is below `field`. */
export function ruleCondition(rule: CohortRef, statement: Statement, field: string): string {
  if (typeof rule === 'string') {
    throw new QueryRefusal('invalid_query', `${field} must be a rule here`, { field })
  }
  const { match, conditions } = rule
  const met = conditions.map((condition, index) =>
    conditionSql(condition, statement, `${field}.conditions.${index}`),
  )
  return `(${met.join(match === 'all' ? ' AND ' : ' OR ')})`
}

function conditionSql(condition: CohortCondition, statement: Statement, field: string): string {
  switch (condition.type) {
    case 'did':
      return among(
        statement.apart(() => didSql(condition, statement, field)),
        condition.negate,
      )
    case 'did_sequence':
      return among(
        statement.apart(() => sequenceSql(condition, statement, field)),
        condition.negate,
      )
    case 'person':
      return `(${filterConditions([condition.filter], statement, `${field}.filter`).join()})`
    case 'list':
      return among(listSql(condition, statement), condition.negate)
  }
}

const among = (persons: string, negate: boolean): string =>
  `(${PERSON} ${negate ? 'NOT IN' : 'IN'} (${persons}))`

// "At most twice" holds for those who never did it, too: they are whoever did not do it more often.
function didSql(condition: Did, statement: Statement, field: string): string {
  const { operator, value } = condition.times
  const where = happened([condition], condition, statement, field)
  const did = selectorCondition(condition, statement, field)
  const enough = `count() ${COMPARISONS[operator]} ${statement.add('Int64', value)}`
  const some = `SELECT ${PERSON} AS member FROM events WHERE ${where} AND ${did}
      GROUP BY member HAVING`
  if (operator !== 'lte') return `${some} ${enough}`
  return `SELECT ${PERSON} AS member FROM events WHERE ${projectCondition(statement)}
      AND member NOT IN (${some} NOT (${enough})) GROUP BY member`
}

function sequenceSql(condition: Sequence, statement: Statement, field: string): string {
  const steps = condition.steps.map((step, index) =>
    selectorCondition(step, statement, `${field}.steps.${index}`),
  )
  const window = statement.add('Int64', spanMs(condition.window))
  return `SELECT member FROM (
      SELECT ${PERSON} AS member, ${chain(steps, window)} AS done
      FROM events WHERE ${happened(condition.steps, condition, statement, field)}
      GROUP BY member)
    WHERE done`
}

// Per step the latest start of a chain that got there: an event takes it over from the step before.
function chain(steps: readonly string[], window: string): string {
  const none = `CAST([${steps.map(() => '0').join(', ')}], 'Array(Int64)')`
  const bits = steps.map((step, place) => `bitShiftLeft(toUInt32(${step}), ${place})`)
  const events = `arraySort(groupArray((toUnixTimestamp64Milli(timestamp), sequence, ${UUID_ORDER},
        ${bits.join(' + ')})))`
  const next = steps.map((_, place) => {
    const matches = `bitTest(event.4, ${place})`
    if (place === 0) return `if(${matches}, event.1, starts[1])`
    const before = `starts[${place}]`
    return `if(${matches} AND ${before} != 0 AND event.1 - ${before} <= ${window}, ${before}, starts[${place + 1}])`
  })
  return `arrayFold((starts, event) -> [${next.join(', ')}], ${events}, ${none})[${steps.length}] != 0`
}

function listSql({ distinct_ids }: List, statement: Statement): string {
  const ids = statement.add('Array(String)', distinct_ids)
  const id = `sipHash64({project:String}, id)`
  return `SELECT ${personSql(id)} FROM (SELECT arrayJoin(${ids}) AS id)`
}

/** Rows that can matter at all. */
function happened(
  events: readonly { event: string }[],
  { within, from, to }: Pick<Did, 'within' | 'from' | 'to'>,
  statement: Statement,
  field: string,
): string {
  if (within) {
    const message = 'cannot be relative to now here; give from and to'
    throw new QueryRefusal('invalid_query', message, { field: `${field}.within` })
  }
  const names = eventsOf(events)
  statement.reads({
    ...EVERYTHING,
    events: names,
    ...(from && { from: Date.parse(from) }),
    ...(to && { to: Date.parse(to) }),
  })
  return [
    projectCondition(statement),
    ...(names ? [`event IN ${statement.add('Array(String)', names)}`] : []),
    ...(from ? [`timestamp >= ${instant(Date.parse(from), statement)}`] : []),
    ...(to ? [`timestamp < ${instant(Date.parse(to), statement)}`] : []),
  ].join(' AND ')
}
