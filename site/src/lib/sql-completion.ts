import type { SqlSchema } from '@headwater/schemas/insights/sql'

/** What can be written at a place of a statement. */
export interface Completion {
  text: string
  /** What it is: the type of a column, `function`, `word`. */
  kind: string
}

/** A word that is being written, and where it begins. */
export interface Typed {
  word: string
  start: number
}

const WORD = /[A-Za-z_$][\w$.]*$/
const SHOWN = 8

/** The word right before the caret; null where none is being written, and inside a text or a comment. */
export function typedAt(sql: string, caret: number): Typed | null {
  const before = sql.slice(0, caret)
  if (isQuoted(before) || /[\w$]/.test(sql.charAt(caret))) return null
  const word = WORD.exec(before)?.[0]
  return word ? { word, start: caret - word.length } : null
}

/** All that a statement can be made of, properties of senders included, columns first. */
export function completionsOf(schema: SqlSchema, properties: readonly string[]): Completion[] {
  return [
    ...schema.tables.flatMap(({ columns }) =>
      columns.map(({ name, type }) => ({ text: name, kind: type })),
    ),
    ...properties.map((name) => ({ text: propertyColumn(name), kind: 'property' })),
    ...schema.tables.map(({ name }) => ({ text: name, kind: 'table' })),
    ...schema.keywords.map((word) => ({ text: word, kind: 'word' })),
    ...schema.functions.map((name) => ({ text: `${name}(`, kind: 'function' })),
  ]
}

/** Those that begin as the word does, in any case, then those that hold it; a few. */
export function completionsFor(word: string, all: readonly Completion[]): Completion[] {
  const wanted = word.toLowerCase()
  const found = all.filter(({ text }) => text.toLowerCase() !== wanted)
  const begin = found.filter(({ text }) => text.toLowerCase().startsWith(wanted))
  const hold =
    wanted.length < 3 ? [] : found.filter(({ text }) => text.toLowerCase().indexOf(wanted) > 0)
  return [...begin, ...hold].slice(0, SHOWN)
}

/** The statement with the word completed, and where the caret stands then. */
export function completed(sql: string, { word, start }: Typed, { text }: Completion) {
  const end = start + word.length
  return { sql: sql.slice(0, start) + text + sql.slice(end), caret: start + text.length }
}

/** A property as a statement names it; a dot inside its name is no path. */
export function propertyColumn(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `properties.${name}` : `properties.\`${name}\``
}

function isQuoted(before: string): boolean {
  let open: string | null = null
  for (let i = 0; i < before.length; i++) {
    const sign = before.charAt(i)
    if (open === '--') {
      if (sign === '\n') open = null
    } else if (open !== null) {
      if (sign === '\\') i++
      else if (sign === open) open = null
    } else if (sign === "'" || sign === '"' || sign === '`') open = sign
    else if (before.startsWith('--', i)) open = '--'
  }
  return open !== null
}
