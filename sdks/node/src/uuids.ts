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
    const [a = 0, b = 0, ...rest] = randomBytes(8)
    const time = hex(lastMs, 12)
    const variant = hex(0x8000 | ((a & 0x3f) << 8) | b, 4)
    const random = rest.map((byte) => hex(byte, 2)).join('')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-${variant}-${random}`
  }
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  // Node 18 has no global crypto. Ids must be different, not secret.
  if (typeof crypto === 'undefined') return bytes.map(() => Math.random() * 256)
  return crypto.getRandomValues(bytes)
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}
