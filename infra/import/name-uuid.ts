import { createHash } from 'node:crypto'

/** The space of all names of imports (RFC 9562, version 5). Another one would double what is imported again. */
const SPACE = Buffer.from('7d7c1f8c2a4b5e0e9d63c1b0a6f4e852', 'hex')
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The uuid that belongs to a name: the same parts give the same uuid, at any time and on any machine. */
export function nameUuid(...parts: (string | number)[]): string {
  const hash = createHash('sha1').update(SPACE).update(JSON.stringify(parts)).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A source's own uuid, when it is one. */
export function ownUuid(value: unknown): string | null {
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : null
}
