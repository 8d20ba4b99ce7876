import { stepBack } from '../calendar.ts'
import type { Range } from '../date-range.ts'
import { methodOf, rollingDays } from './measure.ts'
import { countedUnit, eventRows, groupBy, knownConditions, type Slice, unitSql } from './slice.ts'

/** The trailing days of each bucket, up to its end. */
export function windowsOf({ series, plan, period }: Slice): Range[] {
  const step = { count: rollingDays(series), unit: 'd' } as const
  const zone = plan.query.time_zone
  return period.starts.map((_, place) => {
    const to = period.starts[place + 1] ?? period.to
    return { from: stepBack(zone, to, step), to }
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
  // Places of windows from 1. A segment between two windows is in none, and its last is before its first.
  const first = edges.map(
    (edge) => windows.findIndex(({ to }) => to > edge) + 1 || windows.length + 1,
  )
  const last = edges.map((edge) => windows.findLastIndex(({ from }) => from <= edge) + 1)
  const array = (values: readonly number[]) => statement.add('Array(Int64)', values)
  const edgeArray = array(edges)
  const unit = unitSql(slice)
  const all = { from: edges[0] ?? period.from, to: edges.at(-1) ?? period.to }
  const segment = `roundDown(toUnixTimestamp64Milli(timestamp), ${edgeArray}) AS segment`
  const rows = eventRows(
    slice,
    all,
    [`${countedUnit(slice)} AS unit`, segment],
    knownConditions(unit),
  )
  const places = (of: readonly number[]) =>
    `arrayMap(segment -> transform(segment, ${edgeArray}, ${array(of)}, toInt64(0)), segments)`
  const { keys } = split
  const columns = (...more: string[]) => [...keys, ...more].join(', ')
  const runs = `SELECT ${columns(`${places(first)} AS all_firsts`, `${places(last)} AS all_lasts`)}
      FROM (
        SELECT ${columns('unit', 'arraySort(groupUniqArray(segment)) AS segments')}
        FROM (${rows})
        ${groupBy([...keys, 'unit'])})`
  const isRun = 'arrayMap((first, last) -> first <= last, all_firsts, all_lasts)'
  const changes = `SELECT ${columns(`arrayJoin(arrayConcat(
          arrayMap(first -> (first, 1), arrayFilter((first, before) -> first > before + 1,
            firsts, arrayPushFront(arrayPopBack(lasts), toInt64(-1)))),
          arrayMap(last -> (last + 1, -1), arrayFilter((last, next) -> next > last + 1,
            lasts, arrayPushBack(arrayPopFront(firsts), toInt64(${windows.length + 2})))))) AS change`)}
      FROM (
        SELECT ${columns(
          `arrayFilter((first, is_run) -> is_run, all_firsts, ${isRun}) AS firsts`,
          `arrayFilter((last, is_run) -> is_run, all_lasts, ${isRun}) AS lasts`,
        )}
        FROM (${runs}))`
  return `SELECT ${columns(`toNullable(${array(period.starts)}[change.1]) AS start`, 'sum(change.2) AS amount')}
    FROM (${changes})
    WHERE change.1 <= ${windows.length}
    ${groupBy([...keys, 'start'])}`
}
