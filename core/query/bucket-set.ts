import type { Statement } from './statement.ts'

const INSTANT = 'toUnixTimestamp64Milli(timestamp)'
/** Buckets that fit the bits of one number. */
const MAX_BITS = 64

/** How a statement collects the buckets in which something happened. */
export interface BucketSet {
  /** Of an event at or after the first start: its bucket, as `places` wants it. */
  mark: string
  /** Aggregates marks where the condition holds to the buckets' places, from 0, each once, in order. */
  places(mark: string, condition: string): string
  /** As `places`, but how many they are. */
  count(mark: string): string
}

/**
 * Bits of one number where they suffice: measured three times faster than a set of the buckets.
 */
export function bucketSet(starts: readonly number[], statement: Statement): BucketSet {
  if (starts.length > MAX_BITS) {
    return {
      mark: bucketPlace(starts, statement),
      places: (mark, condition) => `arraySort(groupUniqArrayIf(${mark}, ${condition}))`,
      count: (mark) => `uniqExact(${mark})`,
    }
  }
  const bits = statement.add(
    'Array(UInt64)',
    starts.map((_, place) => String(1n << BigInt(place))),
  )
  return {
    mark: ofStart(starts, bits, statement),
    places: (mark, condition) =>
      `bitPositionsToArray(groupBitOr(if(${condition}, ${mark}, toUInt64(0))))`,
    count: (mark) => `bitCount(groupBitOr(${mark}))`,
  }
}

/** SQL of the place of an instant's bucket, from 0; what is before the first start has 0, too. */
export const bucketPlace = (
  starts: readonly number[],
  statement: Statement,
  instant: string = INSTANT,
): string =>
  ofStart(
    starts,
    statement.add(
      'Array(UInt64)',
      starts.map((_, place) => place),
    ),
    statement,
    instant,
  )

function ofStart(
  starts: readonly number[],
  values: string,
  statement: Statement,
  instant: string = INSTANT,
): string {
  const known = statement.add('Array(Int64)', starts)
  return `transform(roundDown(${instant}, ${known}), ${known}, ${values}, toUInt64(0))`
}
