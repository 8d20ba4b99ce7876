import { bucketSet } from '../bucket-set.ts'
import { stepBack } from '../calendar.ts'
import type { Range } from '../date-range.ts'
import type { Statement } from '../statement.ts'
import { methodOf, rollingDays } from './measure.ts'
import { countedUnit, eventRows, groupBy, knownConditions, type Slice, unitSql } from './slice.ts'

/** The trailing days of each bucket, up to its end. */
export function windowsOf({ series, plan, period }: Slice): Range[] {
  const step = { count: rollingDays(series), unit: 'd' } as const
  const zone = plan.query.time_zone
  let latest = Number.NEGATIVE_INFINITY
  return period.starts.map((_, place) => {
    const to = period.starts[place + 1] ?? period.to
    // Clocks that go back show times a second time: windows do not go back with them.
    latest = Math.max(latest, stepBack(zone, to, step))
    return { from: latest, to }
  })
}

export const finalWindow = (slice: Slice): Range => windowsOf(slice).at(-1) ?? slice.period

/** From the first event that can count in the period to the last. */
export function readRange(slice: Slice): Range {
  const isRolling = methodOf(slice.series) === 'rolling'
  return isRolling ? { ...slice.period, ...windowsOf(slice)[0], to: slice.period.to } : slice.period
}

// An event counts in a run of buckets, thirty or more of them: to count it in each would multiply the
// rows. The windows' edges cut time into segments, of which every event is in one, and every segment
// is in a run of windows. So an actor's segments give runs, those that touch are one, and a line is
// the sum of where runs begin less where they end.

/** SQL of how many more, or fewer, actors are active in each bucket than in the one before. */
export function rollingSql(slice: Slice): string {
  const { statement, split, period } = slice
  const windows = windowsOf(slice)
  const edges = [...new Set(windows.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  const all = { from: edges[0] ?? period.from, to: edges.pop() ?? period.to }
  const segments = edges.map((edge) => ({
    first: windows.findIndex(({ to }) => to > edge),
    last: windows.findLastIndex(({ from }) => from <= edge),
  }))
  const array = (values: readonly number[]) => statement.add('Array(Int64)', values)
  const set = bucketSet(edges, statement)
  const rows = eventRows(
    slice,
    all,
    [`${countedUnit(slice)} AS unit`, `${set.mark} AS mark`],
    [...knownConditions(unitSql(slice)), ...inSomeWindow(segments, edges, statement)],
  )
  const { keys } = split
  const columns = (...more: string[]) => [...keys, ...more].join(', ')
  const firsts = array(segments.map(({ first }) => first))
  const lasts = array(segments.map(({ last }) => last))
  const runs = `SELECT ${columns(
    `arrayMap(place -> ${firsts}[place + 1], places) AS firsts`,
    `arrayMap(place -> ${lasts}[place + 1], places) AS lasts`,
  )}
      FROM (
        SELECT ${columns('unit', `${set.placesOf(set.gathered('mark', '1'))} AS places`)}
        FROM (${rows})
        ${groupBy([...keys, 'unit'])})`
  const begins = `arrayFilter((first, before) -> first > before + 1,
            firsts, arrayPushFront(arrayPopBack(lasts), toInt64(-2)))`
  const ends = `arrayFilter((last, next) -> next > last + 1,
            lasts, arrayPushBack(arrayPopFront(firsts), toInt64(${windows.length + 1})))`
  const changes = `SELECT ${columns(`arrayJoin(arrayConcat(
          arrayMap(first -> (first, 1), ${begins}),
          arrayMap(last -> (last + 1, -1), ${ends}))) AS change`)}
      FROM (${runs})`
  return `SELECT ${columns('toNullable(toUInt16(change.1)) AS place', 'sum(change.2) AS amount')}
    FROM (${changes})
    WHERE change.1 < ${windows.length}
    ${groupBy([...keys, 'change.1'])}`
}

/** Between the windows of long intervals there are segments that are in none. */
function inSomeWindow(
  segments: readonly { first: number; last: number }[],
  edges: readonly number[],
  statement: Statement,
): string[] {
  const within = edges.filter((_, at) => (segments[at]?.first ?? 0) <= (segments[at]?.last ?? 0))
  if (within.length === edges.length) return []
  const [all, some] = [edges, within].map((values) => statement.add('Array(Int64)', values))
  return [`roundDown(toUnixTimestamp64Milli(timestamp), ${all}) IN ${some}`]
}
