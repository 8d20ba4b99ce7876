import { createHash } from 'node:crypto'

/** Names the ids that are made here; any UUID would do, as long as it never changes. */
const NAMESPACE = Buffer.from('6f1f8a0c53d14b6a9e0d1c7a4b7f2e95', 'hex')
const UUID_AT_THE_END = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The uuid of a message that its sender numbers by other means: the UUID at the end of its id, or else one
 * made of the id's text (RFC 9562, version 5). Always the same for the same id, so that a retry is one event.
 */
export function messageUuid(messageId: string): string {
  const [uuid] = UUID_AT_THE_END.exec(messageId) ?? []
  if (uuid !== undefined) return uuid.toLowerCase()
  const hash = createHash('sha1').update(NAMESPACE).update(messageId).digest()
  const bytes = hash.subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
