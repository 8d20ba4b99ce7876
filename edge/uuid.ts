const POOL_UUIDS = 64
const RANDOM_BYTES = 10
const pool = new Uint8Array(POOL_UUIDS * RANDOM_BYTES)
let used = pool.length

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A UUIDv7 of the given time, for an event whose sender gave it no id. */
export function uuidV7(nowMs: number): string {
  if (used >= pool.length) {
    // One call for many ids: asking for random bytes costs more than making an id of them.
    crypto.getRandomValues(pool)
    used = 0
  }
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0').slice(-12)
  const byte = (index: number) => pool[used + index] ?? 0
  const hex = (index: number) => HEX[byte(index)] ?? '00'
  const version = HEX[0x70 | (byte(0) & 0x0f)] ?? '70'
  const variant = HEX[0x80 | (byte(2) & 0x3f)] ?? '80'
  const id =
    `${time.slice(0, 8)}-${time.slice(8)}-${version}${hex(1)}-${variant}${hex(3)}-` +
    `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`
  used += RANDOM_BYTES
  return id
}
