import type { SqlParams } from './sql-params.ts'

const INSTANT = 'toUnixTimestamp64Milli(timestamp)'
/** Each costs a comparison for every event; a search costs more than so many. */
const MAX_SHIFTS = 8

/** How buckets follow one another: always after so many ms, but for a few that are longer or shorter. */
interface Steps {
  width: number
  shifts: Shift[]
}

/** From this moment on, ms since 1970, what comes is later by so much than even steps would have it. */
interface Shift {
  from: number
  by: number
}

/**
 * SQL of the place of an instant's bucket, a UInt16 from 0. What lies before the first start is in the
 * first bucket, what lies after the last one in the last. The bounds are ours: the store's calendar
 * could differ.
 *
 * @param starts Of each bucket, ms, in order.
 */
export function bucketPlace(
  starts: readonly number[],
  params: SqlParams,
  instant: string = INSTANT,
): string {
  const steps = stepsOf(starts)
  const [first = 0] = starts
  if (steps === null) {
    const known = params.add('Array(Int64)', starts)
    const places = params.add(
      'Array(Int64)',
      starts.map((_, place) => place),
    )
    return `toUInt16(transform(roundDown(${instant}, ${known}), ${known}, ${places}, toInt64(0)))`
  }
  // A division, and a small number to group by: measured twice as fast as a search.
  const shifts = steps.shifts.map(
    ({ from, by }) =>
      ` - if(${instant} >= ${params.add('Int64', from)}, ${params.add('Int64', by)}, 0)`,
  )
  const since = `${instant} - ${params.add('Int64', first)}${shifts.join('')}`
  const place = `intDiv(${since}, ${params.add('Int64', steps.width)})`
  return `toUInt16(least(greatest(${place}, 0), ${starts.length - 1}))`
}

/** Null where buckets have too many lengths. */
function stepsOf(starts: readonly number[]): Steps | null {
  const widths = starts.slice(1).map((start, place) => start - (starts[place] ?? 0))
  const width = mostFrequent(widths)
  const shifts = widths.flatMap((one, place) => {
    const by = one - width
    if (by === 0) return []
    // A longer bucket ends as a usual one does that began later.
    return [{ from: (starts[place + 1] ?? 0) - Math.max(by, 0), by }]
  })
  const isEven = shifts.length <= MAX_SHIFTS && shifts.every(({ by }) => Math.abs(by) < width)
  return isEven ? { width, shifts } : null
}

/** 1 of none: of a single bucket every instant's is the first. */
function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  const [most = [1]] = [...counts].sort(([, a], [, b]) => b - a)
  return most[0]
}
