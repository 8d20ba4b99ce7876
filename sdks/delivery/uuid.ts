/** A version 7 UUID: its first 48 bits are the time, so that ids made later sort later. */
export function uuidv7(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0')
  let random = ''
  for (const bits of crypto.getRandomValues(new Uint16Array(5))) {
    random += (bits + 0x10000).toString(16).slice(1)
  }
  // `a` is the variant: 72 random bits are left.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(8)}`
}
