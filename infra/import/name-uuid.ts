import { isUuid } from '@headwater/schemas/event'
import { namedUuid } from '../../edge/named-uuid.ts'

/** The space of all names of imports. Another one would double what is imported again. */
const SPACE = Buffer.from('7d7c1f8c2a4b5e0e9d63c1b0a6f4e852', 'hex')

/** The uuid that belongs to a name: the same parts give the same uuid, at any time and on any machine. */
export function nameUuid(...parts: (string | number)[]): string {
  return namedUuid(SPACE, JSON.stringify(parts))
}

/** A source's own uuid, when it is one. */
export function ownUuid(value: unknown): string | null {
  return isUuid(value) ? value.toLowerCase() : null
}
