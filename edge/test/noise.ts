const PART = 60_000

/** Text of ASCII characters that no compression makes much smaller. */
export function noise(length: number): string {
  let text = ''
  while (text.length < length) {
    const bytes = crypto.getRandomValues(new Uint8Array(PART))
    text += Array.from(bytes, (byte) => String.fromCharCode(35 + (byte % 57))).join('')
  }
  return text.slice(0, length)
}
