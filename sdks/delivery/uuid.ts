/** A version 7 UUID: its first 48 bits are the time, so that ids made later sort later. */
export function uuidv7(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0')
  const random = crypto.getRandomValues(new Uint8Array(18))
  let at = 0
  return `${time.slice(0, 8)}-${time.slice(8)}-7xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g, (place) => {
    const bits = random[at++] as number
    return (place === 'x' ? bits & 15 : (bits & 3) | 8).toString(16)
  })
}
