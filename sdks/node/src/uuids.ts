import { uuidv7 } from '../../delivery/uuid.ts'

/** Counts of one millisecond that the 12 bits after a uuid's version can hold. */
const COUNTS_PER_MS = 4_096

/**
 * Makes version 7 UUIDs that sort in the order in which they were made, also within one millisecond: in a
 * Worker the clock stands still while it computes. A clock that goes back is not followed.
 */
export function openUuids(): (nowMs: number) => string {
  let lastMs = 0
  let count = 0
  return (nowMs) => {
    count++
    if (nowMs > lastMs || count === COUNTS_PER_MS) {
      lastMs = Math.max(Math.trunc(nowMs), lastMs + 1)
      count = 0
    }
    const uuid = uuidv7(lastMs)
    return `${uuid.slice(0, 15)}${count.toString(16).padStart(3, '0')}${uuid.slice(18)}`
  }
}
