import { randomBytes } from 'node:crypto'
import { ID_PREFIXES, type SavedKind } from '@headwater/schemas/insights/saved-id'

/** No letter that looks like a digit or another letter. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const ID_LETTERS = 8
const MAX_SLUG = 50

export type NewId = (kind: SavedKind) => string

/** A short id that nobody has to spell twice: `ins_7k2m9xqd`. */
export const randomId: NewId = (kind) =>
  `${ID_PREFIXES[kind]}_${[...randomBytes(ID_LETTERS)].map((byte) => LETTERS[byte % 32]).join('')}`

/** The keys that a new item may get, the best first; the last of them is as rare as its id. */
export function keysFor(name: string, id: string): string[] {
  const random = id.slice(id.indexOf('_') + 1)
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-|-$/g, '')
  // Of a name in other letters nothing is left.
  if (slug === '') return [id.replace('_', '-')]
  return [slug, ...[2, 3, 4, 5].map((number) => `${slug}-${number}`), `${slug}-${random}`]
}
