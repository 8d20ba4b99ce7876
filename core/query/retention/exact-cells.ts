import type { RetentionQuery } from '@headwater/schemas/insights/retention'
import { bucketPlace } from '../bucket-set.ts'
import { MAX_BREAKDOWN_LENGTH } from '../lines.ts'
import { propertyText } from '../property.ts'
import type { Statement } from '../statement.ts'
import { IN_ORDER, retentionEvents } from './events-sql.ts'
import { type RetentionPlan, spanOf } from './plan.ts'

/**
 * Columns `actor`, `cohort`, `label`, `col`, `total` and `numbers`: each column that an actor counts in,
 * its cohort's own among them, with the sum of the property and how many numbers that sum has.
 */
export function exactCells(plan: RetentionPlan, statement: Statement): string {
  const { query, windowMs, columns } = plan
  const firsts = columns.map(({ first }) => first)
  const col = query.brackets ? bucketPlace(firsts, statement, 'period') : 'period'
  const cells = `SELECT actor, cohort, label, toInt64(${col}) AS col, n, total, numbers
    FROM (${windowMs === null ? calendarPeriods(plan, statement) : ownPeriods(plan, statement)})
    WHERE period >= 0 AND period < ${spanOf(columns)}`
  const isOnce = windowMs === null && !query.brackets
  const enough = `(col = 0 OR n >= ${statement.add('Int64', query.minimum_occurrences)})`
  const counted = isOnce ? `SELECT * FROM (${cells}) WHERE ${enough}` : summed(cells, enough)
  if (!query.cumulative) return counted
  return `SELECT actor, cohort, label, arrayJoin(arrayDistinct([0, max(col)])) AS col,
      0 AS total, 0 AS numbers
    FROM (${counted})
    GROUP BY actor, cohort, label`
}

const summed = (cells: string, enough: string): string => `SELECT actor, cohort, label, col,
      sum(n) AS n, sum(total) AS total, sum(numbers) AS numbers
    FROM (${cells})
    GROUP BY actor, cohort, label, col
    HAVING ${enough}`

/** An actor's periods by the calendar: those of its buckets, counted from each of its cohorts. */
function calendarPeriods(plan: RetentionPlan, statement: Statement): string {
  const actors = actorsOf(plan, statement, {
    inBucket:
      'countIf(returns) AS n, sumIf(value, returns) AS total, sumIf(number, returns) AS numbers',
    // A bucket with a start is among them without any return: it makes the cohort's own column.
    ofActor: 'groupArrayIf((bucket, n, total, numbers), bucket >= 0)',
  })
  return `SELECT actor, cohort, label, bucket.1 - cohort AS period,
      bucket.2 AS n, bucket.3 AS total, bucket.4 AS numbers
    FROM (
      SELECT actor, start.1 AS cohort, start.3 AS label, returned
      FROM (${actors}) ARRAY JOIN started AS start)
    ARRAY JOIN returned AS bucket`
}

/** An actor's periods from its own start in each cohort: those of every return event. */
function ownPeriods(plan: RetentionPlan, statement: Statement): string {
  const actors = actorsOf(plan, statement, {
    inBucket: 'groupArrayIf((t, toUInt64(1), value, number), returns) AS events',
    ofActor: 'groupArrayArray(events)',
  })
  const windowMs = statement.add('Int64', plan.windowMs ?? 0)
  return `SELECT actor, cohort, label,
      if(event.1 >= began, intDiv(event.1 - began, ${windowMs}), -1) AS period,
      event.2 AS n, event.3 AS total, event.4 AS numbers
    FROM (
      SELECT actor, start.1 AS cohort, start.2 AS began, start.3 AS label,
        arrayPushFront(returned, (began, toUInt64(0), toFloat64(0), toUInt8(0))) AS events
      FROM (${actors}) ARRAY JOIN started AS start)
    ARRAY JOIN events AS event`
}

/** Each actor with its starts, `(bucket, t, label)`, and what it returned to. */
function actorsOf(
  plan: RetentionPlan,
  statement: Statement,
  { inBucket, ofActor }: { inBucket: string; ofActor: string },
): string {
  const { query, from, bounds } = plan
  const { columns, from: events } = retentionEvents(plan, statement)
  const place = bucketPlace(bounds.slice(0, -1), statement)
  const first = 'arraySlice(arraySort(start -> start.1, candidates), 1, 1)'
  const starts = query.mode === 'recurring' ? 'candidates' : first
  return `SELECT actor,
        groupArrayIf((bucket, began, label, passes), has_candidate) AS candidates,
        arrayFilter(start -> start.1 >= 0 AND start.4, ${starts}) AS started,
        ${ofActor} AS returned
      FROM (
        SELECT actor, bucket, max(candidate) AS has_candidate, minIf(t, candidate) AS began,
          argMinIf(starts, ordered, candidate) AS passes,
          argMinIf(label, ordered, candidate) AS label, ${inBucket}
        FROM (
          SELECT ${columns}, ${IN_ORDER} AS ordered,
            if(t < ${statement.add('Int64', from)}, -1, toInt64(${place})) AS bucket,
            ${labelOf(query, statement)} AS label, ${numberOf(query, statement)}
          ${events})
        GROUP BY actor, bucket)
      GROUP BY actor
      HAVING notEmpty(started)`
}

function labelOf({ breakdowns }: RetentionQuery, statement: Statement): string {
  const texts = breakdowns.map((breakdown, place) => {
    const text = propertyText(breakdown, statement, `breakdowns.${place}.property`)
    return `leftUTF8(${text}, ${MAX_BREAKDOWN_LENGTH})`
  })
  return `[${texts.join(', ')}]::Array(String)`
}

function numberOf({ aggregate }: RetentionQuery, statement: Statement): string {
  if (!aggregate) return 'toFloat64(0) AS value, toUInt8(0) AS number'
  const text = propertyText(aggregate.property, statement, 'aggregate.property.property')
  // "inf" and "nan" are numbers to the store, and would be all that is left of a sum.
  return `toFloat64OrZero(${text}) AS parsed, isFinite(parsed) AND isNotNull(toFloat64OrNull(${text})) AS number,
            if(number, parsed, 0) AS value`
}
