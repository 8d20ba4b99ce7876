/**
 * Older browser clients write each character beyond U+FFFF as its two surrogates, three bytes each
 * (CESU-8), which no UTF-8 decoder takes. Returns the bytes as UTF-8; the same ones when there are none.
 */
export function mendSurrogates(bytes: Uint8Array): Uint8Array {
  if (!hasPair(bytes)) return bytes
  const mended = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; ) {
    if (!isPair(bytes, i)) {
      mended[length++] = bytes[i++] ?? 0
      continue
    }
    const point = 0x10000 + (halfAt(bytes, i) << 10) + halfAt(bytes, i + 3)
    mended[length++] = 0xf0 | (point >> 18)
    mended[length++] = 0x80 | ((point >> 12) & 0x3f)
    mended[length++] = 0x80 | ((point >> 6) & 0x3f)
    mended[length++] = 0x80 | (point & 0x3f)
    i += 6
  }
  return mended.subarray(0, length)
}

function hasPair(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(0xed); i !== -1; i = bytes.indexOf(0xed, i + 1)) {
    if (isPair(bytes, i)) return true
  }
  return false
}

/** U+D800 to U+DBFF is ED A0..AF xx, U+DC00 to U+DFFF is ED B0..BF xx. */
function isPair(bytes: Uint8Array, i: number): boolean {
  const [lead, high, , next, low] = bytes.subarray(i, i + 6)
  return lead === 0xed && next === 0xed && (high ?? 0) >> 4 === 0xa && (low ?? 0) >> 4 === 0xb
}

/** The ten bits that a surrogate carries. */
function halfAt(bytes: Uint8Array, i: number): number {
  return (((bytes[i + 1] ?? 0) & 0x0f) << 6) | ((bytes[i + 2] ?? 0) & 0x3f)
}
