/** Counts of one millisecond that the 12 bits after a uuid's version can hold. */
const COUNTS_PER_MS = 4_096
/** Random bytes are drawn for many ids at once: each draw costs a third of what capturing an event does. */
const POOL_BYTES = 2_048
const BYTES_PER_ID = 8

/**
 * Makes version 7 UUIDs that sort in the order in which they were made, also within one millisecond: in a
 * Worker the clock stands still while it computes. A clock that goes back is not followed.
 */
export function openUuids(): (nowMs: number) => string {
  let lastMs = 0
  let count = 0
  let pool = new Uint8Array(0)
  return (nowMs) => {
    count++
    if (nowMs > lastMs || count === COUNTS_PER_MS) {
      lastMs = Math.max(Math.trunc(nowMs), lastMs + 1)
      count = 0
    }
    if (pool.length === 0) pool = randomBytes(POOL_BYTES)
    let random = ''
    for (const byte of pool.subarray(0, BYTES_PER_ID)) random += hex(byte, 2)
    pool = pool.subarray(BYTES_PER_ID)
    const time = hex(lastMs, 12)
    // `a` is the variant: 60 random bits are left.
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-a${random.slice(1, 4)}-${random.slice(4)}`
  }
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  // Node 18 has no global crypto. Ids must be different, not secret.
  if (typeof crypto === 'undefined') return bytes.map(() => Math.random() * 256)
  return crypto.getRandomValues(bytes)
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}
