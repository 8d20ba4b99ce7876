import { bucketPlace } from './bucket-place.ts'
import type { Statement } from './statement.ts'

const WORD_BITS = 64
/** So many numbers of bits are faster than a set. */
const MAX_WORDS = 6

/** How a statement collects the buckets in which something happened. */
export interface BucketSet {
  /** Of an event: its bucket, as the others want it. */
  mark: string
  /**
   * Aggregates marks where the condition holds to what tells the buckets, in one column or several. None
   * of them is of much use by itself, but they can be compared and grouped by.
   */
  gathered(mark: string, condition: string): string[]
  /** Of those: the buckets' places, from 0, each once, in order. */
  placesOf(gathered: readonly string[]): string
  /** Aggregates marks to how many buckets they are. */
  count(mark: string): string
}

/**
 * Bits of a few numbers where they suffice: measured two to three times faster than a set of the buckets.
 */
export function bucketSet(starts: readonly number[], statement: Statement): BucketSet {
  const mark = bucketPlace(starts, statement)
  const count = Math.ceil(starts.length / WORD_BITS)
  if (count > MAX_WORDS) {
    return {
      mark,
      gathered: (one, condition) => [`arraySort(groupUniqArrayIf(${one}, ${condition}))`],
      placesOf: ([places = '[]']) => places,
      count: (one) => `uniqExact(${one})`,
    }
  }
  const words = (one: string, condition: string) =>
    Array.from({ length: count }, (_, word) => wordSql(one, condition, word, count))
  return {
    mark,
    gathered: words,
    placesOf: (gathered) => {
      const places = gathered.map((word, at) =>
        at === 0
          ? `bitPositionsToArray(${word})`
          : `arrayMap(bit -> bit + ${at * WORD_BITS}, bitPositionsToArray(${word}))`,
      )
      return places.length === 1 ? places.join() : `arrayConcat(${places.join(', ')})`
    },
    count: (one) =>
      words(one, '1')
        .map((word) => `bitCount(${word})`)
        .join(' + '),
  }
}

/** Aggregates the marks of one word's buckets to its bits. */
function wordSql(mark: string, condition: string, word: number, count: number): string {
  const inWord = [
    ...(word > 0 ? [`${mark} >= ${word * WORD_BITS}`] : []),
    ...(word < count - 1 ? [`${mark} < ${(word + 1) * WORD_BITS}`] : []),
    ...(condition === '1' ? [] : [condition]),
  ]
  const bit = `bitShiftLeft(toUInt64(1), ${mark} % ${WORD_BITS})`
  return `groupBitOr(${inWord.length === 0 ? bit : `if(${inWord.join(' AND ')}, ${bit}, toUInt64(0))`})`
}
