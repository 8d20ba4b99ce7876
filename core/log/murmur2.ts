/** Murmur2 as Kafka's Java client computes it: the same key lands in the same partition everywhere. */
export function murmur2(key: Uint8Array): number {
  const m = 0x5bd1e995
  const length = key.length
  let h = (0x9747b28c ^ length) | 0
  const words = length >> 2
  for (let i = 0; i < words; i++) {
    const at = i * 4
    let k =
      (key[at] ?? 0) |
      ((key[at + 1] ?? 0) << 8) |
      ((key[at + 2] ?? 0) << 16) |
      ((key[at + 3] ?? 0) << 24) |
      0
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  const tail = words * 4
  const left = length & 3
  if (left === 3) h ^= (key[tail + 2] ?? 0) << 16
  if (left >= 2) h ^= (key[tail + 1] ?? 0) << 8
  if (left >= 1) h = Math.imul(h ^ (key[tail] ?? 0), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

const encoder = new TextEncoder()

/** The partition of a key: Kafka's default for keyed records. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions
}
