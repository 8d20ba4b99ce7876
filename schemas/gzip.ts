/** Whether bytes are gzip, told by how they begin, whatever a header says. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
