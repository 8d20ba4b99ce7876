import { createHash } from 'node:crypto'
import { nameUuid } from './name-uuid.ts'

const FIRST_SLOTS = 1 << 12
const EMPTY = 0n

/**
 * Uuids for rows that have no id of their own: of what the row says, and of how many of its equals stand
 * before it in the file. So two equal rows stay two, and the same rows in another export are the same
 * events. Costs 24 to 48 bytes a row of the file: a table of hashes, since objects would cost four times that.
 */
export class IdenticalRows {
  #keys = new BigUint64Array(FIRST_SLOTS)
  #counts = new Uint32Array(FIRST_SLOTS)
  #size = 0

  uuidOf(source: string, row: Readonly<Record<string, unknown>>): string {
    const digest = createHash('sha1').update(stableJson(row)).digest()
    return nameUuid(source, digest.toString('hex'), this.#ordinalOf(digest.readBigUInt64LE()))
  }

  #ordinalOf(hash: bigint): number {
    if (this.#size * 2 > this.#keys.length) this.#grow()
    const slot = this.#slotOf(hash === EMPTY ? 1n : hash)
    if (this.#keys[slot] === EMPTY) {
      this.#keys[slot] = hash === EMPTY ? 1n : hash
      this.#size++
    }
    const ordinal = this.#counts[slot] ?? 0
    this.#counts[slot] = ordinal + 1
    return ordinal
  }

  #slotOf(key: bigint): number {
    const mask = this.#keys.length - 1
    let slot = Number(key & 0xffffffffn) & mask
    while (this.#keys[slot] !== EMPTY && this.#keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts]
    this.#keys = new BigUint64Array(keys.length * 2)
    this.#counts = new Uint32Array(keys.length * 2)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? EMPTY
      if (key === EMPTY) continue
      const slot = this.#slotOf(key)
      this.#keys[slot] = key
      this.#counts[slot] = counts[i] ?? 0
    }
  }
}

/** JSON in which the order of keys makes no difference. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
