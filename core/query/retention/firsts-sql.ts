import { bucketSet } from '../bucket-set.ts'
import { eventOrder } from '../event-order.ts'
import type { Statement } from '../statement.ts'
import { labelOf } from './actors-sql.ts'
import { retentionEvents } from './events-sql.ts'
import type { RetentionPlan } from './plan.ts'

/**
 * As alikeSql, of a plan that isSet in which only each actor's first candidate may start: its label, too, is
 * told. Putting all of an actor's events in order took half as long again.
 */
export function firstsSql(plan: RetentionPlan, statement: Statement): string {
  const set = bucketSet(plan.bounds.slice(0, -1), statement)
  const gathered = set.gathered('mark', 'returns')
  const names = gathered.map((_, at) => `returned${at}`)
  const returned = gathered.map((words, at) => `${words} AS ${names[at]}`)
  const { columns, from } = retentionEvents(plan, statement)
  const starts = `starts AND t >= ${statement.add('Int64', plan.from)}`
  const keys = ['cohort', 'label', ...names].join(', ')
  return `SELECT actors, [(toInt64(cohort), toInt64(0), label)] AS started,
        arrayMap(one -> toInt64(one), ${set.placesOf(names)}) AS returned
      FROM (
        SELECT count() AS actors, first.1 AS cohort, first.2 AS label, ${names.join(', ')}
        FROM (
          SELECT argMinIf((mark, label, ${starts}), ${eventOrder('t')}, candidate) AS first,
            ${returned.join(',\n            ')}
          FROM (
            SELECT ${columns}, ${set.mark} AS mark, sequence, uuid, ${labelOf(plan.query, statement)} AS label
            ${from})
          GROUP BY actor)
        WHERE first.3
        GROUP BY ${keys})`
}
